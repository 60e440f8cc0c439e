/** A commit made of another with one file changed, in the object store alone: no branch, index or file is touched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localEnvironment, runGit, shown, SyncError } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import { askAsUser, quietSettings, runAsUser, settingVariables } from './user-git.js';

/** What the commit is to be. */
export interface CommitRequest {
  readonly gitDir: string;
  /** The full hash of the commit that it goes on top of. */
  readonly parent: string;
  /** A file that the parent has, from the repository's root. */
  readonly path: string;
  readonly text: string;
  readonly message: string;
}

/** Local commands take milliseconds; only a dead disk is slower. */
const LOCAL_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/** Who the commit will be by: `Ann Example <ann@example.com>`. @throws UsageError where git does not know */
export async function requireIdentity(gitDir: string): Promise<void> {
  for (const person of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    if ((await askAsUser(gitDir, ['var', person])) !== undefined) continue;
    throw new UsageError(
      'git does not know who you are, and the commit must say; set it with\n' +
        '  git config --global user.name "Your Name"\n  git config --global user.email you@example.com',
    );
  }
}

/** Writes the commit, signed where the user's git signs; gives its full hash. @throws SyncError */
export async function writeCommit(request: CommitRequest): Promise<string> {
  const { gitDir, parent, message } = request;
  const tree = await writeTree(request);
  const isSigned = (await askAsUser(gitDir, ['config', '--type=bool', '--get', 'commit.gpgSign'])) === 'true';
  const args = ['commit-tree', ...(isSigned ? ['-S'] : []), '-p', parent, '-F', '-', tree];
  const { exitCode, stdout, stderr } = await runAsUser(gitDir, args, { input: message });
  if (exitCode === 0) return stdout.toString('latin1').trim();
  const hint = isSigned ? '; if it cannot be signed now: git config commit.gpgSign false' : '';
  throw new SyncError(`git cannot make the commit: ${shown(stderr)}${hint}`, 'never');
}

async function writeTree({ gitDir, parent, path, text }: CommitRequest): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flagctl-'));
  try {
    const git = async (args: readonly string[], input?: string): Promise<string> => {
      const { exitCode, stdout, stderr } = await runGit({
        gitDir,
        args,
        environment: {
          ...localEnvironment(folder),
          ...settingVariables(quietSettings),
          GIT_INDEX_FILE: join(folder, 'index'),
        },
        timeoutMs: LOCAL_TIMEOUT_MS,
        maxOutputBytes: MAX_OUTPUT_BYTES,
        ...(input !== undefined && { input }),
      });
      if (exitCode !== 0) throw new SyncError(`git ${args[0]} failed in ${gitDir}: ${shown(stderr)}`, 'later');
      return stdout.toString('utf8').trim();
    };
    const [mode = ''] = (await git(['ls-tree', '-z', '--full-tree', parent, '--', path])).split(' ');
    // Without a path no filter of .gitattributes applies: the bytes are these.
    const blob = await git(['hash-object', '-w', '--stdin'], text);
    await git(['read-tree', parent]);
    await git(['update-index', '-z', '--index-info'], `${mode} ${blob}\t${path}\0`);
    // A partial clone lacks objects that the remote has.
    return await git(['write-tree', '--missing-ok']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
