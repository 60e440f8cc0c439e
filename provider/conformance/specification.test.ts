import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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

async function run(scenario: Scenario): Promise<void> {
  const world = new World();
  try {
    await runScenario(scenario, stepDefinitions, world);
  } finally {
    await world.close();
  }
}

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

  it.each(titled(applicable))('pass: %s', (_title, scenario) => run(scenario));

  it.each(titled(listed))('cannot pass, for the reason that is listed: %s', async (_title, scenario) => {
    const failure = await run(scenario).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepFailure);
    expect(failure).toMatchObject({ step: inapplicabilityOf(scenario)?.step, cause: { name: 'AssertionError' } });
  });
});
