/** Archives that workflow runs leave behind. */

/** Which archive is wanted, and where it goes. */
export interface ArtifactRequest {
  readonly name: string;
  /** The branch whose own runs count: `main`. */
  readonly branch: string;
  /** Whether a commit is on that branch. */
  readonly isOfBranch: (commit: string) => Promise<boolean>;
  readonly maxBytes: number;
  /** The path of the zip that is written. */
  readonly to: string;
}

/** An archive that was downloaded. */
export interface Artifact {
  readonly name: string;
  readonly bytes: number;
  /** RFC 3339, by the host's clock. */
  readonly createdAt: string;
  /** The number of the run that left it. */
  readonly run: number;
  /** The commit that the run was of. */
  readonly commit: string;
}
