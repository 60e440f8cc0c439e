/** What a change needs of approvals before anybody reviewed it, in words: for a laptop, and for a comment's head. */
import { ownerGroups, type OwnerGroup } from './coverage.js';
import type { ApprovalDemand } from './demand.js';
import { counted, listed, shortHash } from './wording.js';

/** How many approvals a change needs, and of whom. */
export interface NeededApprovals {
  readonly approvals: number;
  /** Line-ups of owners of whom one each must be among those who approve; an empty line-up can never approve. */
  readonly owners: readonly OwnerGroup[];
  /** The same as sentences, one a line, without a full stop. */
  readonly lines: readonly string[];
}

/** Tells what {@link judgeApprovals} will ask for. */
export function neededApprovals(demand: ApprovalDemand): NeededApprovals {
  const owners = ownerGroups(demand.files);
  return { approvals: demand.approvals, owners, lines: [headline(demand), ...owners.map(ownerLine(demand))] };
}

function headline({ approvals, head, isReducing, isReviewOwed }: ApprovalDemand): string {
  if (approvals > 0) {
    const who = approvals === 1 ? 'somebody' : 'people';
    const bound = `of commit ${shortHash(head)} by ${who} with write access who did not work on the change`;
    return `needs ${counted(approvals, 'approval')} ${bound}`;
  }
  if (!isReducing)
    return 'needs no approval where everybody who made the change belongs to the owners of all its files';
  if (isReviewOwed === true) return 'needs no approval to merge; a review is owed afterwards';
  return 'needs no approval to merge; a review is owed afterwards where the author does not own the files';
}

function ownerLine({ approvals, isReducing }: ApprovalDemand): (group: OwnerGroup) => string {
  return ({ owners, files, why }) => {
    const what = `${listed(files)} (${why})`;
    if (owners.length === 0) return `nobody can approve ${what}: it has no owner in CODEOWNERS`;
    const whom = listed(owners, 'or');
    if (approvals > 0) return `one of ${whom} must be among those who approve: ${what}`;
    return isReducing ? `owed by one of ${whom}: ${what}` : `otherwise an approval by one of ${whom}: ${what}`;
  };
}
