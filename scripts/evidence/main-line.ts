/** The first-parent line of the main branch: its order is the only one that nobody can backdate. */
import { isolated, SyncError, type GitRepository } from '../../provider/repository/index.js';
import { readGit } from './local-git.js';

/** A commit of the line. Names, addresses and dates are claims of whoever made it. */
export interface LineCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly tree: string;
  readonly authorEmail: string;
  readonly committerEmail: string;
  readonly message: string;
}

const FORMAT = '--format=%H%x00%P%x00%T%x00%ae%x00%ce%x00%B';
const FIELDS = 6;

/**
 * The line up to a commit, oldest first.
 * @param since left out with all before it; a full hash, as is `until`
 * @throws SyncError where the history is cut or can't be read
 */
export async function readLine(
  repository: GitRepository,
  until: string,
  since?: string,
): Promise<readonly LineCommit[]> {
  return readCommits(repository, ['--first-parent'], [until], since);
}

/** All commits that a commit of the main branch, and what it came from, brought to it. @throws SyncError */
export async function commitsOf(
  repository: GitRepository,
  base: string | null,
  tips: readonly string[],
): Promise<readonly LineCommit[]> {
  return readCommits(repository, ['--topo-order'], tips, base ?? undefined);
}

async function readCommits(
  repository: GitRepository,
  order: readonly string[],
  tips: readonly string[],
  base: string | undefined,
): Promise<readonly LineCommit[]> {
  const strange = [...tips, base ?? ''].find((hash) => !/^[0-9a-f]*$/.test(hash));
  if (strange !== undefined) throw new SyncError(`${JSON.stringify(strange)} is not the hash of a commit`, 'never');
  const range = [...order, ...tips, ...(base === undefined ? [] : [`^${base}`])];
  return isolated(repository, {}, async (own) => {
    own.requireWholeHistory('evidence');
    const options = ['--no-show-signature', '--no-mailmap', '--no-color', '--no-patch', '-z', FORMAT];
    const output = await readGit(own, ['log', ...options, ...range, '--']);
    const fields = output.toString('utf8').split('\0');
    const commits: LineCommit[] = [];
    for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
      const [id = '', parents = '', tree = '', authorEmail = '', committerEmail = '', message = ''] = fields.slice(at);
      const parentIds = parents.split(' ').filter(Boolean);
      commits.push({ id, parents: parentIds, tree, authorEmail, committerEmail, message: message.trimEnd() });
    }
    return commits.reverse();
  });
}
