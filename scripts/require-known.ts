/** Names on the command line that must exist in the repository. */
import { nearest } from '../provider/repository/index.js';
import { UsageError } from './command.js';

/** More names than fit on a line or two help nobody. */
const MAX_LISTED = 20;

/** @throws UsageError for the first name that is unknown, with the one that was probably meant */
export function requireKnown(what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`there is no ${what} ${JSON.stringify(unknown)}${hint(unknown, known)}`);
}

function hint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return `; did you mean ${JSON.stringify(meant)}?`;
  return known.length > 0 && known.length <= MAX_LISTED ? `; there are ${known.join(', ')}` : '';
}
