/** The approvals of a change in a few lines. */
import type { ApprovalState } from './approval.js';

/** What is needed, or where a pull request was judged, who counts and what is still missing. */
export function approvalLines({ needed, judged }: ApprovalState): readonly string[] {
  if (needed === undefined) return ['nothing can be approved before it can be merged'];
  if (judged === undefined) return needed.lines;
  const { approvers, missing, debts } = judged;
  const given = approvers.length === 0 ? 'none counts' : `by ${approvers.join(', ')}`;
  const owners = missing.owners.map(({ owners, files }) => `${owners.join(' or ')} for ${filesText(files)}`);
  const rest = [
    ...(missing.approvals > 0 ? [`${missing.approvals} more needed`] : []),
    ...(owners.length > 0 ? [`needed of ${owners.join('; of ')}`] : []),
    ...debts.map(({ owners, files }) => `owed after the merge by ${owners.join(' or ')} for ${filesText(files)}`),
  ];
  return [`${needed.approvals} needed, ${given}`, ...rest];
}

/** A list that a reader can take in. */
const MAX_FILES = 3;

function filesText(files: readonly string[]): string {
  const more = files.length > MAX_FILES ? ` and ${files.length - MAX_FILES} more` : '';
  return `${files.slice(0, MAX_FILES).join(', ')}${more}`;
}
