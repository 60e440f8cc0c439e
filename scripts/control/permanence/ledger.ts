/** The ledger of retired keys only grows, and by keys that were. */
import type { Finding } from '../finding.js';
import { isSameEntry, type KeyChange, type LedgerChange } from './sides.js';

/** What is wrong with the change of the ledger, and with deletions that it does not tell. */
export function ledgerFindings(change: KeyChange): readonly Finding[] {
  return [...appendOnly(change.ledger), ...unknownKeys(change), ...unretired(change)];
}

function* appendOnly(ledger: LedgerChange): Generator<Finding> {
  if (ledger.isAppendOnly) return;
  yield {
    code: 'ledger-not-append-only',
    severity: 'error',
    message: `the ledger of retired keys only grows at its end, and this change ${deviationOf(ledger)}`,
    fix: 'restore the entries of the base as they were, and write new ones behind them',
    file: ledger.file,
  };
}

/** The first that is not as it was. */
function deviationOf({ before, after, isDeleted }: LedgerChange): string {
  if (isDeleted) return 'deletes it';
  const index = before.findIndex((entry, position) => !isSameEntry(entry, after[position]));
  const entry = before[index];
  if (entry === undefined) return 'rewrites it';
  const place = after.findIndex((other) => other.key === entry.key);
  if (place === -1) return `removes the entry of \`${entry.key}\``;
  const moved = after[place];
  return moved !== undefined && isSameEntry(entry, moved)
    ? `moves the entry of \`${entry.key}\`, or puts another before it`
    : `edits the entry of \`${entry.key}\``;
}

/** An entry for a key that never was would take it from whoever needs it. */
function* unknownKeys({ ledger, history, after }: KeyChange): Generator<Finding> {
  for (const key of ledger.isAppendOnly ? ledger.added : []) {
    if (after.has(key)) {
      yield {
        code: 'ledger-key-live',
        severity: 'error',
        message: `the ledger retires \`${key}\`, and the flag is still there`,
        fix: 'delete the flag in the same change, or leave the entry out',
        file: ledger.file,
        key,
      };
    } else if (history.where(key) === undefined) {
      yield {
        code: 'ledger-key-unknown',
        severity: 'error',
        message: `the ledger retires \`${key}\`, and no flag on the main branch ever had this key`,
        fix: 'spell the key as the flag did, or leave the entry out',
        file: ledger.file,
        key,
      };
    }
  }
}

function* unretired({ deleted, ledger, history }: KeyChange): Generator<Finding> {
  const retired = new Set(ledger.after.map(({ key }) => key));
  for (const key of deleted) {
    if (retired.has(key)) continue;
    yield {
      code: 'key-not-retired',
      severity: 'error',
      message: `the flag \`${key}\` is deleted, and the ledger does not say so; a renamed flag is a new one, too`,
      fix: `append \`- { key: ${key}, retiredAt: <today>, reason: <why> }\` to ${ledger.file} in the same change`,
      file: history.where(key)?.path,
      key,
    };
  }
}
