/** Findings for a terminal or a log. */
import type { Finding } from '../control/finding.js';
import { emphasised, type Emphasis, type Text } from '../report.js';

const EMPHASIS: Readonly<Record<Finding['severity'], Emphasis>> = { error: 'bad', warning: 'warning', notice: 'faint' };

/** Each with its severity and code, what it is about, and the way out; a blank line behind each. */
export function findingLines(findings: readonly Finding[]): readonly Text[] {
  return findings.flatMap(({ code, severity, message, fix, file, key, environment }) => {
    const about = [key ?? file, environment].filter((word) => word !== undefined).join(' in ');
    return [
      [emphasised(EMPHASIS[severity], `${severity} ${code}`), about === '' ? '' : `  ${about}`],
      message,
      ...(fix === undefined ? [] : [[emphasised('faint', 'fix: '), fix]]),
      '',
    ];
  });
}
