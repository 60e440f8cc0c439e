/** Whether an edit of one flag's file is proved to reduce: what may go to the main branch without a review first. */
import { Directions } from '../../provider/engine/index.js';
import type { LoadedRepository } from '../../provider/repository/index.js';
import { compareSides } from '../change/compare.js';
import { judgeReduction } from '../control/reduction.js';

/** Why it is not proved, in words; undefined where it is. The same proof as that of `flagctl check`. */
export function whyNotReducing(before: LoadedRepository, after: LoadedRepository, path: string): string | undefined {
  const directions = new Directions(before.ruleset, after.ruleset);
  const [base, result] = [before, after].map((loaded) => ({
    revision: loaded.ruleset.revision.id,
    loaded,
    problems: [],
    codeowners: new Map<string, string>(),
  }));
  if (base === undefined || result === undefined) throw new Error('there are two sides');
  const files = [{ path, status: 'modified' as const }];
  const flags = compareSides(base, result, files, (key, environment) => directions.of(key, environment));
  const { because } = judgeReduction({
    change: { base, result, files, flags },
    latentDirectionOf: (key, environment) => directions.latentOf(key, environment),
  });
  return because[0];
}
