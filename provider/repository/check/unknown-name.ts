/** What to say of a name that nothing has. */
import { backticked } from '../excerpt.js';
import { nearest } from '../suggest.js';

/** More names than this are counted and not listed. */
const MAX_LISTED = 12;

/** The words of a problem. */
interface Wording {
  readonly message: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** Says that there is no such thing, which there are, and which of them is probably meant. `what`: its kind, as a noun. */
export function unknownName(what: string, name: string, known: Iterable<string>): Wording {
  const names = [...known];
  const suggestion = nearest(name, names);
  const question = suggestion === undefined ? '' : `; did you mean ${backticked(suggestion)}?`;
  return {
    message: `there is no ${what} ${backticked(name)}${question}`,
    found: backticked(name),
    expected: names.length === 0 ? `a ${what} that exists; there is none yet` : oneOf(names),
    fix: suggestion === undefined ? `correct the name, or add the ${what}` : `write ${backticked(suggestion)}`,
  };
}

/** The names that may be chosen from. */
export function oneOf(names: readonly string[]): string {
  if (names.length > MAX_LISTED) return `one of the ${names.length} that exist`;
  return names.length === 1 ? backticked(names[0] as string) : `one of ${names.map(backticked).join(', ')}`;
}
