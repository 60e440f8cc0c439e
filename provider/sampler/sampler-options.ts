/** How a sampler is set up, and what of it is refused. */
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { USER_BYTES } from './held-users.js';
import { MIN_SECRET_LENGTH } from './keyed-hash.js';
import type { RowFilesOptions } from './row-files.js';
import type { SampledProvider } from './ruleset-attributes.js';
import type { SampleLimits } from './sample.js';
import type { SampledRow } from './window.js';

/** How a sampler is set up. */
export interface ContextSamplerOptions {
  /** The provider whose flags are sampled; flags of others are passed over. */
  readonly provider: SampledProvider;
  /**
   * What becomes of targeting keys. `{ hash: secret }` keeps keyed hashes (HMAC-SHA-256) instead, which nobody can undo
   * without the secret, of at least 16 characters; it must be the same in all processes whose files are to be merged.
   * `'plain'` keeps them as they are. There is no default: it is a decision about other people's data.
   */
  readonly keys: SampledKeys;
  /** Attribute paths whose values are kept as keyed hashes as well, with all that is below them; needs a secret. */
  readonly hash?: readonly string[];
  /** Attribute paths to keep besides those that rules read. Of an object its attributes must be named one by one. */
  readonly attributes?: readonly string[];
  /** Where rows go to: files, or `onBatch`; one of both. */
  readonly write?: SamplerFiles;
  /** Takes rows, at most 1,000 at a time; is waited for. What it throws is a warning, and its rows are lost. */
  readonly onBatch?: (rows: readonly SampledRow[]) => void | Promise<void>;
  /** How long a window is, in milliseconds, from 1,000; default 600,000, ten minutes. */
  readonly intervalMs?: number;
  readonly limits?: SamplerLimits;
  /** Where failures are told; default the console. */
  readonly logger?: { warn(message: string): void };
}

/** What becomes of targeting keys. */
export type SampledKeys = 'plain' | { readonly hash: string };

/** Files that rows are written to. */
export interface SamplerFiles {
  /** A folder that is there, and no symlink to one. */
  readonly folder: string;
  /** Default 16 MiB. */
  readonly maxFileBytes?: number;
  /** How many files the folder may have, of all processes that write there; default 200. The oldest are removed. */
  readonly maxFiles?: number;
}

/** How much a sampler holds. */
export interface SamplerLimits {
  /** k, the users held for each flag; default 200. A percentage of them is good to ±7 points. */
  readonly usersPerFlag?: number;
  /** How many flags are sampled in a window, those that are evaluated first; default 1,000. */
  readonly flags?: number;
  /** What the held contexts may come to, as they are held; default 16 MiB, and once more while a window is written. */
  readonly bytes?: number;
  /** What one context may come to, as it is held; default 2 KiB. Longer ones lose their largest attributes. */
  readonly contextBytes?: number;
}

/** Options, checked. */
export interface CheckedSamplerOptions {
  readonly secret: string | undefined;
  readonly hashed: ReadonlySet<string>;
  readonly always: readonly string[];
  readonly files: RowFilesOptions | undefined;
  readonly intervalMs: number;
  readonly limits: SampleLimits & { readonly contextBytes: number };
}

const KIB = 1_024;
const MIB = KIB * KIB;

/** What a flag takes for a user besides his context, which is held once; not counted, but never more than contexts. */
const PRIORITY_BYTES = 8;

/** What `setTimeout` can wait. */
const MAX_INTERVAL_MS = 2 ** 31 - 1;

/** @throws TypeError saying which option is wrong and what it may be, and never what a secret was */
export function checkSamplerOptions(options: ContextSamplerOptions): CheckedSamplerOptions {
  checkNames('options', options, OPTION_NAMES);
  if (typeof options.provider?.snapshot !== 'function') throw new TypeError('`provider` must be a GuidonProvider');
  const secret = secretOf(options.keys);
  const hashed = pathsOf('hash', options.hash);
  if (hashed.length > 0 && secret === undefined) throw new TypeError('`hash` needs a secret: keys: { hash: secret }');
  if ((options.write === undefined) === (options.onBatch === undefined)) {
    throw new TypeError('give either `write`, a folder for files, or `onBatch`, a function that takes rows');
  }
  if (options.onBatch !== undefined && typeof options.onBatch !== 'function') {
    throw new TypeError('`onBatch` must be a function that takes rows');
  }
  return {
    secret,
    hashed: new Set(hashed),
    always: pathsOf('attributes', options.attributes),
    files: options.write && checkFiles(options.write),
    intervalMs: integer('intervalMs', options.intervalMs, { default: 600_000, least: 1_000, most: MAX_INTERVAL_MS }),
    limits: checkLimits(options.limits ?? {}),
  };
}

