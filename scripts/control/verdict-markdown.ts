/** A verdict as Markdown, for a comment at a pull request. Nothing that somebody wrote is active in it. */
import type { Problem } from '../../provider/repository/index.js';
import { changeMarkdown } from '../change/markdown.js';
import { codeSpan } from '../change/words.js';
import { previewMarkdown } from '../impact/markdown.js';
import type { Preview } from '../impact/preview.js';
import type { Finding } from './finding.js';
import { codeBlock, inert } from './inert-markdown.js';
import { conclusionOf, inOrder, isNothing, needLines, type NeedLine, type Subject } from './verdict-words.js';
import type { Verdict } from './verdict.js';

/** In characters: GitHub refuses a comment of more than 65,536, of which the changes may take 40,000. */
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
  const list = cutList([...problems.map(problemBullet), ...inOrder(findings).map(findingBullet)]);
  const changes = approvals.needed === undefined || isNothing(verdict) ? '' : changeMarkdown(flags);
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

const SIGNS: Readonly<Record<Finding['severity'], string>> = { error: '❌', warning: '⚠️', notice: 'ℹ️' };

function findingBullet({ severity, code, message, fix = '', file, key, environment }: Finding): string {
  const about = [key ?? file, environment].filter((word) => word !== undefined).map((word) => codeSpan(word));
  return bullet(severity, code, [about.join(' in '), inert(message)], fix);
}

function problemBullet({ severity, code, file, line, message, found, expected, fix = '' }: Problem): string {
  const details = Object.entries({ found, expected }).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name} ${inert(text)}`],
  );
  return bullet(severity, code, [codeSpan(`${file}:${line}`), [inert(message), ...details].join('; ')], fix);
}

function bullet(severity: Finding['severity'], code: string, words: readonly string[], fix: string): string {
  const [sentence = '', ...block] = fix.split('\n');
  const text = words.filter((word) => word !== '').join(' · ');
  const head = `- ${SIGNS[severity]} **${code}** · ${text}`;
  const way = sentence === '' ? [] : [`  - fix: ${inert(sentence)}`];
  return [head, ...way, ...(block.length === 0 ? [] : [codeBlock(block, 'yaml', '    ')])].join('\n');
}

/** Whole bullets only: a half one could leave a block open. */
function cutList(bullets: readonly string[]): string {
  let length = 0;
  const end = bullets.findIndex((text) => (length += text.length + 1) > MAX_LIST_LENGTH);
  if (end === -1) return bullets.join('\n');
  return [...bullets.slice(0, end), `- and ${bullets.length - end} more; \`flagctl check\` prints them all`].join('\n');
}
