/** A verdict as Markdown, for a comment at a pull request. Nothing that somebody wrote is active in it. */
import { changeMarkdown, MAX_CHANGES_LENGTH } from '../change/markdown.js';
import { previewMarkdown } from '../impact/rendering/markdown.js';
import type { Preview } from '../impact/preview.js';
import { bulletList, findingBullet, problemBullet } from './finding-markdown.js';
import { inert } from './inert-markdown.js';
import { conclusionOf, inOrder, isNothing, needLines, type NeedLine, type Subject } from './verdict-words.js';
import type { Verdict } from './verdict.js';

/** In characters: GitHub refuses a comment of more than 65,536, of which the changes and the preview may take 40,000. */
const MAX_LIST_LENGTH = 14_000;

/** In characters, of one line of the summary: with the most lines that there may be, and all of them escaped, they take 10,000. */
const MAX_LINE_LENGTH = 250;

/** The verdict with its summary, whom the change moves, what is wrong, and the changes. Ends in a newline. */
export function verdictMarkdown(verdict: Verdict, subject: Subject, preview?: Preview): string {
  const { flags, problems, findings, approvals } = verdict;
  // The preview itself says more than its short form.
  const needs = needLines(verdict, subject).filter(({ name }) => preview === undefined || name !== 'users');
  const summary = needs.map(needBullet).join('\n');
  // Its findings are among those of the verdict.
  const moved = preview === undefined ? '' : previewMarkdown({ ...preview, findings: [] }).trimEnd();
  const bullets = [...problems.map(problemBullet), ...inOrder(findings).map(findingBullet)];
  const list = bulletList(bullets, { maxLength: MAX_LIST_LENGTH, command: 'flagctl check' });
  // The preview has its place from that of the changes.
  const room = MAX_CHANGES_LENGTH - moved.length;
  const changes = approvals.needed === undefined || isNothing(verdict) ? '' : changeMarkdown(flags, room);
  const parts = [title(verdict, subject), summary, moved, list, changes].filter((part) => part !== '');
  return `${parts.join('\n\n').trimEnd()}\n`;
}

const TITLE_SIGNS: Readonly<Record<ReturnType<typeof conclusionOf>['kind'], string>> = {
  refused: '❌',
  open: '☑️',
  passes: '✅',
};

function title(verdict: Verdict, subject: Subject): string {
  const { kind, text } = conclusionOf(verdict, subject);
  return `### ${TITLE_SIGNS[kind]} ${text}`;
}

const NAMES: Readonly<Record<NeedLine['name'], string>> = {
  tier: 'Tier',
  users: 'Users',
  direction: 'Direction',
  reason: 'Reason',
  approvals: 'Approvals',
};

function needBullet({ name, lines }: NeedLine): string {
  const [first = '', ...more] = lines.map((line) => inert(line, MAX_LINE_LENGTH));
  return [`- **${NAMES[name]}:** ${first}`, ...more.map((line) => `  - ${line}`)].join('\n');
}
