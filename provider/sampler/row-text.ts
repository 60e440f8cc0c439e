/** A context as it is held: the text of its row, without the weight. */
import type { KeptObject, KeptValue } from './read-attributes.js';

/** What V8 keeps of a text: a byte for each UTF-16 unit, or two where one of them is beyond Latin-1. */
export function textBytes(text: string): number {
  return BEYOND_LATIN_1.test(text) ? 2 * text.length : text.length;
}

const BEYOND_LATIN_1 = /[^\u0000-\u00FF]/;

/** A row's text, and how many attributes had to go for it. */
export interface RowText {
  readonly text: string;
  readonly dropped: number;
}

/**
 * The row of a targeting key and its attributes, of at most some bytes: over them the largest attributes are dropped,
 * one after the other. The user stays: without him, those with much to say of them would be missing from every estimate.
 * @param maxBytes more than any targeting key alone comes to
 */
export function rowText(targetingKey: string | number, attributes: KeptObject, maxBytes: number): RowText {
  const row = { targetingKey, ...attributes };
  let text = JSON.stringify(row);
  let bytes = textBytes(text);
  if (bytes <= maxBytes) return { text, dropped: 0 };
  let dropped = 0;
  const bytesPerUnit = bytes / text.length;
  const leaves = leavesOf(row).sort((one, other) => other.length - one.length);
  for (const { holder, name, length } of leaves) {
    Reflect.deleteProperty(holder, name);
    dropped++;
    bytes -= bytesPerUnit * length;
    if (bytes > maxBytes) continue;
    text = JSON.stringify(row);
    bytes = textBytes(text);
    if (bytes <= maxBytes) break;
  }
  return { text, dropped };
}

/** The quotes of a name, its colon and its comma. */
const PUNCTUATION = 4;

interface Leaf {
  readonly holder: object;
  readonly name: string;
  /** In UTF-16 units: how much shorter the row is without it, at least. */
  readonly length: number;
}

function leavesOf(row: KeptObject): Leaf[] {
  return Object.entries(row).flatMap(([name, value]) => (name === 'targetingKey' ? [] : leaves(row, name, value)));
}

function leaves(holder: KeptObject, name: string, value: KeptValue): Leaf[] {
  if (typeof value === 'object' && !Array.isArray(value)) {
    const below = Object.entries(value as KeptObject).flatMap(([inner, one]) =>
      leaves(value as KeptObject, inner, one),
    );
    // Emptied, it says no more than that it was there: it goes last.
    return [...below, { holder, name, length: name.length + PUNCTUATION }];
  }
  return [{ holder, name, length: name.length + PUNCTUATION + JSON.stringify(value).length }];
}

/** The row of a text of {@link rowText}. */
export function rowOf(text: string): { readonly targetingKey: string | number } & KeptObject {
  return JSON.parse(text) as ReturnType<typeof rowOf>;
}
