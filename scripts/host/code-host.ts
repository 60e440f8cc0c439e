/** What flagctl asks of the place where pull requests live. */
import type { PullRequest } from '../approval/pull-request.js';
import type { Artifact, ArtifactRequest } from './artifact.js';
import type { Protection } from './protection.js';

/** A pull request to be opened. */
export interface OpenRequest {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

/** One repository of a code host. Every method throws a HostError where the host does not answer or refuses. */
export interface CodeHost {
  /** Everything the two-person rule looks at. Owners: the handles whose members must be known. */
  readPullRequest(number: number, owners: readonly string[]): Promise<PullRequest>;
  /** The pull requests that a commit of main, or of a merge queue, came from; in ascending order. */
  pullRequestsOf(commit: string): Promise<readonly number[]>;
  /** When the pull request that brought a commit to main was merged, by the host's clock; undefined where none did. */
  mergeTimeOf(commit: string): Promise<Date | undefined>;
  /** Opens one, or finds the one that is open already for the same head and base. */
  openPullRequest(request: OpenRequest): Promise<{ readonly number: number; readonly url: string }>;
  /** Makes or edits the one comment that begins with the marker (an HTML comment with an id); only our own account's count. */
  upsertComment(number: number, marker: string, body: string): Promise<void>;
  /** Downloads the newest archive of a name that a run of a branch's own commits left behind, and nobody else's. */
  fetchArtifact(request: ArtifactRequest): Promise<Artifact>;
  /** Settings of a branch, for a later command. */
  readProtection(branch: string): Promise<Protection>;
}
