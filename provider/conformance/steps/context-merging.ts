/** The steps of `contextMerging.feature`: what reaches the provider of contexts that are given on five levels. */
import assert from 'node:assert/strict';
import {
  AsyncLocalStorageTransactionContextPropagator,
  OpenFeature,
  type EvaluationContext,
} from '@openfeature/server-sdk';
import { RetrievableContextProvider } from '../../testing/retrievable-context-provider.js';
import { stableOptions } from '../provider-states.js';
import { step } from '../step.js';
import type { World } from '../world.js';

/** What a scenario of this feature collects before it evaluates. */
interface Merging {
  readonly provider: RetrievableContextProvider;
  /** The context of each level, by its name. */
  readonly levels: Map<string, EvaluationContext>;
  precedence: readonly string[];
}

const mergings = new WeakMap<World, Merging>();

/** In the feature's order. */
export const contextMergingSteps = [
  step(/a stable provider with retrievable context is registered/, async ({ world }) => {
    const provider = new RetrievableContextProvider(stableOptions(world));
    mergings.set(world, { provider, levels: new Map(), precedence: [] });
    await world.application.start(provider);
  }),
  step(
    /A context entry with key "(.+)" and value "(.+)" is added to the "(.+)" level/,
    ({ world }, key, value, level) => addEntry(mergingOf(world), level, { [key]: value }),
  ),
  step(/A table with levels of increasing precedence/, ({ world, rows }) => {
    mergingOf(world).precedence = rows.flat();
  }),
  step(
    /Context entries for each level from API level down to the "(.+)" level, with key "(.+)" and value "(.+)"/,
    ({ world }, lowest, key, value) => {
      const merging = mergingOf(world);
      const levels = merging.precedence.slice(0, merging.precedence.indexOf(lowest) + 1);
      // Each level has a value of its own, so that the one that wins can be told.
      for (const level of levels) addEntry(merging, level, { [key]: level === lowest ? value : level });
    },
  ),
  step(/Some flag was evaluated/, ({ world }) => evaluateOnAllLevels(world)),
  step(/The merged context contains an entry with key "(.+)" and value "(.+)"/, ({ world }, key, value) => {
    assert.equal(mergingOf(world).provider.context?.[key], value);
  }),
];

function mergingOf(world: World): Merging {
  const merging = mergings.get(world);
  if (merging === undefined) throw new Error('no provider with retrievable context is registered');
  return merging;
}

function addEntry({ levels }: Merging, level: string, entry: EvaluationContext): void {
  levels.set(level, { ...levels.get(level), ...entry });
}

async function evaluateOnAllLevels(world: World): Promise<void> {
  const { client } = world.application;
  const { levels } = mergingOf(world);
  const contextOf = (level: string): EvaluationContext => levels.get(level) ?? {};
  world.ask('boolean', 'boolean-flag', false);
  world.context = contextOf('Invocation');
  OpenFeature.setContext(contextOf('API'));
  client.setContext(contextOf('Client'));
  // A hook for the hook's level alone: without one, a client may go another way.
  if (levels.has('Before Hooks')) client.addHooks({ before: () => contextOf('Before Hooks') });
  OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator());
  await new Promise<void>((resolve, reject) => {
    OpenFeature.setTransactionContext(contextOf('Transaction'), () => world.evaluate().then(resolve, reject));
  });
}
