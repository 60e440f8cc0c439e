/** CODEOWNERS as GitHub reads it: https://docs.github.com/articles/about-code-owners */
import {
  compilePathPattern,
  pathMatcher,
  patternFault,
  type PathPattern,
  type PatternFault,
} from './codeowners-pattern.js';
import type { Problem } from './problem.js';

/** A line that gives files to owners or, without owners, to nobody. */
export interface CodeownersRule {
  /** Counts from 1. */
  readonly line: number;
  /** As written, with its escapes. */
  readonly pattern: string;
  readonly owners: readonly string[];
  readonly compiled: PathPattern;
}

/** A line that GitHub skips, and its place; only the code frame is missing. */
export type CodeownersProblem = Omit<Problem, 'frame'>;

/** A parsed CODEOWNERS file: its valid lines in order, and what is wrong with the others. */
export interface Codeowners {
  readonly rules: readonly CodeownersRule[];
  readonly problems: readonly CodeownersProblem[];
}

/** Who owns a path, and the line that says so; no owners where that line names none. */
export interface Ownership {
  readonly owners: readonly string[];
  readonly line: number;
}

/** GitHub ignores a file that is not under 3 MB; the smaller reading of "MB" is the safe one. */
export const MAX_CODEOWNERS_BYTES = 3_000_000;

/** The longest e-mail address of RFC 5321: 64 octets, an @ and 255 octets. Handles are shorter. */
const MAX_OWNER_LENGTH = 320;

/** A faulty word can be as long as the file; a message should fit a terminal. */
const MAX_SHOWN_LENGTH = 80;

/** In the order in which GitHub looks; the first that exists is the only one read. */
const LOCATIONS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

const OWNER_FORMS = [
  /^@[A-Za-z0-9][A-Za-z0-9_-]*$/,
  /^@[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9_-]+$/,
  /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]+$/,
];

/** The one CODEOWNERS file that GitHub reads, out of a repository's paths; undefined where there is none. */
export function codeownersPath(paths: Iterable<string>): string | undefined {
  const present = new Set<string>();
  for (const path of paths) if (LOCATIONS.includes(path)) present.add(path);
  return LOCATIONS.find((location) => present.has(location));
}

/** Reads a CODEOWNERS file: lines that GitHub skips become problems, and a file that it ignores has no rules. */
export function parseCodeowners(file: string, text: string): Codeowners {
  const rules: CodeownersRule[] = [];
  const problems: CodeownersProblem[] = [];
  const report = (line: number, fault: PlacedFault) =>
    problems.push({ code: 'codeowners-invalid', severity: 'error', file, line, endLine: line, ...fault });
  if (Buffer.byteLength(text) >= MAX_CODEOWNERS_BYTES) {
    const message = 'GitHub ignores a CODEOWNERS file of 3 MB or more';
    report(1, { message, fix: 'join lines with wildcards', column: 1, endColumn: 1 });
    return { rules, problems };
  }
  for (const [index, source] of text.split('\n').entries()) {
    const line = index + 1;
    const [pattern, ...owners] = wordsOf(source);
    if (pattern === undefined) continue;
    const fault = faultAt(pattern, patternFault(pattern.text)) ?? firstOwnerFault(owners);
    if (fault !== undefined) report(line, fault);
    else rules.push(ruleOf(line, pattern, owners));
  }
  return { rules, problems };
}

/** The owners of a path (from the repository's root, with slashes), by the last rule that matches; else undefined. */
export function ownersOf(codeowners: Pick<Codeowners, 'rules'>, path: string): Ownership | undefined {
  const matchesPath = pathMatcher(path);
  const rule = codeowners.rules.findLast(({ compiled }) => matchesPath(compiled));
  return rule && { owners: rule.owners, line: rule.line };
}

/** Whether two handles or addresses name the same owner; GitHub ignores their letter case. */
export function isSameOwner(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

interface Word {
  readonly text: string;
  /** Counts from 1. */
  readonly column: number;
}

type PlacedFault = PatternFault & Pick<CodeownersProblem, 'found' | 'column' | 'endColumn'>;

/** The words of a line up to its comment. What a backslash escapes is part of a word; a `#` within a word is, too. */
function wordsOf(source: string): readonly Word[] {
  const words: Word[] = [];
  for (const match of source.matchAll(/(?:\\[^]?|[^\\ \t\r\f\v])+/g)) {
    if (match[0].startsWith('#')) break;
    words.push({ text: match[0], column: match.index + 1 });
  }
  return words;
}

function ruleOf(line: number, pattern: Word, owners: readonly Word[]): CodeownersRule {
  const compiled = compilePathPattern(pattern.text);
  return { line, pattern: pattern.text, owners: owners.map(({ text }) => text), compiled };
}

function isOwner(text: string): boolean {
  return text.length <= MAX_OWNER_LENGTH && OWNER_FORMS.some((form) => form.test(text));
}

function firstOwnerFault(owners: readonly Word[]): PlacedFault | undefined {
  const invalid = owners.find(({ text }) => !isOwner(text));
  const message = 'not an owner, so GitHub skips the whole line';
  return invalid && faultAt(invalid, { message, fix: 'write @user, @organisation/team or an e-mail address' });
}

function faultAt({ text, column }: Word, fault: PatternFault | undefined): PlacedFault | undefined {
  if (fault === undefined) return undefined;
  const { message, fix } = fault;
  return { message, fix, found: text.slice(0, MAX_SHOWN_LENGTH), column, endColumn: column + text.length };
}
