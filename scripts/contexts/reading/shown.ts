/** How messages name a value of a row without giving it away. */
import { SHOWN_CHARACTERS } from './limits.js';

/** A value's kind with its article. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A value's first characters in quotes, on one line and in ASCII, so that nothing in it acts on a terminal or in Markdown. */
export function beginning(text: string): string {
  const start = text.slice(0, SHOWN_CHARACTERS).replaceAll(/[^\x20-\x7e]|[`<>&[\]()*_|@#\\"]/g, '?');
  return `"${start}${text.length > SHOWN_CHARACTERS ? '…' : ''}"`;
}

/** A column's or an attribute's name, as {@link beginning} but long enough to find it. */
export function nameOf(name: string): string {
  const start = name.slice(0, 60).replaceAll(/[^\x20-\x7e]|[`<>&[\]()*|@#\\"]/g, '?');
  return `"${start}${name.length > 60 ? '…' : ''}"`;
}
