/** Whether everything that files say of each other is so: owners, environments, flags, segments, guardrails, cases. */
import { isPlan, variantsOf, type FlagDocument } from '../../engine/index.js';
import type { Pointer, UnplacedProblem } from '../problem.js';
import { nearest } from '../suggest.js';
import { segmentReferences } from './condition.js';
import { checkVariant } from './rollout.js';
import type { CheckedRepository } from './checked-repository.js';

/** Checks every reference of a repository. What stands in a file that could not be read counts as existing. */
export function checkReferences(repository: CheckedRepository): readonly UnplacedProblem[] {
  const { documents, fileOf } = repository;
  const problems: UnplacedProblem[] = [];
  for (const [key, flag] of documents.flags) problems.push(...checkFlag(repository, flag, fileOf.flag(key)));
  for (const [name, { owner, when }] of documents.segments) {
    const file = fileOf.segment(name);
    problems.push(...checkOwner(repository, owner, file), ...checkSegments(repository, segmentReferences(when, ['when']), file));
  }
  for (const [name, { owner }] of documents.guardrails) {
    problems.push(...checkOwner(repository, owner, fileOf.guardrail(name)));
  }
  return problems.concat(checkCases(repository));
}

function checkFlag(repository: CheckedRepository, flag: FlagDocument, file: string): readonly UnplacedProblem[] {
  const problems = [...checkOwner(repository, flag.owner, file), ...checkPrerequisites(repository, flag, file)];
  for (const [name, { rules = [], rollout }] of Object.entries(flag.environments ?? {})) {
    const pointer = ['environments', name];
    problems.push(...checkEnvironment(repository, name, pointer, file, 'key'));
    for (const [index, { when }] of rules.entries()) {
      problems.push(...checkSegments(repository, segmentReferences(when, [...pointer, 'rules', index, 'when']), file));
    }
    if (rollout === undefined || !isPlan(rollout)) continue;
    const stages = rollout.stages.flatMap(({ segment }, index) =>
      segment === undefined ? [] : [{ name: segment, pointer: [...pointer, 'rollout', 'stages', index, 'segment'] }],
    );
    problems.push(...checkSegments(repository, stages, file));
    for (const [index, guardrail] of (rollout.guardrails ?? []).entries()) {
      if (repository.names.guardrails.has(guardrail)) continue;
      const at = [...pointer, 'rollout', 'guardrails', index];
      problems.push(unknown('unknown-guardrail', 'guardrail', guardrail, repository.names.guardrails, file, at));
    }
  }
  return problems;
}

function checkPrerequisites(repository: CheckedRepository, flag: FlagDocument, file: string): readonly UnplacedProblem[] {
  return Object.entries(flag.prerequisites ?? {}).flatMap(([key, variant]): readonly UnplacedProblem[] => {
    const pointer = ['prerequisites', key];
    if (!repository.names.flags.has(key)) {
      return [{ ...unknown('unknown-flag', 'flag', key, repository.names.flags, file, pointer), at: 'key' }];
    }
    const needed = repository.documents.flags.get(key);
    if (needed === undefined) return [];
    return checkVariant(String(variant), pointer, [...variantsOf(needed).keys()]).map((finding) => ({ ...finding, file }));
  });
}

function checkSegments(
  { names }: CheckedRepository,
  references: readonly { readonly name: string; readonly pointer: Pointer }[],
  file: string,
): readonly UnplacedProblem[] {
  return references
    .filter(({ name }) => !names.segments.has(name))
    .map(({ name, pointer }) => unknown('unknown-segment', 'segment', name, names.segments, file, pointer));
}

function checkEnvironment(
  { documents: { policy } }: CheckedRepository,
  name: string,
  pointer: Pointer,
  file: string,
  at: 'key' | 'value',
): readonly UnplacedProblem[] {
  if (policy === undefined || policy.environments.includes(name)) return [];
  return [{ ...unknown('unknown-environment', 'environment', name, new Set(policy.environments), file, pointer), at }];
}

function checkOwner({ documents: { policy } }: CheckedRepository, owner: string, file: string): readonly UnplacedProblem[] {
  if (policy === undefined) return [];
  const team = Object.hasOwn(policy.teams, owner) ? policy.teams[owner] : undefined;
  const active = Object.keys(policy.teams).filter((name) => policy.teams[name]?.active !== false);
  if (team === undefined) return [unknown('unknown-team', 'team', owner, new Set(active), file, ['owner'])];
  if (team.active !== false) return [];
  return [
    {
      code: 'team-inactive',
      file,
      pointer: ['owner'],
      message: `the team \`${owner}\` is no longer active`,
      found: owner,
      expected: `one of ${active.join(', ')}`,
      fix: 'name the team that has taken over, here and in CODEOWNERS',
    },
  ];
}

function checkCases(repository: CheckedRepository): readonly UnplacedProblem[] {
  return [...repository.cases].flatMap(([key, cases]) => {
    const file = repository.fileOf.cases(key);
    if (!repository.names.flags.has(key)) return [unknown('unknown-flag', 'flag', key, repository.names.flags, file, [])];
    const flag = repository.documents.flags.get(key);
    const variants = flag === undefined ? [] : [...variantsOf(flag).keys()];
    return cases.flatMap(({ environment, expect: { variant } }, index) => [
      ...checkEnvironment(repository, environment, [index, 'environment'], file, 'value'),
      ...(flag === undefined || variant === undefined || variant === null
        ? []
        : checkVariant(String(variant), [index, 'expect', 'variant'], variants).map((finding) => ({ ...finding, file }))),
    ]);
  });
}

function unknown(
  code: UnplacedProblem['code'],
  what: string,
  name: string,
  known: ReadonlySet<string>,
  file: string,
  pointer: Pointer,
): UnplacedProblem {
  const suggestion = nearest(name, [...known]);
  return {
    code,
    file,
    pointer,
    message: `there is no ${what} \`${name}\`${suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`}`,
    found: name,
    expected: known.size === 0 ? `a ${what} that exists; there is none yet` : known.size <= 12 ? `one of ${[...known].join(', ')}` : `one of the ${known.size} that exist`,
    fix: suggestion === undefined ? `correct the name, or add the ${what}` : `write \`${suggestion}\``,
  };
}
