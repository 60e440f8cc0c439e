/** The options of a preview, understood. */
import type { ReadOptions } from '../contexts/contexts.js';
import { readingOf, shown } from '../contexts/read-options.js';
import { UsageError, type ParsedOptions } from '../command.js';

/** What the options say of contexts. */
export interface PreviewOptions {
  /** Names of files. */
  readonly contexts: readonly string[];
  readonly reading: ReadOptions;
  readonly population: number | undefined;
  readonly by: readonly string[];
  /** 0 to 1. */
  readonly maxRefused: number;
  readonly threads: number | undefined;
}

/** Rows that may be refused, where nobody says: as many as a sample has whose application was just changed. */
const DEFAULT_MAX_REFUSED = 0.01;

/** More than any machine has processors for; each thread holds both rulesets. */
const MAX_THREADS = 64;

/** Attributes to break users down by: of 500 values each they fill half of what `check` reads as a preview. */
const MAX_BY = 20;

/** In characters, of an attribute's path: as a flag file has it. */
const MAX_PATH_LENGTH = 200;

/** Options that say how contexts are read. */
const OF_CONTEXTS = ['population', 'by', 'key', 'weight', 'type', 'table', 'max-refused', 'threads'];

/** Understands the options. @throws UsageError for a value that is none, and for options that need `--contexts` */
export function previewOptions(options: ParsedOptions): PreviewOptions {
  const contexts = options.list('contexts');
  const lists = new Set(['by', 'type']);
  const idle = OF_CONTEXTS.find((name) =>
    lists.has(name) ? options.list(name).length > 0 : options.text(name) !== undefined,
  );
  if (contexts.length === 0 && idle !== undefined) throw new UsageError(`--${idle} needs --contexts`);
  return {
    contexts,
    reading: readingOf(options),
    population: countOf(options, 'population', Number.MAX_SAFE_INTEGER, 'how many users there are, such as 113000000'),
    by: pathsOf(options.list('by')),
    maxRefused: percentOf(options.text('max-refused')),
    threads: countOf(options, 'threads', MAX_THREADS, 'a number of threads, such as 2'),
  };
}

/** Paths that a rule could read, too: what no context can have would be a table of nobody. */
function pathsOf(paths: readonly string[]): readonly string[] {
  const wrong = paths.find((path) => {
    const parts = path.split('.');
    const isNone = parts.includes('') || parts.includes('__proto__') || path.startsWith('$');
    return isNone || path.length > MAX_PATH_LENGTH;
  });
  if (wrong !== undefined) {
    throw new UsageError(`--by must name attributes, such as country or device.model, not ${shown(wrong)}`);
  }
  if (paths.length <= MAX_BY) return paths;
  throw new UsageError(`--by names ${paths.length} attributes, at most ${MAX_BY}; preview several times`);
}

/** Digits only: of `1e6`, `113_000_000` and `1,000` two readers may think different numbers. */
function countOf(options: ParsedOptions, name: string, max: number, meaning: string): number | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  if (!/^[0-9]+$/.test(text)) throw new UsageError(`--${name} must be ${meaning}: digits only, not ${shown(text)}`);
  const count = Number(text);
  if (count >= 1 && count <= max) return count;
  throw new UsageError(`--${name} must be ${meaning}: from 1 to ${max}, not ${shown(text)}`);
}

function percentOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_MAX_REFUSED;
  const digits = /^([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%$/.exec(text)?.[1];
  const percent = Number(digits);
  if (digits !== undefined && percent <= 100) return percent / 100;
  throw new UsageError(`--max-refused must be a percentage from 0% to 100%, such as 1%, not ${shown(text)}`);
}
