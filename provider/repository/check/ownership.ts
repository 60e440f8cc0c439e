/** Whether CODEOWNERS gives each flag's file to the flag's owner. */
import {
  MAX_CODEOWNERS_BYTES,
  codeownersPath,
  isSameOwner,
  ownersOf,
  parseCodeowners,
  type Codeowners,
} from '../codeowners.js';
import type { UnplacedProblem } from '../problem.js';
import type { Tree } from '../tree.js';
import type { CheckedRepository } from './checked-repository.js';

/**
 * Checks ownership where the tree reaches beyond the flags folder. A provider's tree does not: ownership is a control
 * on review, and a slip in it must never keep a kill from the fleet.
 */
export async function checkOwnership(tree: Tree, repository: CheckedRepository): Promise<readonly UnplacedProblem[]> {
  if (!tree.hasCodeowners) return [];
  const path = codeownersPath(tree.entries.map((entry) => entry.path));
  const entry = tree.entries.find((one) => one.path === path && one.kind === 'file');
  if (entry === undefined) return [missing(repository, path)];
  const bytes = (await tree.read([entry], MAX_CODEOWNERS_BYTES)).get(entry.id);
  if (bytes === undefined) return [tooLarge(entry.path)];
  const codeowners = parseCodeowners(entry.path, new TextDecoder().decode(bytes));
  // Who owns what can't be told from the lines that are left.
  return codeowners.problems.length > 0 ? codeowners.problems : checkFlags(repository, codeowners);
}

function checkFlags({ documents, fileOf }: CheckedRepository, codeowners: Codeowners): readonly UnplacedProblem[] {
  const { policy } = documents;
  if (policy === undefined) return [];
  return [...documents.flags].flatMap(([key, stored]) => {
    const { owner } = stored.read();
    const team = Object.hasOwn(policy.teams, owner) ? policy.teams[owner] : undefined;
    if (team === undefined || team.active === false) return [];
    const file = fileOf.flag(key);
    const match = ownersOf(codeowners, file);
    if (match?.owners.some((one) => isSameOwner(one, team.codeOwner))) return [];
    return [mismatch(file, owner, team.codeOwner, match?.owners ?? [], match?.line)];
  });
}

function mismatch(
  file: string,
  owner: string,
  handle: string,
  owners: readonly string[],
  line?: number,
): UnplacedProblem {
  return {
    code: 'codeowners-mismatch',
    file,
    pointer: ['owner'],
    message: `CODEOWNERS does not give this file to \`${owner}\``,
    found: line === undefined ? 'no line for it' : `${owners.join(' ') || 'no owner'}, by its line ${line}`,
    expected: `${handle}, the code owner of \`${owner}\``,
    fix: `add \`/${file} ${handle}\` to CODEOWNERS, or correct \`owner\``,
  };
}

/** `linked`: the path of a CODEOWNERS that is no file. */
const missing = ({ fileOf }: CheckedRepository, linked: string | undefined): UnplacedProblem => ({
  code: 'codeowners-missing',
  file: linked ?? 'CODEOWNERS',
  message: 'without a CODEOWNERS file nobody owns the flags',
  found: linked === undefined ? 'none in `.github`, the root or `docs`' : 'a link, which is not followed',
  expected: 'a file that gives each flag to its owner',
  fix: `add one, for example with the line \`/${fileOf.policy.replace(/policy\.yaml$/, '')}<team>/ @org/<team>\``,
});

const tooLarge = (file: string): UnplacedProblem => ({
  code: 'file-too-large',
  file,
  message: 'GitHub ignores a CODEOWNERS file of this size, so nobody owns the flags',
  found: `more than ${MAX_CODEOWNERS_BYTES.toLocaleString('en')} bytes`,
  expected: `at most ${MAX_CODEOWNERS_BYTES.toLocaleString('en')} bytes`,
  fix: 'own folders rather than files',
});
