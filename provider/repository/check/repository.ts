/** All checks of a repository that need more than one file. */
import { NO_REFERENCES, variantsOf, type StoredReferrer } from '../../engine/index.js';
import type { UnplacedProblem } from '../problem.js';
import type { Slices } from '../slices.js';
import type { CheckedRepository } from './checked-repository.js';
import { checkCycles } from './cycles.js';
import { checkPath, checkRetiredKeys } from './keys.js';
import { ReferenceChecks } from './references.js';
import { checkWeights } from './weight.js';

/** What there is to know of a repository without problems: whatever has a name has a document. */
type Checked = Pick<CheckedRepository, 'documents' | 'cases'>;

/**
 * Every problem that a repository has beyond its single files.
 * @param previous a repository without problems; what has not changed since, and depends on nothing that has, is not
 *   looked at again
 */
export async function checkRepository(
  repository: CheckedRepository,
  slices: Slices,
  previous?: Checked,
): Promise<readonly UnplacedProblem[]> {
  const known = previous !== undefined && isWider(repository, previous) ? previous : undefined;
  const problems = [...checkRetiredKeys(repository)];
  for (const check of fileChecks(repository, known)) {
    problems.push(...check());
    if (slices.isOver) await slices.pause();
  }
  const referrers = await referrersOf(repository, slices);
  if (known !== undefined && !referrers.some((referrer) => isOther(referrer, known))) return problems;
  // Each of the two goes over everything in one go.
  await slices.pause();
  const cycles = checkCycles(repository);
  await slices.pause();
  return [...problems, ...cycles, ...(cycles.length === 0 ? checkWeights(repository) : [])];
}

/** The checks of the files that are others than before, one by one. */
function* fileChecks(
  repository: CheckedRepository,
  known: Checked | undefined,
): Generator<() => readonly UnplacedProblem[]> {
  const { documents, cases, fileOf } = repository;
  const references = new ReferenceChecks(repository);
  for (const [key, stored] of documents.flags) {
    if (known?.documents.flags.get(key) === stored) continue;
    yield () => {
      const flag = stored.read();
      return [...checkPath(key, flag, fileOf), ...references.flag(key, flag)];
    };
  }
  for (const [name, stored] of documents.segments) {
    if (known?.documents.segments.get(name) !== stored) yield () => references.segment(name, stored.read());
  }
  for (const [name, stored] of documents.guardrails) {
    if (known?.documents.guardrails.get(name) !== stored) yield () => references.guardrail(name, stored.read());
  }
  for (const [key, stored] of cases) {
    if (known?.cases.get(key) !== stored) yield () => references.cases(key, stored.read());
  }
}

/** Whether every name that a file could refer to before is still there, so that what did not change is as right as it was. */
function isWider({ documents, names }: CheckedRepository, { documents: before }: Checked): boolean {
  if (documents.policy !== before.policy) return false;
  return (
    isSuperset(names.flags, before.flags.keys()) &&
    isSuperset(names.segments, before.segments.keys()) &&
    isSuperset(names.guardrails, before.guardrails.keys()) &&
    hasSameVariants(documents.flags, before.flags)
  );
}

function isSuperset(names: { has(name: string): boolean }, before: Iterable<string>): boolean {
  for (const name of before) if (!names.has(name)) return false;
  return true;
}

type Flags = CheckedRepository['documents']['flags'];

function hasSameVariants(flags: Flags, before: Flags): boolean {
  for (const [key, stored] of flags) {
    const old = before.get(key);
    if (old === undefined || old === stored) continue;
    if (!isSuperset(variantsOf(stored.read()), variantsOf(old.read()).keys())) return false;
  }
  return true;
}

/** A flag or a segment that refers to something. */
interface Referrer {
  readonly kind: 'flags' | 'segments';
  readonly name: string;
  readonly stored: StoredReferrer<unknown>;
}

/** Finding what refers to what takes a while the first time, and none after it. */
async function referrersOf({ documents }: CheckedRepository, slices: Slices): Promise<readonly Referrer[]> {
  const referrers: Referrer[] = [];
  for (const kind of ['flags', 'segments'] as const) {
    for (const [name, stored] of documents[kind]) {
      if (stored.references !== NO_REFERENCES) referrers.push({ kind, name, stored });
      if (slices.isOver) await slices.pause();
    }
  }
  return referrers;
}

/** Whether it refers to something else than before: where it does not, no cycle can be new. */
function isOther({ kind, name, stored }: Referrer, { documents }: Checked): boolean {
  const old = documents[kind].get(name);
  return old !== stored && JSON.stringify(old?.references) !== JSON.stringify(stored.references);
}
