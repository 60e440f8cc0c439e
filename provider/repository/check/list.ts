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
  const findings: Finding[] = [];
  visitLists(value, [], (length, path) => {
    if (length > MAX_LIST_LENGTH) findings.push(tooLong(length, [...path]));
    else if (warns && length >= LARGE_LIST) findings.push(large(length, [...path]));
  });
  return findings;
}

/** Calls `visit` with each list's length, and with its place: one array that changes as soon as the call has returned. */
function visitLists(value: JsonValue, path: (string | number)[], visit: (length: number, path: Pointer) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) visit(value.length, path);
  for (const [key, member] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    if (typeof member !== 'object') continue;
    path.push(key);
    visitLists(member, path, visit);
    path.pop();
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
