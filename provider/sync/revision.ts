/** The option that lets one revision through that would be held back. */
import { SyncError } from '../repository/index.js';

/** Checks `allowRewindTo`, which a caller without types may give as anything. @throws SyncError (never) */
export function checkRevision(value: unknown, form: RegExp): string | undefined {
  if (value === undefined || (typeof value === 'string' && form.test(value))) return value;
  throw new SyncError('`allowRewindTo` must be one whole revision, as the refusal names it', 'never');
}
