/** One file as a document: parsed, held against its schema, and checked by itself. */
import {
  NO_REFERENCES,
  referencesOfFlag,
  referencesOfSegment,
  type FlagDocument,
  type GuardrailDocument,
  type JsonValue,
  type PolicyDocument,
  type References,
  type SegmentDocument,
  type StoredReferrer,
} from '../engine/index.js';
import { checkCondition, type Finding } from './check/condition.js';
import { checkFlag } from './check/flag.js';
import { checkGuardrail } from './check/guardrail.js';
import { checkLists } from './check/list.js';
import { checkPolicy } from './check/policy.js';
import type { Place } from './layout.js';
import { MAX_FILE_BYTES, parse, type RefusedFile } from './parse.js';
import { place as placeIn } from './place.js';
import type { Problem, UnplacedProblem } from './problem.js';
import { validate, type DocumentKind } from './schema.js';
import type { TreeEntry } from './tree.js';

/** Where a document stands. */
export type DocumentPlace = Exclude<Place, { kind: 'ignored' | 'unexpected' }>;

/** What most files have. */
const NO_PROBLEMS: readonly UnplacedProblem[] = [];

/**
 * A file, read: its document as JSON text, which is a third of the size of its objects, and read again when somebody
 * asks. Depends on nothing but its bytes, so it is good for as long as its id is.
 */
export class DocumentFile implements StoredReferrer<JsonValue> {
  #references: References | undefined;

  constructor(
    readonly path: string,
    readonly id: string,
    readonly place: DocumentPlace,
    /** The document without white space, as the schema admits it; undefined where it doesn't. */
    readonly json: string | undefined,
    /** Errors and warnings. */
    readonly problems: readonly UnplacedProblem[] = NO_PROBLEMS,
  ) {}

  /** The document, made anew. @throws where the file was refused */
  read(): JsonValue {
    if (this.json === undefined) throw new Error(`${this.path} was refused`);
    return JSON.parse(this.json) as JsonValue;
  }

  /** None where the file was refused. */
  get references(): References {
    return (this.#references ??= this.#findReferences());
  }

  #findReferences(): References {
    const { json, place } = this;
    // The keys that make references stand in the text as they are.
    if (json === undefined || !(json.includes('"segment"') || json.includes('"prerequisites"'))) return NO_REFERENCES;
    if (place.kind === 'flag') return referencesOfFlag(this.read() as unknown as FlagDocument);
    if (place.kind === 'segment') return referencesOfSegment(this.read() as unknown as SegmentDocument);
    return NO_REFERENCES;
  }
}

/** Reads a file; `bytes` is undefined where it is larger than the limit. */
export function readDocument(entry: TreeEntry, place: DocumentPlace, bytes: Uint8Array | undefined): DocumentFile {
  const { path, id } = entry;
  const refused = (problems: readonly UnplacedProblem[]): DocumentFile =>
    new DocumentFile(path, id, place, undefined, problems);
  if (bytes === undefined) return refused([tooLarge(entry)]);
  const parsed = parse(path, bytes);
  if (!parsed.ok) {
    const misspelt = misspeltDateKeys(path, place, bytes, parsed.problems);
    return refused(misspelt ?? [...parsed.problems, ...problemsElsewhere(path, place, bytes, parsed)]);
  }
  const problems = validate(place.kind, path, parsed.value);
  if (problems.length > 0) return refused(problems);
  const findings = [
    ...selfChecks[place.kind](parsed.value),
    // The ledger and the cases only grow.
    ...checkLists(parsed.value, { warns: place.kind === 'flag' || place.kind === 'segment' }),
  ];
  const found = findings.length === 0 ? NO_PROBLEMS : findings.map((finding) => ({ ...finding, file: path }));
  return new DocumentFile(path, id, place, JSON.stringify(parsed.value), found);
}

/** What the schema says of the other lines of a file of which single words were refused. */
function problemsElsewhere(
  path: string,
  { kind }: DocumentPlace,
  bytes: Uint8Array,
  { value, problems }: RefusedFile,
): readonly Problem[] {
  if (value === undefined) return [];
  const refusedLines = new Set(problems.map(({ line }) => line));
  return placeIn(bytes, validate(kind, path, value)).filter(({ line }) => !refusedLines.has(line));
}

/** Takes every key for one of a date. */
class AnyField extends Set<string> {
  override has(): boolean {
    return true;
  }
}

/** The unknown keys of a file that holds plain dates where none belong: then the slip is the key and not the date. */
function misspeltDateKeys(
  path: string,
  place: DocumentPlace,
  bytes: Uint8Array,
  problems: readonly Problem[],
): readonly UnplacedProblem[] | undefined {
  if (problems.some(({ code }) => code !== 'ambiguous-scalar')) return undefined;
  const parsed = parse(path, bytes, new AnyField());
  const unknown = parsed.ok
    ? validate(place.kind, path, parsed.value).filter(({ code }) => code === 'unknown-key')
    : [];
  return unknown.length > 0 ? unknown : undefined;
}

const selfChecks: Readonly<Record<DocumentKind, (value: JsonValue) => readonly Finding[]>> = {
  flag: (value) => checkFlag(value as unknown as FlagDocument),
  segment: (value) => checkCondition((value as unknown as SegmentDocument).when, ['when']),
  guardrail: (value) => checkGuardrail(value as unknown as GuardrailDocument),
  policy: (value) => checkPolicy(value as unknown as PolicyDocument),
  retired: () => [],
  cases: () => [],
};

const tooLarge = ({ path, size }: TreeEntry): UnplacedProblem => ({
  code: 'file-too-large',
  file: path,
  message: 'this file is too large to be reviewed, or loaded',
  found: size === undefined ? 'a larger one' : `${size.toLocaleString('en')} bytes`,
  expected: `at most ${MAX_FILE_BYTES.toLocaleString('en')} bytes`,
  fix: 'let the application send an attribute in place of a long list',
});
