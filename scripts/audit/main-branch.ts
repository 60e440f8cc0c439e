/** Which revision is the main branch, as far as a clone knows. */
import type { LocalRepository } from '../../provider/repository/index.js';
import { baseOf, commitOf } from '../history/base.js';

/** A commit and the name that it was found by. */
export interface Tip {
  readonly commit: string;
  readonly name: string;
}

/** The revision that somebody names, or else the main branch. @throws UsageError where there is none */
export async function mainBranch(repository: LocalRepository, given: string | undefined): Promise<Tip> {
  const { revision } = await baseOf(repository, given, false);
  const commit = await commitOf(repository, revision, '--rev');
  return { commit, name: revision.replace(/^refs\/(?:heads|remotes)\//, '') };
}
