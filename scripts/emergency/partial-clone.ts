/** A clone that was made without its blobs: those of the flags are fetched before anything is read. */
import { localEnvironment, runGit, shown, SyncError } from '../../provider/repository/index.js';
import type { Clone } from './clone.js';
import { askAsUser, runAsUser } from './user-git.js';

/** The listing of a large repository. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** Where forges look for it. */
const CODEOWNERS_PATHS = ['CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS'];

/** As git itself fetches what a partial clone lacks: `fetch_objects` in its promisor-remote.c. */
const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--recurse-submodules=no',
  '--filter=blob:none',
];

/** Fetches the flag files of a commit that a partial clone lacks; does nothing in any other. @throws SyncError */
export async function fetchMissing({ repository, path }: Clone, remote: string, commit: string): Promise<void> {
  const { gitDir } = repository;
  if ((await askAsUser(gitDir, ['config', '--type=bool', '--get', `remote.${remote}.promisor`])) !== 'true') return;
  const git = async (args: readonly string[]): Promise<string> => {
    const environment = localEnvironment(gitDir);
    const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES };
    const { exitCode, stdout, stderr } = await runGit({ gitDir, args, environment, ...limits });
    if (exitCode !== 0) throw new SyncError(`git ${args[0]} failed in ${gitDir}: ${shown(stderr)}`, 'later');
    return stdout.toString('latin1');
  };
  const paths = path === '' ? [] : [path, ...CODEOWNERS_PATHS];
  const listed = await git(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths]);
  const walked = await git(['rev-list', '--no-walk', '--objects', '--missing=print', commit]);
  const missing = new Set(walked.match(/(?<=^\?)[0-9a-f]+$/gm));
  const ids = [...listed.matchAll(/(?:^|\0)\d+ blob ([0-9a-f]+)\t/g)].map(([, id = '']) => id);
  const wanted = [...new Set(ids.filter((id) => missing.has(id)))];
  if (wanted.length === 0) return;
  const settings = [['fetch.negotiationAlgorithm', 'noop']] as const;
  const input = wanted.map((id) => `${id}\n`).join('');
  const result = await runAsUser(gitDir, [...FETCH, '--stdin', '--end-of-options', remote], { input, settings });
  if (result.exitCode === 0) return;
  throw new SyncError(`cannot fetch the flags that this partial clone lacks: ${shown(result.stderr)}`, 'later');
}
