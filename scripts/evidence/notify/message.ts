/** A message about a change of the tier `high`, in the JSON that Slack and its like take. */
import type { Verdict } from '../../control/verdict.js';
import { inertChat } from '../inert-text.js';
import type { EvidenceRecord } from '../record.js';

/** What is posted. Text of blocks is shown as it is; `text` is what notifications and simpler chats show. */
export interface ChatMessage {
  readonly text: string;
  readonly blocks: readonly object[];
}

/** Slack's sections hold 3,000 characters; a team wants to know the first changes and that there are more. */
const MAX_LINE_LENGTH = 200;
const MAX_ITEMS = 10;

/** A pull request's page, as hosts write it: nothing in it can end a link or begin another one. */
const PAGE = /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?\/[A-Za-z0-9._~/-]{1,500}$/;

/** Words a change for its owners. */
export function messageOf(
  { commit, pullRequest, verdict }: EvidenceRecord,
  { flags }: Verdict,
  teams: readonly string[],
): ChatMessage {
  const title =
    pullRequest === null
      ? `commit ${commit.slice(0, 10)}, pushed directly`
      : `#${pullRequest.number} ${pullRequest.title}`;
  const head = `High-tier flag change merged (${teams.join(', ')}): ${title}`;
  const items = flags.flatMap(({ key, items }) =>
    items.map(({ environment, text }) => `${key}${environment === undefined ? '' : ` in ${environment}`}: ${text}`),
  );
  const shown = items.slice(0, MAX_ITEMS);
  const lines = [
    ...shown.map((item) => `• ${item}`),
    ...(items.length > shown.length ? [`and ${items.length - shown.length} more`] : []),
    `Reason: ${verdict?.reason ?? 'none given'}`,
    `Approved by: ${verdict?.approvers.join(', ') || 'nobody'}`,
    ...(verdict?.outcome === 'refused' ? ['It should not have been merged: see flagctl audit verify.'] : []),
  ];
  const text = [head, ...lines].map((line) => inertChat(line, MAX_LINE_LENGTH));
  const [first = '', ...rest] = text;
  return { text: text.join('\n'), blocks: [plain(first), plain(rest.join('\n')), ...linkTo(pullRequest?.url ?? '')] };
}

function plain(text: string): object {
  return { type: 'section', text: { type: 'plain_text', text, emoji: false } };
}

function linkTo(url: string): readonly object[] {
  if (!PAGE.test(url)) return [];
  const label = { type: 'plain_text', text: 'Open the pull request', emoji: false };
  return [{ type: 'actions', elements: [{ type: 'button', text: label, url }] }];
}
