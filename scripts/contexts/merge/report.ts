/** What a merge did. */
import { counted, type Report } from '../../report.js';
import { percentOf } from '../describe/words.js';
import { refusedNotices } from '../refused-notices.js';
import type { Merged } from './merge.js';

/** The report; `--json` prints {@link Merged} and the file. */
export function mergeReport(merged: Merged, out: string): Report {
  const { files, rows, users, kept, repeated, refused, weightBefore, weightAfter } = merged;
  const from =
    `${counted(files.length, 'file')}, ${counted(rows, 'row')}: ${repeated.toLocaleString('en')} repeated a targeting ` +
    `key, ${refused.rows.toLocaleString('en')} refused`;
  const limited =
    kept === users
      ? []
      : [
          `${kept.toLocaleString('en')} of ${counted(users, 'user')} stay (${percentOf(kept / users)}); weights grew, ` +
            `from ${shown(weightBefore)} to ${shown(weightAfter)} users in all`,
        ];
  return {
    outcome: 'clean',
    sections: [{ kind: 'lines', lines: [`Wrote ${counted(kept, 'user')} to ${out}, from ${from}.`, ...limited] }],
    json: { out, ...merged },
    notices: refusedNotices(refused),
  };
}

function shown(weight: number): string {
  return Math.round(weight).toLocaleString('en');
}
