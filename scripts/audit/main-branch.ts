/** Which revision is the main branch, as far as a clone knows. */
import { resolveRevision, type LocalRepository } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';

/** Where a clone keeps what the remote's default branch was when it was fetched last; then its own branches. */
const NAMES = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main', 'refs/heads/main'];

/** A commit and the name that it was found by. */
export interface Tip {
  readonly commit: string;
  readonly name: string;
}

/** The revision that somebody names, or else the main branch. @throws UsageError where there is none */
export async function mainBranch(repository: LocalRepository, revision: string | undefined): Promise<Tip> {
  for (const name of revision === undefined ? NAMES : [revision]) {
    const commit = await resolveRevision(repository, name);
    if (commit !== undefined) return { commit, name: name.replace(/^refs\/(?:heads|remotes)\//, '') };
  }
  throw new UsageError(
    revision === undefined
      ? 'there is no origin/HEAD, origin/main or main here; name the main branch with --rev'
      : `there is no commit ${JSON.stringify(revision)} in ${repository.toplevel}, which --rev names`,
  );
}
