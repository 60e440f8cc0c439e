/** Whether the pushes that a host tells of account for everything that a branch holds. */

/** A push to the branch; null where it made or deleted the branch. */
export interface Push {
  /** Null: an account that the host does not name. */
  readonly login: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

/** A commit with those that it stands on. */
export interface Linked {
  readonly id: string;
  readonly parents: readonly string[];
}

const NO_COMMIT = /^0+$/;

/** A commit's id, or null for the zeros that hosts write where there is none. */
export function commitOrNone(id: string | null | undefined): string | null {
  return id === null || id === undefined || NO_COMMIT.test(id) ? null : id;
}

function startsOutside(before: string, commits: readonly Linked[]): boolean {
  if (commits.some(({ id }) => id === before)) return false;
  return commits.some(({ parents }) => parents.includes(before));
}

/**
 * Why somebody may have pushed of whom nothing is told; undefined where the pushes, oldest first, are an unbroken chain
 * from before the first commit of the pull request to its head.
 */
export function missingPush(pushes: readonly Push[], head: string, commits: readonly Linked[]): string | undefined {
  const [first] = pushes;
  if (first === undefined) return 'the host tells of no push to the branch';
  if (pushes.some(({ login }) => login === null)) return 'the host does not say whose one of the pushes was';
  if (first.before !== null && !startsOutside(first.before, commits)) {
    return 'the pushes that the host tells of do not reach back to where the branch began';
  }
  const gap = pushes.find(({ before }, index) => index > 0 && before !== pushes[index - 1]?.after);
  if (gap !== undefined) return `the host tells of no push between two others, before ${gap.after ?? 'a deletion'}`;
  return pushes.some(({ after }) => after === head) ? undefined : `the host tells of no push of the head ${head}`;
}
