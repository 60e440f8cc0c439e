/** All checks of a repository that need more than one file. */
import type { UnplacedProblem } from '../problem.js';
import type { CheckedRepository } from './checked-repository.js';
import { checkCycles } from './cycles.js';
import { checkKeys } from './keys.js';
import { checkReferences } from './references.js';
import { checkWeights } from './weight.js';

/** Every problem that a repository has beyond its single files. */
export function checkRepository(repository: CheckedRepository): readonly UnplacedProblem[] {
  const cycles = checkCycles(repository);
  const weights = cycles.length === 0 ? checkWeights(repository) : [];
  return [...checkKeys(repository), ...checkReferences(repository), ...cycles, ...weights];
}
