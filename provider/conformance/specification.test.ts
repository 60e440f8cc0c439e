import { readdirSync } from 'node:fs';
import type { Client } from '@openfeature/server-sdk';
import { describe, expect, it } from 'vitest';
import { observedClient, type ObservedClient } from '../client/testing/observed-client.js';
import { inapplicabilityOf, inapplicable } from './inapplicable.js';
import {
  isSpecificationThere,
  readScenarios,
  specificationFolder,
  SPECIFICATION_PATH,
  type Scenario,
} from './scenarios.js';
import { definitionsOf, runScenario, StepFailure } from './step.js';
import { stepDefinitions } from './steps/index.js';
import { World } from './world.js';

/** The features, and how many scenarios each has. */
const features = { evaluation: 13, evaluation_v2: 82, hooks: 3, metadata: 5, contextMerging: 29 };

const scenarios = isSpecificationThere ? Object.keys(features).flatMap(readScenarios) : [];
const [applicable, listed] = [
  scenarios.filter((scenario) => inapplicabilityOf(scenario) === undefined),
  scenarios.filter((scenario) => inapplicabilityOf(scenario) !== undefined),
];

const titled = (rows: readonly Scenario[]): [string, Scenario][] =>
  rows.map((scenario) => [`${scenario.feature}.feature:${scenario.line} ${scenario.name}`, scenario]);

async function run(scenario: Scenario, makeClient?: (domain: string) => Client): Promise<void> {
  const world = new World(makeClient);
  try {
    await runScenario(scenario, stepDefinitions, world);
  } finally {
    await world.close();
  }
}

/** What our client leaves to the SDK's: evaluations with hooks, and of a provider that may not be asked. */
const DELEGATED = /\bhooks?\b|a (?:not ready|fatal) provider/i;

/** Runs a scenario with our client, which has to take the way that the scenario's lines allow. */
async function runWithOurs(scenario: Scenario): Promise<void> {
  let observed: ObservedClient | undefined;
  try {
    await run(scenario, (domain) => {
      observed = observedClient(domain);
      return observed.client;
    });
  } finally {
    const has = (pattern: RegExp): boolean => scenario.steps.some(({ text }) => pattern.test(text));
    const isDelegated = has(/was evaluated/) && has(DELEGATED);
    expect(observed?.delegated() !== 0, 'has been left to the SDK').toBe(isDelegated);
  }
}

const clients: [string, (scenario: Scenario) => Promise<void>][] = [
  ['the SDK’s client', (scenario) => run(scenario)],
  ['our client', runWithOurs],
];

if (!isSpecificationThere) console.warn(`skipped: ${SPECIFICATION_PATH} is absent`);

describe.skipIf(!isSpecificationThere)(`the scenarios of ${SPECIFICATION_PATH}`, () => {
  it('are all there', () => {
    const files = readdirSync(specificationFolder).filter((name) => name.endsWith('.feature'));
    expect(files.sort()).toEqual(
      Object.keys(features)
        .map((name) => `${name}.feature`)
        .sort(),
    );
    const counts = Object.keys(features).map((name) => [
      name,
      scenarios.filter(({ feature }) => feature === name).length,
    ]);
    expect(Object.fromEntries(counts)).toEqual(features);
  });

  it('each pass, or are listed as inapplicable', () => {
    const counts = inapplicable.map(
      (entry) => scenarios.filter((scenario) => inapplicabilityOf(scenario) === entry).length,
    );
    expect(counts).toEqual(inapplicable.map(({ count }) => count));
    expect(new Set([...applicable, ...listed])).toEqual(new Set(scenarios));
    expect([applicable.length, listed.length]).toEqual([124, 8]);
  });

  it('have one step for each line, and no step more', () => {
    const steps = scenarios.flatMap((scenario) => scenario.steps);
    expect(steps.filter((line) => definitionsOf(line, stepDefinitions).length !== 1).map(({ text }) => text)).toEqual(
      [],
    );
    const used = new Set(steps.flatMap((line) => definitionsOf(line, stepDefinitions)));
    expect(stepDefinitions.filter((definition) => !used.has(definition)).map(({ pattern }) => pattern.source)).toEqual(
      [],
    );
  });

  describe.each(clients)('with %s', (_client, runWith) => {
    it.each(titled(applicable))('pass: %s', (_title, scenario) => runWith(scenario));

    it.each(titled(listed))('cannot pass, for the reason that is listed: %s', async (_title, scenario) => {
      const failure = await runWith(scenario).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StepFailure);
      expect(failure).toMatchObject({ step: inapplicabilityOf(scenario)?.step, cause: { name: 'AssertionError' } });
    });
  });
});
