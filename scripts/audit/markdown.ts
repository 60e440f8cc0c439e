/** The audit trail as Markdown, for a report of an incident. */
import { codeSpan } from '../change/words.js';
import { effectLines, type EffectLine } from './flag-words.js';
import type { AuditEntry, AuditTrail } from './trail.js';
import { countWords, debtWords, factsOf, shortHash, titleOf, whenWords } from './wording.js';

/** A heading for each change, and a list of what is known of it; ends in a newline. */
export function auditMarkdown(trail: AuditTrail): string {
  const debt = debtWords(trail);
  const ends = [countWords(trail), ...trail.remarks, ...(debt === undefined ? [] : [debt])].map(inert);
  return `${[...trail.entries.map(entryBlock), ...ends].join('\n\n')}\n`;
}

function entryBlock(entry: AuditEntry): string {
  return [
    `### ${whenWords(entry)} · ${codeSpan(shortHash(entry.commit.id))} ${codeSpan(titleOf(entry))}`,
    '',
    ...factsOf(entry, codeSpan).map(([label, words]) => `- ${label}: ${words}`),
    ...effectLines(entry.effect).map(bullet),
  ].join('\n');
}

function bullet({ depth, key, text, isRaw = false }: EffectLine): string {
  const safe = isRaw ? codeSpan(text) : text;
  const words = key === undefined ? safe : `**${codeSpan(key)}** · ${safe}`;
  return `${'  '.repeat(depth)}- ${inert(words)}`;
}

/** Nothing outside of a code span is HTML, notifies anybody, or leaves its line; and a number of a request is no link. */
function inert(text: string): string {
  return text
    .split(/(`+[^`]*`+)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll(/@(?=\w)/g, '@\u2060')))
    .join('')
    .replaceAll('\n', ' ');
}
