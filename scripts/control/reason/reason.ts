/** Why a change is made, as its author says it in the pull request or in a commit. */
import { sectionsOf } from './section.js';

/** The longest description that a host keeps: 1,048,576 characters on GitLab, fewer on GitHub. */
const MAX_TEXT_LENGTH = 1_048_576;

/** Of the trail's records, as `reason` in the schemas. */
const MAX_REASON_LENGTH = 2_000;

/** Shorter ones than any that says something, such as `ops`, are left to the reviewer. */
const MIN_LETTERS = 3;

/** What people write where they must write something. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(['none', 'tbd', 'todo', 'wip', 'null', 'nil', 'reason', 'noreason']);

/**
 * The reason that a change gives: the section `Reason` of the pull request's description, or else the trailer
 * `Reason:` of one of its commits; undefined where neither says anything.
 * @param body the description, Markdown; undefined where there is no pull request
 * @param messages of the commits, whole
 * @param template the repository's template of a description, whose text says nothing
 * @returns one line, without control characters, at most 2,000 characters
 */
export function reasonOf(body: string | undefined, messages: readonly string[], template = ''): string | undefined {
  const asked = new Set(sectionsOf(limited(template), 'reason').flat().map(plain));
  for (const section of sectionsOf(limited(body ?? ''), 'reason')) {
    const reason = meaningful(
      section
        .map(plain)
        .filter((line) => !asked.has(line))
        .join(' '),
    );
    if (reason !== undefined) return reason;
  }
  for (const message of messages) {
    for (const trailer of trailersOf(limited(message))) {
      const reason = meaningful(plain(trailer));
      if (reason !== undefined) return reason;
    }
  }
  return undefined;
}

/**
 * The values of `Reason:` below a message's subject. Git knows trailers in the last paragraph only, but a squash puts
 * whole messages above one another.
 */
function trailersOf(message: string): readonly string[] {
  const values: string[] = [];
  let isOpen = false;
  let isBelowSubject = false;
  for (const line of message.split(/\r\n|\r|\n/)) {
    if (line.trim() === '') isBelowSubject = true;
    const name = /^reason[ \t]{0,9}:/i.exec(line)?.[0];
    if (isBelowSubject && name !== undefined) {
      values.push(line.slice(name.length));
      isOpen = true;
    } else if (isOpen && /^[ \t]+[^ \t]/.test(line)) {
      values.push(`${values.pop() ?? ''} ${line}`);
    } else isOpen = false;
  }
  return values;
}

/** What a reader sees of a line: no tags, no invisible or control characters, one space between words. */
function plain(line: string): string {
  return line
    .replaceAll(/<(?!https?:)[a-z/][^<>]*>/gi, ' ')
    .replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu, '')
    .split(/[\p{Cc}\p{Z}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

function meaningful(text: string): string | undefined {
  const reason = text.trim();
  const letters = reason.replaceAll(/[^\p{L}]/gu, '');
  if (letters.length < MIN_LETTERS || EMPTY_WORDS.has(letters.toLowerCase())) return undefined;
  return reason.length <= MAX_REASON_LENGTH
    ? reason
    : `${reason.slice(0, MAX_REASON_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function limited(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH);
}
