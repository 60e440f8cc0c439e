/** Findings for a terminal or a log. */
import type { Finding } from '../control/finding.js';
import { emphasised, type Emphasis, type Text } from '../report.js';
import { wrapped } from './wrap.js';

const EMPHASIS: Readonly<Record<Finding['severity'], Emphasis>> = { error: 'bad', warning: 'warning', notice: 'faint' };

/** Each with its severity and code, what it is about, and the way out; a blank line behind each. */
export function findingLines(findings: readonly Finding[]): readonly Text[] {
  return findings.flatMap(({ code, severity, message, fix, file, key, environment }) => {
    const about = [key ?? file, environment].filter((word) => word !== undefined).join(' in ');
    return [
      [emphasised(EMPHASIS[severity], `${severity} ${code}`), about === '' ? '' : `  ${about}`],
      ...wrapped(message),
      ...(fix === undefined ? [] : fixLines(fix)),
      '',
    ];
  });
}

/** The first line is a sentence; what follows is text for a file, which is never wrapped. */
function fixLines(fix: string): readonly Text[] {
  const [sentence = '', ...block] = fix.split('\n');
  const [first = '', ...more] = wrapped(sentence, 'fix: ', '     ');
  return [[emphasised('faint', 'fix: '), first.slice('fix: '.length)], ...more, ...block.map((line) => `  ${line}`)];
}
