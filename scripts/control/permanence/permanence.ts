/** The rules of permanent keys, all of them: what a change may not do to keys that are, or ever were. */
import type { Finding } from '../finding.js';
import { newKeyFindings } from './keys.js';
import { ledgerFindings } from './ledger.js';
import { meaningFindings } from './meaning.js';
import { keyChangeOf, type JudgedChange } from './sides.js';

/** What a change does to keys that are permanent; pure. Where the result does not load, that is refused. */
export function permanenceFindings(change: JudgedChange): readonly Finding[] {
  const keys = keyChangeOf(change);
  if (keys === undefined) return unloadable(change);
  return [
    ...ledgerFindings(keys),
    ...newKeyFindings(keys),
    ...meaningFindings(keys),
    ...(isComparable(change) ? [] : [unknownMeaning]),
  ];
}

/** A base without a policy serves nothing; of files that are all new there, there is no earlier meaning. */
function isComparable({ base, files }: JudgedChange): boolean {
  if (base.loaded !== undefined) return true;
  const isWithoutPolicy = base.problems.some(({ code }) => code === 'policy-missing');
  return isWithoutPolicy && files.every(({ path, status }) => status === 'added' || !path.endsWith('.yaml'));
}

const unknownMeaning: Finding = {
  code: 'key-meaning-unknown',
  severity: 'warning',
  message: 'the base does not load, so nobody can tell whether a type, a default or a kind of value changes',
  fix: 'compare the changed flags by eye with their last good revision',
};

/** The loader knows some of these rules; what it found is said in their words. */
function unloadable({ result }: JudgedChange): readonly Finding[] {
  const unknown: Finding = {
    code: 'keys-unreadable',
    severity: 'error',
    message: 'the result does not load, so nobody can tell what it does to keys',
    fix: 'correct the problems of the result first',
  };
  const retired = result.problems.filter(({ code }) => code === 'key-retired');
  return [
    unknown,
    ...retired.map(({ file, message, fix }): Finding => ({
      code: 'retired-key-used',
      severity: 'error',
      message,
      fix,
      file,
    })),
  ];
}
