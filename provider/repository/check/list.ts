/** How long the lists of a document are. */
import type { JsonValue } from '../../engine/index.js';
import type { Pointer } from '../problem.js';
import type { Finding } from './condition.js';

/** From this many entries on, what the list stands for is better sent by the application as one attribute. */
const LARGE_LIST = 1_000;
/** The limit that the schemas set wherever they know the list: as much as is still read and compiled in no time. */
const MAX_LIST_LENGTH = 50_000;

/** Checks every list of a document, also those that the schema does not know: in variants and in contexts. */
export function checkLists(value: JsonValue, { warns }: { readonly warns: boolean }): readonly Finding[] {
  return [...lists(value, [])].flatMap(({ length, pointer }) => {
    if (length > MAX_LIST_LENGTH) return [tooLong(length, pointer)];
    return warns && length >= LARGE_LIST ? [large(length, pointer)] : [];
  });
}

interface FoundList {
  readonly length: number;
  readonly pointer: Pointer;
}

function* lists(value: JsonValue, pointer: Pointer): Generator<FoundList> {
  if (typeof value !== 'object' || value === null) return;
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  if (Array.isArray(value)) yield { length: value.length, pointer };
  for (const [key, inner] of entries) {
    if (typeof inner === 'object' && inner !== null) yield* lists(inner, [...pointer, key]);
  }
}

const tooLong = (length: number, pointer: Pointer): Finding => ({
  code: 'list-too-long',
  pointer,
  message: `a list has at most ${shown(MAX_LIST_LENGTH)} entries`,
  found: `${shown(length)} entries`,
  expected: `at most ${shown(MAX_LIST_LENGTH)}`,
  fix: 'shorten it',
});

const large = (length: number, pointer: Pointer): Finding => ({
  code: 'list-large',
  severity: 'warning',
  pointer,
  message: 'a list of this length is hard to review',
  found: `${shown(length)} entries`,
  expected: `fewer than ${shown(LARGE_LIST)}`,
  fix: 'let the application send an attribute that says it, and compare with that',
});

function shown(count: number): string {
  return count.toLocaleString('en');
}
