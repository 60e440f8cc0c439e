/** Edits that are not in any commit: what judges commits does not see them, and whoever made them should know. */
import { localEnvironment, runGit, type LocalRepository } from '../../provider/repository/index.js';

const TIMEOUT_MS = 10_000;
/** Tens of thousands of paths; who edits more than that knows it. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

const STATUS = ['status', '--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=all', '--untracked-files=all'];

/** Paths of files below the flags folder, and of CODEOWNERS, that differ from HEAD; none where git cannot say. */
export async function uncommittedFiles(
  { gitDir, toplevel }: LocalRepository,
  root: string,
): Promise<readonly string[]> {
  const { exitCode, stdout } = await runGit({
    gitDir,
    // A monitor of files is a program that the repository's configuration names.
    args: ['-c', 'core.fsmonitor=false', `--work-tree=${toplevel}`, ...STATUS],
    environment: localEnvironment(gitDir),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  if (exitCode !== 0) return [];
  const entries = stdout.toString().split('\0').filter(Boolean);
  return entries
    .map((entry) => ({ isTracked: !entry.startsWith('??'), path: entry.slice(3) }))
    .filter(({ isTracked, path }) => concerns(path, root) && (isTracked || /\.ya?ml$|CODEOWNERS$/.test(path)))
    .map(({ path }) => path);
}

function concerns(path: string, root: string): boolean {
  return root === '' || path.startsWith(`${root}/`) || /^(\.github\/|docs\/)?CODEOWNERS$/.test(path);
}