const OPTION_NAMES = 'provider keys hash attributes write onBatch intervalMs limits logger'.split(' ');

/** A misspelt `hash` must not become plain addresses in a file. */
function checkNames(what: string, given: object, names: readonly string[]): void {
  if (typeof given !== 'object' || given === null) throw new TypeError(`${what} must be an object`);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`${what} can't have \`${unknown.slice(0, 50)}\`; there are ${names.join(', ')}`);
}

function secretOf(keys: SampledKeys | undefined): string | undefined {
  if (keys === 'plain') return undefined;
  const { hash } = Object(keys) as { readonly hash?: unknown };
  if (typeof hash === 'string' && hash.length >= MIN_SECRET_LENGTH) return hash;
  const found = typeof hash === 'string' ? `; the secret has ${hash.length}` : '';
  throw new TypeError(
    `\`keys\` must be { hash: secret }, a secret of at least ${MIN_SECRET_LENGTH} characters, or 'plain'${found}`,
  );
}

function pathsOf(name: string, paths: readonly string[] = []): readonly string[] {
  const isPath = (path: unknown): boolean =>
    typeof path === 'string' && path.split('.').every((part) => part !== '' && part !== '__proto__');
  if (Array.isArray(paths) && paths.every(isPath)) return [...paths];
  throw new TypeError(`\`${name}\` must be a list of attribute paths, such as "email" or "account.plan"`);
}

function checkFiles(write: SamplerFiles): RowFilesOptions {
  checkNames('`write`', write, ['folder', 'maxFileBytes', 'maxFiles']);
  const { folder } = write;
  if (typeof folder !== 'string' || folder === '' || folder.includes('\0')) {
    throw new TypeError('`write.folder` must be the path of a folder');
  }
  const path = resolve(folder);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    const what = found === undefined ? 'is not there' : found.isSymbolicLink() ? 'is a symlink' : 'is a file';
    throw new TypeError(`\`write.folder\` must be a folder that is there and no symlink; ${path} ${what}`);
  }
  return {
    folder: path,
    maxFileBytes: integer('write.maxFileBytes', write.maxFileBytes, {
      default: 16 * MIB,
      least: 64 * KIB,
      most: 2 ** 40,
    }),
    maxFiles: integer('write.maxFiles', write.maxFiles, { default: 200, least: 1, most: 100_000 }),
  };
}

function checkLimits(limits: SamplerLimits): CheckedSamplerOptions['limits'] {
  checkNames('`limits`', limits, ['usersPerFlag', 'flags', 'bytes', 'contextBytes']);
  const usersPerFlag = integer('limits.usersPerFlag', limits.usersPerFlag, { default: 200, least: 1, most: 100_000 });
  const flags = integer('limits.flags', limits.flags, { default: 1_000, least: 1, most: 100_000 });
  const bytes = integer('limits.bytes', limits.bytes, { default: 16 * MIB, least: 64 * KIB, most: 2 ** 32 });
  // No key alone is longer than 2 KiB, in whatever characters.
  const contextBytes = integer('limits.contextBytes', limits.contextBytes, {
    default: 2 * KIB,
    least: 2 * KIB,
    most: 64 * KIB,
  });
  const least = flags * (contextBytes + USER_BYTES);
  if (bytes < least) {
    throw new TypeError(`\`limits.bytes\` must have room for one context of each flag: ${least} bytes, not ${bytes}`);
  }
  const priorities = PRIORITY_BYTES * usersPerFlag * flags;
  if (priorities > bytes) {
    throw new TypeError(
      `\`limits.usersPerFlag\` (${usersPerFlag}) times \`limits.flags\` (${flags}) take ${priorities} bytes, more than ` +
        `\`limits.bytes\`, ${bytes}: lower one of the two, or raise that`,
    );
  }
  return { usersPerFlag, flags, bytes, contextBytes };
}

function integer(
  name: string,
  value: number | undefined,
  { default: byDefault, least, most }: Readonly<Record<'default' | 'least' | 'most', number>>,
): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const found = typeof value === 'number' ? value : `of type ${typeof value}`;
  throw new TypeError(`\`${name}\` must be a whole number from ${least} to ${most}, not ${found}`);
}
