/** One YAML file: bytes in, a plain value or every problem of it out. */
import type { JsonValue } from '../engine/index.js';
import { refuseInvisible } from './yaml/invisible.js';
import { RefusalList, type Refusal } from './yaml/refusal.js';
import { decodeText, MAX_FILE_BYTES } from './yaml/text.js';
import { SourceText } from './place-frame.js';
import { withPlace, type Problem } from './problem.js';
import { readYaml } from './yaml/stream.js';
import { readSubset } from './yaml/subset/read.js';
import { ValueReader } from './yaml/value.js';

export { MAX_FILE_BYTES } from './yaml/text.js';

/** A file's value, or all that is wrong with the file. */
export type ParseResult = { readonly ok: true; readonly value: JsonValue } | RefusedFile;

/** A file that is refused as text. */
export interface RefusedFile {
  readonly ok: false;
  readonly problems: readonly Problem[];
  /** What the file says all the same, with null for each refused word; absent where that would be guesswork. */
  readonly value?: JsonValue;
}

/** The keys that hold dates and instants, which alone may stand without quotes. */
export const DATE_FIELDS: ReadonlySet<string> = new Set(['expiresAt', 'retiredAt', 'from', 'until', 'before', 'after']);

/** Refusals of single words, which leave the shape of the document as it is. */
const WORDS: ReadonlySet<string> = new Set(['ambiguous-scalar', 'number-unsafe']);

/**
 * Reads a file by the format's "Rules for every file"; never throws. Mappings become plain objects without `__proto__`,
 * keys become strings (a plain scalar by its source text), dates stay strings.
 * @param file the path that problems name
 */
export function parse(file: string, bytes: Uint8Array, dateFields: ReadonlySet<string> = DATE_FIELDS): ParseResult {
  if (bytes.length > MAX_FILE_BYTES) return refused(file, '', [fileTooLarge(bytes.length)]);
  const { text, invalidAt } = decodeText(bytes);
  if (invalidAt !== undefined) return refused(file, text, [notUtf8(invalidAt)]);
  const value = readSubset(text, dateFields);
  return value === undefined ? parseFully(file, text, dateFields) : { ok: true, value };
}

/** Reads a text with the YAML library, as {@link parse} does where {@link readSubset} can't: the two never disagree. */
export function parseFully(file: string, text: string, dateFields: ReadonlySet<string> = DATE_FIELDS): ParseResult {
  const refusals = new RefusalList();
  const value = readValue(text, dateFields, refusals);
  if (refusals.isEmpty) return { ok: true, value };
  const sorted = refusals.sorted();
  const result = refused(file, text, withoutEchoes(sorted, text));
  return sorted.every(({ code }) => WORDS.has(code)) ? { ...result, value } : result;
}

function readValue(text: string, dateFields: ReadonlySet<string>, refusals: RefusalList): JsonValue {
  refuseInvisible(text, refusals.add, () => refusals.isFull);
  const { root, soundUntil } = readYaml(text, refusals);
  if (refusals.isEmpty && (root === undefined || root.range[0] === root.range[1])) refusals.add(emptyFile);
  if (root === undefined) return null;
  const reader = new ValueReader(dateFields, (refusal) => {
    if (refusal.start < soundUntil) refusals.add(refusal);
  });
  return reader.read(root);
}

/** Without the syntax errors of lines that hold an invisible character: it passes for a space, and is none. */
function withoutEchoes(refusals: readonly Refusal[], text: string): readonly Refusal[] {
  const lineOf = ({ start }: Refusal): number => text.lastIndexOf('\n', start - 1);
  const invisible = new Set(refusals.filter(({ code }) => code === 'invisible-character').map(lineOf));
  return refusals.filter((refusal) => refusal.code !== 'yaml-syntax' || !invisible.has(lineOf(refusal)));
}

function refused(file: string, text: string, refusals: readonly Refusal[]): RefusedFile {
  const source = new SourceText(text);
  const problems = refusals.map(({ start, end, ...problem }) => {
    const span = source.span(start, end);
    return withPlace({ ...problem, file }, span, source.frame(span));
  });
  return { ok: false, problems };
}

const fileTooLarge = (length: number): Refusal => ({
  code: 'file-too-large',
  start: 0,
  end: 0,
  message: 'this file is too large to be reviewed, or loaded',
  found: `${length.toLocaleString('en')} bytes`,
  expected: `at most ${MAX_FILE_BYTES.toLocaleString('en')} bytes`,
  fix: 'let the application send an attribute in place of a long list',
});

const notUtf8 = (offset: number): Refusal => ({
  code: 'encoding-invalid',
  start: offset,
  end: offset + 1,
  message: 'the bytes from here on are not UTF-8',
  expected: 'UTF-8, with or without a byte order mark',
  fix: 'save the file as UTF-8',
});

const emptyFile: Refusal = {
  code: 'wrong-type',
  start: 0,
  end: 0,
  message: 'this file says nothing',
  found: 'an empty file, or comments only',
  expected: 'one YAML document',
  fix: 'write the document, or delete the file',
};
