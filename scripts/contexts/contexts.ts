/** Evaluation contexts out of files: the shapes that reading, replaying and describing them share. */
import type { EvaluationContext } from '../../provider/engine/index.js';

/** What a file holds. Each may also be compressed: `.gz`, `.br`, `.zst`; Parquet and SQLite compress by themselves. */
export type ContextFormat = 'jsonl' | 'csv' | 'parquet' | 'sqlite';

/** How to read files of contexts. */
export interface ReadOptions {
  /** The column whose value is the targeting key, in its place. Left out: `targetingKey`. */
  readonly key?: string | undefined;
  /** The column with the number of users that a row stands for. Left out: `$weight`, where a row has one. */
  readonly weight?: string | undefined;
  /** Types of columns, for formats that have none or too few; the rest is inferred. */
  readonly types?: ReadonlyMap<string, ColumnType> | undefined;
  /** The table of a SQLite file; left out: its only one. */
  readonly table?: string | undefined;
}

/** What a column's cells are read as; `list` is JSON, or texts with `|` between. */
export type ColumnType = 'string' | 'number' | 'boolean' | 'date' | 'list' | 'json';

/** A stretch of a file, to be parsed by whoever has time: can be sent to a worker. */
export type Batch = LinesBatch | RowsBatch;

/** Whole lines of JSON. */
export interface LinesBatch {
  readonly kind: 'lines';
  readonly file: string;
  /** The number of its first line, from 1. */
  readonly first: number;
  /** All of its buffer, so that it can be moved to a worker. */
  readonly bytes: Uint8Array;
  /** Lines that were too long to be kept, by their numbers. */
  readonly refused: readonly RefusedRow[];
}

/** Rows of columns that are typed already; a column `a.b` is the attribute `b` of the object `a`. */
export interface RowsBatch {
  readonly kind: 'rows';
  readonly file: string;
  readonly first: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** The rows' numbers, where they do not count on from `first`: rows between them were refused, or take several lines. */
  readonly numbers?: readonly number[] | undefined;
  readonly refused: readonly RefusedRow[];
}

/** A context and how many users it stands for. */
export interface WeightedContext {
  readonly context: EvaluationContext;
  /** Finite and above 0; 1 where the row has none. */
  readonly weight: number;
  /** Whether the row has a weight of its own. */
  readonly isWeighted: boolean;
}

/** A row that is no context, and why. */
export interface RefusedRow {
  readonly file: string;
  /** From 1; of JSON Lines and CSV the line. */
  readonly row: number;
  /** What was found and what was expected; cut, and without the row's own content beyond a few characters. */
  readonly message: string;
}

/** What a batch holds. */
export interface ParsedBatch {
  readonly contexts: readonly WeightedContext[];
  readonly refused: readonly RefusedRow[];
}

/** How many contexts have what kind of targeting key. */
export interface ContextKeys {
  readonly plain: number;
  /** Of a keyed hash, told by their prefix: percentages are then right on the whole, but not for each user. */
  readonly hashed: number;
  /** Made up by `flagctl contexts synth`, told by their prefix. */
  readonly synthetic: number;
  /** No targeting key, or an empty one. */
  readonly missing: number;
}

/** A file that was opened. */
export interface ContextFile {
  /** As it was named on the command line. */
  readonly name: string;
  readonly format: ContextFormat;
  /** On disk. */
  readonly bytes: number;
  /**
   * Its batches in order, each of about a thousand rows.
   * @param progress - Told how many bytes of the file on disk were read so far
   * @throws UsageError where the file as a whole can't be read
   */
  batches(progress: (readBytes: number) => void): AsyncIterable<Batch>;
}
