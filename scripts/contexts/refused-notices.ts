/** Rows that were no contexts, for the reader of a report. */
import { counted, emphasised, type Text } from '../report.js';
import { refusedWords, type Refused } from './row-reader.js';

/** How many there were, and the first of them with what is wrong; none where there were none. */
export function refusedNotices({ rows, examples }: Refused): readonly Text[] {
  if (rows === 0) return [];
  const rest = rows - examples.length;
  return [
    emphasised('warning', `${counted(rows, 'row')} refused:`),
    ...examples.map((example) => `  ${refusedWords(example)}`),
    ...(rest > 0 ? [`  … and ${counted(rest, 'other')}`] : []),
  ];
}
