/** Why a flag is changed: the one line that ends up in the commit, and in the audit trail for good. */
import { reasonOf } from '../control/reason/reason.js';
import { UsageError } from '../errors.js';

/** A paragraph; more belongs in the pull request, where it can be formatted. */
const MAX_REASON_CHARACTERS = 500;

/** A line end would begin a trailer of its own choosing; the rest would hide or reorder what a reader sees. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The reason as a trailer can hold it. @throws UsageError where there is none, or it is not one line of text */
export function parseReason(text: string | undefined): string {
  const reason = (text ?? '').trim();
  if (reason === '') throw new UsageError('say why: --reason "checkout fails for one in ten"');
  const { length } = Array.from(reason);
  if (length > MAX_REASON_CHARACTERS) {
    throw new UsageError(`--reason has ${length} characters, more than ${MAX_REASON_CHARACTERS}; shorten it`);
  }
  const [bad] = UNPRINTABLE.exec(reason) ?? [];
  if (bad === undefined) return requireWords(reason);
  const name = `U+${(bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  throw new UsageError(`--reason must be one line of text, and this one holds the character ${name}; leave it out`);
}

/** What the tier's rule would not count is refused before anything is pushed, not in the middle of an incident. */
function requireWords(reason: string): string {
  if (reasonOf(undefined, [`subject\n\nReason: ${reason}`]) !== undefined) return reason;
  throw new UsageError(
    `--reason ${JSON.stringify(reason)} says nothing, and \`flagctl check\` would refuse it; say what happens, such as "checkout fails for one in ten"`,
  );
}
