/** Findings and problems as a list in Markdown. Nothing that somebody wrote is active in it. */
import type { Problem } from '../../provider/repository/index.js';
import { codeSpan } from '../change/words.js';
import type { Finding } from './finding.js';
import { codeBlock, inert } from './inert-markdown.js';

const SIGNS: Readonly<Record<Finding['severity'], string>> = { error: '❌', warning: '⚠️', notice: 'ℹ️' };

/** A finding with its severity, what it is about, and the way out. */
export function findingBullet({ severity, code, message, fix = '', file, key, environment }: Finding): string {
  const about = [key ?? file, environment].filter((word) => word !== undefined).map((word) => codeSpan(word));
  return bullet(severity, code, [about.join(' in '), inert(message)], fix);
}

/** A problem with its severity, its place, and the way out. */
export function problemBullet({ severity, code, file, line, message, found, expected, fix = '' }: Problem): string {
  const details = Object.entries({ found, expected }).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name} ${inert(text)}`],
  );
  return bullet(severity, code, [codeSpan(`${file}:${line}`), [inert(message), ...details].join('; ')], fix);
}

/** As many bullets as fit, and how many do not. Whole ones only: a half one could leave a block open. */
export function bulletList(
  bullets: readonly string[],
  { maxLength, command }: { readonly maxLength: number; readonly command: string },
): string {
  let length = 0;
  const end = bullets.findIndex((text) => (length += text.length + 1) > maxLength);
  if (end === -1) return bullets.join('\n');
  return [...bullets.slice(0, end), `- and ${bullets.length - end} more; \`${command}\` prints them all`].join('\n');
}

function bullet(severity: Finding['severity'], code: string, words: readonly string[], fix: string): string {
  const [sentence = '', ...block] = fix.split('\n');
  const text = words.filter((word) => word !== '').join(' · ');
  const head = `- ${SIGNS[severity]} **${code}** · ${text}`;
  const way = sentence === '' ? [] : [`  - fix: ${inert(sentence)}`];
  return [head, ...way, ...(block.length === 0 ? [] : [codeBlock(block, 'yaml', '    ')])].join('\n');
}
