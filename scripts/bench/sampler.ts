/** What sampling adds to an evaluation, held against `snapshot.evaluate()` of a 50/50 rollout. */
import assert from 'node:assert/strict';
import type { EvaluationDetails } from '@openfeature/server-sdk';
import type { Snapshot } from '../../provider/engine/index.js';
import { ContextSampler } from '../../provider/index.js';
import { benchContexts, benchFlags } from './cases.js';
import { snapshotOf } from './guidon.js';
import {
  interleave,
  nanosecondsPerCall,
  ratiosOf,
  spreadOf,
  warmUp,
  type Effort,
  type Loop,
  type RunSlice,
} from './measure.js';
import type { SamplerRow } from './results.js';

const FLAGS = 1_000;
const HALF = 'bench.case.split';

/** Who comes by before a steady state is timed: hundreds of times as many users as are held. */
const USERS = 100_000;
/** The same for a thousand flags at once, where it takes a thousand times as many calls. */
const USERS_OF_ALL_FLAGS = 5_000;
/** Fewer than are held of a flag: all of them are. */
const FEW_USERS = 150;
/** Calls for users who come by for the first time, until a window ends and is handed over. */
const WINDOW_CALLS = 50_000;

/** A context as an application has it. */
type Context = Readonly<Record<string, string | number>>;

/** What all cases are about. */
interface Scene {
  readonly snapshot: Snapshot;
  readonly keys: readonly string[];
  /** Each of another user. */
  readonly contexts: readonly Context[];
}

/** One row: what is timed. */
interface SamplerCase {
  readonly name: string;
  readonly open: (scene: Scene) => Loop | Promise<Loop>;
}

const samplerCases: readonly SamplerCase[] = [
  { name: '`snapshot.evaluate()`, 50/50 rollout', open: evaluating },
  {
    name: '`sample()`, steady state',
    open: async (scene) => sampling(await steady(scene, [HALF], USERS), [HALF], scene.contexts),
  },
  {
    name: '`sample()`, users who are held',
    open: async (scene) => sampling(await steady(scene, [HALF], FEW_USERS), [HALF], scene.contexts.slice(0, FEW_USERS)),
  },
  {
    name: '`sample()`, steady state, 1,000 flags in turn',
    open: async (scene) => sampling(await steady(scene, scene.keys, USERS_OF_ALL_FLAGS), scene.keys, scene.contexts),
  },
  { name: '`sample()`, every user new', open: (scene) => samplingNew(scene, [HALF]) },
  { name: '`sample()`, every user new, for each of 1,000 flags', open: (scene) => samplingNew(scene, scene.keys) },
  {
    name: "the hook's own share, steady state",
    open: async (scene) => hooked(await steady(scene, [HALF], USERS), scene),
  },
];

/** A row for each case; the first is what the others are held against. */
export async function measureSampler(effort: Effort, progress: (step: string) => void): Promise<readonly SamplerRow[]> {
  const scene = openScene();
  const slices: RunSlice[] = [];
  for (const { name, open } of samplerCases) {
    progress(`sampling: ${name}`);
    const loop = await open(scene);
    const times = await warmUp(loop, effort);
    slices.push(() => nanosecondsPerCall(loop, times));
  }
  const taken = await interleave(slices, effort);
  return samplerCases.map(({ name }, index) => {
    const [base = [], nanoseconds = []] = [taken[0], taken[index]];
    return { case: name, nanoseconds: spreadOf(nanoseconds), ratio: ratiosOf(nanoseconds, base) };
  });
}

function openScene(): Scene {
  const flags = benchFlags(FLAGS);
  const contexts = Array.from({ length: USERS }, (_, index): Context => {
    const context = benchContexts[index % benchContexts.length];
    assert(context !== undefined);
    // As long as the keys of the other cases, and nobody else's.
    const targetingKey = `${index}-${context.targetingKey}`.slice(0, context.targetingKey.length);
    return { ...context, targetingKey };
  });
  return { snapshot: snapshotOf(flags), keys: flags.map(({ key }) => key), contexts };
}

/** A sampler that does all that it does in production: it knows the attributes, hashes keys, and hands its rows over. */
async function newSampler({ snapshot }: Scene): Promise<ContextSampler> {
  const keys = { hash: 'a secret of the benchmark' };
  const sampler = new ContextSampler({ provider: { snapshot: () => snapshot }, keys, onBatch: () => undefined });
  await sampler.flush();
  assert(sampler.status().attributes.paths.includes('country'), 'the attributes of the rules are not known');
  return sampler;
}

/** A sampler that some users have come by for each of some flags. */
async function steady(scene: Scene, keys: readonly string[], users: number): Promise<ContextSampler> {
  const sampler = await newSampler(scene);
  for (const context of scene.contexts.slice(0, users)) for (const key of keys) sampler.sample(key, context);
  const { users: held, flags, skipped } = sampler.status();
  assert.equal(held, Math.min(users, 200), 'the users were not sampled');
  assert.equal(flags, keys.length);
  assert(
    Object.values(skipped).every((count) => count === 0),
    `evaluations were skipped: ${JSON.stringify(skipped)}`,
  );
  return sampler;
}

function evaluating({ snapshot, contexts }: Scene): Loop {
  const shown: { last?: unknown } = {};
  let context = 0;
  return (times) => {
    for (let i = 0; i < times; i++) {
      shown.last = snapshot.evaluate(HALF, contexts[context], 'boolean');
      if (++context === benchContexts.length) context = 0;
    }
  };
}

function sampling(sampler: ContextSampler, keys: readonly string[], contexts: readonly Context[]): Loop {
  const turn = contexts.slice(0, benchContexts.length);
  let [key, context] = [0, 0];
  return (times) => {
    for (let i = 0; i < times; i++) {
      sampler.sample(keys[key] as string, turn[context]);
      if (++key === keys.length) key = 0;
      if (++context === turn.length) context = 0;
    }
  };
}

/** Each user in turn for all the flags; the time has in it what ending a window takes. */
async function samplingNew(scene: Scene, keys: readonly string[]): Promise<Loop> {
  const sampler = await newSampler(scene);
  const { contexts } = scene;
  let [key, context, calls] = [0, 0, 0];
  return async (times) => {
    for (let i = 0; i < times; i++) {
      sampler.sample(keys[key] as string, contexts[context]);
      if (++key === keys.length) {
        key = 0;
        if (++context === contexts.length) context = 0;
      }
      if (++calls % WINDOW_CALLS === 0) await sampler.flush();
    }
  };
}

function hooked(sampler: ContextSampler, { contexts }: Scene): Loop {
  const asked = contexts.slice(0, benchContexts.length).map((context) => ({ flagKey: HALF, context }));
  const details: EvaluationDetails<boolean> = { flagKey: HALF, value: true, variant: 'true', flagMetadata: {} };
  const end = sampler.finally.bind(sampler);
  let turn = 0;
  return (times) => {
    for (let i = 0; i < times; i++) {
      end(asked[turn] as (typeof asked)[number], details);
      if (++turn === asked.length) turn = 0;
    }
  };
}
