/** Short git commands that only read this machine's repository. */
import { localEnvironment, runGit, shown, SyncError, type GitRepository } from '../../provider/repository/index.js';

/** A walk over a hundred thousand commits takes seconds. */
const TIMEOUT_MS = 60_000;

/** Some hundred bytes for each of a million commits or notes. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Runs git; gives its output. @throws SyncError where it fails */
export async function readGit(repository: GitRepository, args: readonly string[], input?: string): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await runGit({
    gitDir: repository.gitDir,
    args,
    environment: localEnvironment(repository.gitDir),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    ...(input !== undefined && { input }),
  });
  if (exitCode === 0) return stdout;
  throw new SyncError(`git ${args[0]} failed: ${shown(stderr)}`, 'later');
}
