/** The approvals of a change in a few lines. */
import type { ApprovalState } from './approval.js';

/** Line-ups of owners in a row; a change of a segment can reach the flags of every team. */
const MAX_LINES = 8;

/** Files in a row, which a reader can take in. */
const MAX_FILES = 3;

/** What is needed, or where a pull request was judged, who counts and what is still missing; none where nobody knows. */
export function approvalLines({ needed, judged }: ApprovalState): readonly string[] {
  if (needed === undefined) return [];
  const lines = judged === undefined ? neededLines(needed) : judgedLines(needed, judged);
  const rest = lines.length - MAX_LINES;
  return rest > 0 ? [...lines.slice(0, MAX_LINES), `and ${rest} more such lines; --json has them all`] : lines;
}

type Needed = NonNullable<ApprovalState['needed']>;
type Judged = NonNullable<ApprovalState['judged']>;

/** The lines say `needs` of a change; here the heading says it. */
function neededLines({ lines }: Needed): readonly string[] {
  return lines.map((line) => line.replace(/^needs no approval/, 'none needed').replace(/^needs /, ''));
}

function judgedLines({ approvals }: Needed, { approvers, missing, debts }: Judged): readonly string[] {
  // A bot's hand in the change asks for one more than the policy does.
  const asked = missing.approvals > 0 ? approvers.length + missing.approvals : approvals;
  const names = approvers.length === 0 ? '' : ` (${approvers.join(', ')})`;
  const given = asked === 0 ? `none needed${names}` : `${approvers.length} given${names} of ${asked} needed`;
  return [
    given,
    ...missing.owners.map(({ owners, files }) => `missing: one of ${anyOf(owners)} for ${filesText(files)}`),
    ...debts.map(({ owners, files }) => `owed after the merge: one of ${anyOf(owners)} for ${filesText(files)}`),
  ];
}

function anyOf(owners: readonly string[]): string {
  return owners.length === 0 ? 'nobody, for it has no owner,' : owners.join(' or ');
}

function filesText(files: readonly string[]): string {
  const more = files.length > MAX_FILES ? ` and ${files.length - MAX_FILES} more` : '';
  return `${files.slice(0, MAX_FILES).join(', ')}${more}`;
}
