/** What the rules alone tell of whom a change moves. */
import type { FlagChange } from '../change/change.js';
import { environmentOf } from '../change/environments.js';
import { shareChange } from '../change/shares.js';
import type { LoadedRepository } from '../../provider/repository/index.js';

/** The revisions that a change lies between. */
export interface EstimatedSides {
  readonly base: Pick<LoadedRepository, 'ruleset'>;
  readonly result: Pick<LoadedRepository, 'ruleset'>;
}

/**
 * Whom the change moves in an environment, as far as the documents tell: one line a fact, the most important first, safe
 * in Markdown. Percentages are upper bounds and said as such. Empty where nobody is moved.
 */
export function estimateOf(flag: FlagChange, environment: string, _sides: EstimatedSides): readonly string[] {
  const { before, after } = flag;
  if (before === undefined || after === undefined) return [];
  const [was, is] = [environmentOf(before, environment)?.rollout ?? 0, environmentOf(after, environment)?.rollout ?? 0];
  const words = shareChange([before, was], [after, is]);
  return words === undefined ? [] : [`up to ${words} of everyone outside the rules`];
}
