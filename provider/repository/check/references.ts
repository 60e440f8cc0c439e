/** Whether everything that files name in one another exists: owners, environments, flags, segments, guardrails. */
import {
  isPlan,
  segmentReferences,
  variantsOf,
  type CaseDocument,
  type ConditionDocument,
  type FlagDocument,
  type GuardrailDocument,
  type SegmentDocument,
} from '../../engine/index.js';
import { backticked } from '../excerpt.js';
import type { Pointer, ProblemCode, UnplacedProblem } from '../problem.js';
import type { CheckedRepository } from './checked-repository.js';
import { checkOwner } from './owner.js';
import { checkVariant } from './rollout.js';
import { unknownName } from './unknown-name.js';

/** A suggestion takes time for each name that exists. One more than `load` shows of a file, so that it says there are. */
const MAX_UNKNOWN = 101;

/** A name that must be among those that exist. */
interface Reference {
  readonly code: ProblemCode;
  readonly what: string;
  readonly name: string;
  readonly known: ReadonlySet<string>;
  /** What is known and can't be meant here. */
  readonly except?: string;
  readonly pointer: Pointer;
  readonly at?: 'key' | 'value';
  /** More exact words where there are some. */
  readonly words?: Partial<Pick<UnplacedProblem, 'message' | 'fix'>>;
}

/** Checks the references of one file at a time. What stands in a file that could not be read counts as existing. */
export class ReferenceChecks {
  readonly #known: KnownNames;

  constructor(private readonly repository: CheckedRepository) {
    this.#known = new KnownNames(repository);
  }

  flag(key: string, flag: FlagDocument): readonly UnplacedProblem[] {
    const file = this.repository.fileOf.flag(key);
    return [
      ...checkOwner(this.repository, flag.owner, file),
      ...checkNeededVariants(this.repository, flag, file),
      ...unresolved(flagReferences(flag, this.#known), file),
    ];
  }

  segment(name: string, { owner, when }: SegmentDocument): readonly UnplacedProblem[] {
    const file = this.repository.fileOf.segment(name);
    return [...checkOwner(this.repository, owner, file), ...unresolved(this.#known.segmentsOf(when, ['when']), file)];
  }

  guardrail(name: string, { owner }: GuardrailDocument): readonly UnplacedProblem[] {
    return checkOwner(this.repository, owner, this.repository.fileOf.guardrail(name));
  }

  cases(key: string, cases: readonly CaseDocument[]): readonly UnplacedProblem[] {
    return checkCases(this.repository, key, cases, this.#known);
  }
}

/** The names that exist, as the references to them. */
class KnownNames {
  readonly #environments: ReadonlySet<string> | undefined;
  readonly #names: CheckedRepository['names'];
  readonly #retired: ReadonlySet<string>;

  constructor({ documents: { policy, retired }, names }: CheckedRepository) {
    this.#environments = policy && new Set(policy.environments);
    this.#names = names;
    this.#retired = new Set(retired.map(({ key }) => key));
  }

  environment(name: string, pointer: Pointer, at: 'key' | 'value'): readonly Reference[] {
    const known = this.#environments;
    return known ? [{ code: 'unknown-environment', what: 'environment', name, known, pointer, at }] : [];
  }

  prerequisite(name: string, of: string): Reference {
    const kind = { code: 'unknown-flag', what: 'flag', known: this.#names.flags, except: of, at: 'key' } as const;
    const reference = { ...kind, name, pointer: ['prerequisites', name] };
    if (!this.#retired.has(name)) return reference;
    const words = { message: `the flag ${backticked(name)} is retired`, fix: 'remove the prerequisite' };
    return { ...reference, words };
  }

  flagOfCases(name: string): Reference {
    const words = {
      message: `these cases are of no flag: there is no ${backticked(name)}`,
      fix: 'name the file for its flag, or remove it',
    };
    return { code: 'unknown-flag', what: 'flag', name, known: this.#names.flags, pointer: [], words };
  }

  guardrail(name: string, pointer: Pointer): Reference {
    return { code: 'unknown-guardrail', what: 'guardrail', name, known: this.#names.guardrails, pointer };
  }

  segment(name: string, pointer: Pointer): Reference {
    return { code: 'unknown-segment', what: 'segment', name, known: this.#names.segments, pointer };
  }

  segmentsOf(when: ConditionDocument, pointer: Pointer): readonly Reference[] {
    return segmentReferences(when, pointer).map((reference) => this.segment(reference.name, reference.pointer));
  }
}

function* flagReferences(flag: FlagDocument, known: KnownNames): Generator<Reference> {
  for (const key of Object.keys(flag.prerequisites ?? {})) yield known.prerequisite(key, flag.key);
  for (const [name, { rules = [], rollout }] of Object.entries(flag.environments ?? {})) {
    const pointer = ['environments', name];
    yield* known.environment(name, pointer, 'key');
    for (const [index, { when }] of rules.entries()) {
      yield* known.segmentsOf(when, [...pointer, 'rules', index, 'when']);
    }
    if (rollout === undefined || !isPlan(rollout)) continue;
    const at = [...pointer, 'rollout'];
    for (const [index, { segment }] of rollout.stages.entries()) {
      if (segment !== undefined) yield known.segment(segment, [...at, 'stages', index, 'segment']);
    }
    for (const [index, guardrail] of (rollout.guardrails ?? []).entries()) {
      yield known.guardrail(guardrail, [...at, 'guardrails', index]);
    }
  }
}

function unresolved(references: Iterable<Reference>, file: string): readonly UnplacedProblem[] {
  return [...references]
    .filter(({ name, known }) => !known.has(name))
    .slice(0, MAX_UNKNOWN)
    .map(({ code, what, name, known, except, pointer, at = 'value', words }) => ({
      code,
      file,
      pointer,
      at,
      ...unknownName(
        what,
        name,
        [...known].filter((one) => one !== except),
      ),
      ...words,
    }));
}

function checkNeededVariants(
  { documents }: CheckedRepository,
  { prerequisites = {} }: FlagDocument,
  file: string,
): readonly UnplacedProblem[] {
  return Object.entries(prerequisites).flatMap(([key, variant]) => {
    const needed = documents.flags.get(key);
    if (needed === undefined) return [];
    const findings = checkVariant(String(variant), ['prerequisites', key], [...variantsOf(needed.read()).keys()]);
    return findings.map((finding) => ({ ...finding, file }));
  });
}

function checkCases(
  { documents, names, fileOf }: CheckedRepository,
  key: string,
  cases: readonly CaseDocument[],
  known: KnownNames,
): readonly UnplacedProblem[] {
  const file = fileOf.cases(key);
  if (!names.flags.has(key)) return unresolved([known.flagOfCases(key)], file);
  const environments = cases.flatMap(({ environment }, index) =>
    known.environment(environment, [index, 'environment'], 'value'),
  );
  const flag = documents.flags.get(key)?.read();
  const variants = flag && [...variantsOf(flag).keys()];
  const expected = cases.flatMap(({ expect: { variant } }, index) => {
    if (variants === undefined || variant === undefined || variant === null) return [];
    return checkVariant(String(variant), [index, 'expect', 'variant'], variants);
  });
  return [...unresolved(environments, file), ...expected.map((finding) => ({ ...finding, file }))];
}
