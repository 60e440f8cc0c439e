/** How names, commits, files and lists are written in the messages of the two-person rule. */
import { spellInvisible } from '../../provider/repository/index.js';

/** A faulty name can be as long as a commit's message; a message should fit a terminal. */
const MAX_SHOWN_LENGTH = 120;

/** Enough to tell commits apart by eye; git itself starts at seven. */
const SHORT_HASH_LENGTH = 10;

/** A message names these and counts the rest. */
const MAX_LISTED = 3;

/** What a stranger wrote, cut, on one line, and without characters that nobody sees. */
export function shown(text: string, maxLength = MAX_SHOWN_LENGTH): string {
  return spellInvisible(text.slice(0, maxLength)) + (text.length > maxLength ? '…' : '');
}

/** A commit's hash, cut: `abc1234def…`. */
export function shortHash(hash: string): string {
  return hash.length > SHORT_HASH_LENGTH ? `${shown(hash.slice(0, SHORT_HASH_LENGTH))}…` : shown(hash);
}

/** Names that others chose: `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`; `joint` takes the place of `and`. */
export function listed(names: readonly string[], joint = 'and'): string {
  return joined(
    names.map((name) => shown(name)),
    joint,
  );
}

/** The same of words of our own, which are written whole. */
export function joined(words: readonly string[], joint = 'and'): string {
  const parts = words.slice(0, MAX_LISTED);
  if (words.length > MAX_LISTED) parts.push(`${words.length - MAX_LISTED} more`);
  const last = parts.pop() ?? 'nobody';
  return parts.length === 0 ? last : `${parts.join(', ')} ${joint} ${last}`;
}

/** `1 approval`, `2 approvals`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
