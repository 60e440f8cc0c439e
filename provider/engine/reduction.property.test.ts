import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directions } from './reduction.js';
import { changes, contextOfChange, MAIN, NEEDED, type RandomChange } from './testing/changes.js';
import { rulesetOf, type RepositorySketch } from './testing/documents.js';
import type { EvaluationContext } from './types.js';

/** Of each property. */
const RUNS = 1_000;

/** Enough that of two conditions that differ, some context shows it, nearly always. */
const CONTEXTS: readonly EvaluationContext[] = fc.sample(contextOfChange, { numRuns: 600, seed: 4 });

/** What anybody gets is before's or the base's default: worked out one context at a time. */
function seen(change: RandomChange, key: string): 'same' | 'reducing' | 'other' {
  const [before, after] = [rulesetOf(change.before), rulesetOf(change.after)].map((one) => one.snapshot('production'));
  const flag = change.before.flags[key];
  const name = flag?.default === undefined ? 'false' : flag.default;
  const fallback = name === null ? undefined : (flag?.variants ?? { true: true, false: false })[String(name)];
  let found: 'same' | 'reducing' = 'same';
  for (const context of CONTEXTS) {
    const [old, now] = [before?.evaluate(key, context).value, after?.evaluate(key, context).value];
    if (isDeepStrictEqual(old, now)) continue;
    if (name === null || !isDeepStrictEqual(now, fallback)) return 'other';
    found = 'reducing';
  }
  return found;
}

function enabled(sketch: RepositorySketch): RepositorySketch {
  const flags = Object.entries(sketch.flags).map(([key, flag]) => {
    const state = flag.environments?.['production'];
    return [key, { ...flag, environments: { production: { ...state, enabled: true } } }] as const;
  });
  return { ...sketch, flags: Object.fromEntries(flags) };
}

/** No proof is ever wrong: what brute force sees is never more than what was proved. */
function expectSound(change: RandomChange): void {
  const directions = new Directions(rulesetOf(change.before), rulesetOf(change.after));
  const latent = { ...change, before: enabled(change.before), after: enabled(change.after) };
  for (const key of [MAIN, NEEDED]) {
    for (const [proved, shown] of [
      [directions.of(key, 'production'), change],
      [directions.latentOf(key, 'production'), latent],
    ] as const) {
      if (proved === 'other') continue;
      const found = seen(shown, key);
      const isAllowed = found === 'same' || found === proved;
      if (!isAllowed) throw new Error(`proved ${proved}, seen ${found}: ${key} ${JSON.stringify(change)}`);
    }
  }
}

describe('a proof holds for every context that is tried', () => {
  it.each([
    ['of edits that are meant to reduce', true],
    ['of any edits', false],
  ])('%s', (_what, meant) => {
    fc.assert(fc.property(changes(meant), expectSound), { numRuns: RUNS });
  });
});

it('and most single edits that reduce are proved to', () => {
  const tally = { same: 0, reducing: 0, other: 0 };
  fc.assert(
    fc.property(changes(true, 1), (change) => {
      const directions = new Directions(rulesetOf(change.before), rulesetOf(change.after));
      for (const key of [MAIN, NEEDED]) {
        if (seen(change, key) === 'reducing') tally[directions.of(key, 'production')]++;
      }
    }),
    { numRuns: RUNS },
  );
  expect(tally.same).toBe(0);
  expect(tally.reducing).toBeGreaterThan(RUNS / 10);
  expect(tally.reducing / (tally.reducing + tally.other)).toBeGreaterThan(0.9);
});
