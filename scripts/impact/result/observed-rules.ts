/** From the counts of the replayed rules to whom each decided for, and whom it would have. */
import type { ObservedRule } from '../findings/observed.js';
import { TAKERS, type Tally } from '../replay/tally.js';
import type { WatchedRule } from '../replay/watched-rules.js';

/** Every rule, in the subjects' order. */
export function observedRules(
  rules: readonly WatchedRule[],
  { hits, matches, takenBy }: Tally,
): readonly ObservedRule[] {
  const takers = new Map<number, Map<string, number>>();
  for (const [taker, count] of takenBy) {
    const index = Math.floor(taker / TAKERS);
    const name = rules[index]?.deciders[taker % TAKERS] ?? '';
    const known = takers.get(index) ?? new Map<string, number>();
    takers.set(index, known.set(name, (known.get(name) ?? 0) + count));
  }
  return rules.map(({ key, environment, kind, name }, index) => {
    const decided = hits[index] ?? 0;
    // Whoever else a rule holds for was not counted to the end once it had decided for somebody.
    if (decided > 0) return { key, environment, kind, name, hits: decided, matches: decided, takenBy: new Map() };
    return {
      key,
      environment,
      kind,
      name,
      hits: 0,
      matches: matches[index] ?? 0,
      takenBy: takers.get(index) ?? new Map(),
    };
  });
}
