/** A new flag has a key that no other flag has, ever had, or could be taken for. */
import type { Finding } from '../finding.js';
import type { KeyRecord } from './key-history.js';
import { KeyIndex } from './look-alike.js';
import type { KeyChange } from './sides.js';

/** Look-alikes that a finding names; the others are more of the same. */
const MAX_NAMED = 5;

const NEW_KEY = 'give the flag a new key, and move its file accordingly';

/** What is wrong with the keys that a change adds. */
export function newKeyFindings(change: KeyChange): readonly Finding[] {
  const { added, after, history, ledger } = change;
  if (added.length === 0) return [];
  const retired = new Set([...ledger.before, ...history.ledger].map(({ key }) => key));
  const taken = new KeyIndex(new Set([...history.records.keys(), ...retired, ...after.keys()]));
  const findings = added.map((key): Finding | undefined => {
    const about = { file: change.fileOf(key), key };
    if (retired.has(key)) return { ...retiredKey(key), ...about };
    const record = history.where(key);
    if (record !== undefined) return { ...reusedKey(record), ...about };
    const twins = taken.twins(key);
    if (twins.length > 0) return { ...twinKey(key, twins), ...about };
    const others = taken.lookAlikes(key);
    return others.length === 0 ? undefined : { ...lookAlike(key, others.map(describe(change))), ...about };
  });
  return findings.filter((finding) => finding !== undefined);
}

function retiredKey(key: string): Finding {
  return {
    code: 'retired-key-used',
    severity: 'error',
    message: `the key \`${key}\` is in the ledger of retired keys and can never be used again`,
    fix: NEW_KEY,
  };
}

function reusedKey({ key, path, commit, date, isLive }: KeyRecord): Finding {
  const when = date === undefined ? '' : ` of ${date.slice(0, 10)}`;
  const until = isLive ? 'lives' : `lived until commit ${commit.slice(0, 12)}${when}`;
  return {
    code: 'key-reused',
    severity: 'error',
    message: `the key \`${key}\` ${until} in ${path}, and a key is never used again`,
    fix: `${NEW_KEY}; a revert of a retirement needs a new key, too`,
  };
}

function twinKey(key: string, twins: readonly string[]): Finding {
  return {
    code: 'key-twin',
    severity: 'error',
    message: `the key \`${key}\` differs from ${named(twins.map((twin) => `\`${twin}\``))} by case alone`,
    fix: NEW_KEY,
  };
}

function lookAlike(key: string, others: readonly string[]): Finding {
  return {
    code: 'key-look-alike',
    severity: 'warning',
    message: `the key \`${key}\` looks like ${named(others)}: whoever reads or writes one may mean the other`,
    fix: 'choose a key that nobody mistakes, unless the two belong together',
  };
}

function describe({ after, history }: KeyChange): (key: string) => string {
  return (key) => {
    if (after.has(key)) return `the flag \`${key}\``;
    return history.where(key) === undefined ? `the retired key \`${key}\`` : `\`${key}\`, which was a flag`;
  };
}

function named(keys: readonly string[]): string {
  const shown = keys.slice(0, MAX_NAMED).join(', ');
  return keys.length > MAX_NAMED ? `${shown} and ${keys.length - MAX_NAMED} more` : shown;
}
