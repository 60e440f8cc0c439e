/** The path patterns of CODEOWNERS: gitignore's, less what GitHub leaves out, matched without regular expressions. */

/** One path segment by character: `*` and `?` are wildcards in a pattern, everything else stands for itself. */
type Segment = readonly string[];

/** A pattern by path segment, made by {@link compilePathPattern}. */
export type PathPattern = readonly Segment[];

/** Why GitHub does not take a pattern, or why it can match no file, and the way out. */
export interface PatternFault {
  readonly message: string;
  readonly fix: string;
}

/** Linux's PATH_MAX: no checkout holds a longer path. */
const MAX_PATTERN_LENGTH = 4_096;

/** Stands for any number of segments, none included; known by its identity. */
const ANY_SEGMENTS: Segment = ['**'];
const ONE_SEGMENT: Segment = ['*'];

const FAULTS: readonly (PatternFault & { readonly fault: RegExp })[] = [
  { fault: /^!/, message: 'CODEOWNERS cannot negate a pattern with "!"', fix: 'add a later line for the exception' },
  { fault: /[[\]]/, message: 'CODEOWNERS has no "[ ]"', fix: 'write one line for each alternative' },
  { fault: /\\(?! )/, message: 'CODEOWNERS escapes nothing but a space', fix: 'write "?" for the character' },
  { fault: /(?! )[\p{Cc}\p{Cf}\p{Z}]/u, message: 'the pattern holds an invisible character', fix: 'delete it' },
  { fault: /\*\*\*/, message: 'three asterisks are no pattern', fix: 'write "**" for any depth, "*" within a name' },
  { fault: /^\/$|\/\//, message: 'a pattern with an empty name matches no file', fix: 'remove a slash' },
  { fault: /(^|\/)\.\.?(\/|$)/, message: '"." and ".." match no file', fix: 'write the path from the root, with "/"' },
];

/** What is wrong with a pattern; undefined for a valid one. Backslashes other than before a space are refused. */
export function patternFault(pattern: string): PatternFault | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return { message: `a pattern of over ${MAX_PATTERN_LENGTH} characters matches no file`, fix: 'shorten it' };
  }
  return FAULTS.find(({ fault }) => fault.test(pattern));
}

/** Spells out what a valid pattern leaves unsaid: where it may begin, and that a directory stands for its content. */
export function compilePathPattern(pattern: string): PathPattern {
  const names = pattern.replaceAll('\\ ', ' ').split('/');
  const isDirectory = names.length > 1 && names.at(-1) === '';
  if (isDirectory) names.pop();
  const segments = names.map((name) => (name === '**' ? ANY_SEGMENTS : Array.from(name)));
  if (names[0] === '') segments.shift();
  else if (names.length === 1) segments.unshift(ANY_SEGMENTS);
  const last = names.at(-1);
  if (last === '**') segments.push(ONE_SEGMENT);
  if (isDirectory) segments.push(ONE_SEGMENT);
  // GitHub's own rule: `docs/*` owns the files of docs but not, as in gitignore, those of its directories.
  if (isDirectory || last !== '*') segments.push(ANY_SEGMENTS);
  return segments;
}

/** A matcher of patterns against one path: from the repository's root, with slashes; letter case matters. */
export function pathMatcher(path: string): (pattern: PathPattern) => boolean {
  const segments = path.split('/').map((segment) => Array.from(segment));
  return (pattern) => matches(pattern, segments, isAnySegments, matchesSegment);
}

function isAnySegments(segment: Segment): boolean {
  return segment === ANY_SEGMENTS;
}

function matchesSegment(pattern: Segment, segment: Segment): boolean {
  return matches(pattern, segment, isAsterisk, matchesCharacter);
}

function isAsterisk(symbol: string): boolean {
  return symbol === '*';
}

function matchesCharacter(symbol: string, character: string): boolean {
  return symbol === '?' || symbol === character;
}

/**
 * Matches items with symbols, some of which stand for any number of items. Only the last of those ever has to take
 * one item more, for an earlier one that did would only leave less to the rest. So no input costs more than the
 * product of both lengths, where a backtracking expression can take exponential time.
 */
function matches<Part extends {}>(
  symbols: readonly Part[],
  items: readonly Part[],
  isMany: (symbol: Part) => boolean,
  accepts: (symbol: Part, item: Part) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  let retry: { readonly at: number; next: number } | undefined;
  for (let item = items[next]; item !== undefined; item = items[next]) {
    const symbol = symbols[at];
    if (symbol !== undefined && isMany(symbol)) {
      retry = { at: ++at, next };
    } else if (symbol !== undefined && accepts(symbol, item)) {
      at++;
      next++;
    } else if (retry !== undefined) {
      at = retry.at;
      next = ++retry.next;
    } else {
      return false;
    }
  }
  return symbols.slice(at).every(isMany);
}
