/** How a provider is set up, and the source that follows from it. */
import { resolve } from 'node:path';
import type { Logger } from '@openfeature/server-sdk';
import { SyncError } from './repository/index.js';
import {
  checkMilliseconds,
  DirectorySource,
  GitSource,
  LastKnownGood,
  type DirectorySourceOptions,
  type GitSourceOptions,
  type Source,
} from './sync/index.js';

/** What every provider needs, wherever its flags come from. */
interface CommonOptions {
  /** An environment of the repository's `policy.yaml`. */
  readonly environment: string;
  /** How long the ruleset may go unconfirmed before the provider is STALE, in milliseconds; default 60,000, or four poll intervals. */
  readonly staleAfterMs?: number;
  /**
   * Keeps the last good ruleset, and what was fetched, for the next start; may be shared by processes. Left out: a start
   * with the source out of reach has nothing to serve.
   */
  readonly cacheDir?: string;
  /** Where refused revisions and failed polls are told; default OpenFeature's, which writes warnings to the console. */
  readonly logger?: Logger;
}

/** Flags in a git repository. */
export type GitProviderOptions = CommonOptions & Omit<GitSourceOptions, 'timer' | 'random'>;

/** Flags in a directory, which is watched: the folder that holds `policy.yaml`. */
export type DirectoryProviderOptions = CommonOptions &
  Pick<DirectorySourceOptions, 'directory' | 'pollIntervalMs' | 'allowRewindTo'>;

/** How a provider is set up. */
export type GuidonProviderOptions = GitProviderOptions | DirectoryProviderOptions;

/** The age at which "current" is no longer believable: four missed polls, and never less than those of 15 s. */
const DEFAULT_STALE_AFTER_MS = 60_000;
const MISSED_POLLS = 4;
/** What `setTimeout` can wait. */
const MAX_STALE_AFTER_MS = 2 ** 31 - 1;

/** Options, checked. */
export interface CheckedOptions {
  readonly source: Source;
  readonly environment: string;
  readonly staleAfterMs: number;
  /** Left out: nothing is kept for the next start. */
  readonly lastKnownGood: LastKnownGood | undefined;
}

/** Opens the source of some options. @throws SyncError (never) saying which option is wrong, and what it may be */
export function checkOptions(options: GuidonProviderOptions): CheckedOptions {
  const { environment } = options;
  if (typeof environment !== 'string' || environment === '') {
    throw new SyncError('`environment` must name an environment of policy.yaml', 'never');
  }
  // First the source: it knows what a poll interval may be.
  const source = openSource(options);
  const { staleAfterMs = Math.max(DEFAULT_STALE_AFTER_MS, MISSED_POLLS * (options.pollIntervalMs ?? 0)) } = options;
  return {
    source,
    environment,
    staleAfterMs: checkMilliseconds('staleAfterMs', staleAfterMs, 1, MAX_STALE_AFTER_MS),
    lastKnownGood:
      options.cacheDir === undefined
        ? undefined
        : new LastKnownGood(resolve(options.cacheDir), { ...source.identity, environment }),
  };
}

function openSource(options: GuidonProviderOptions): Source {
  const { url, directory, cacheDir } = options as Readonly<Partial<Record<'url' | 'directory' | 'cacheDir', unknown>>>;
  if ((url === undefined) === (directory === undefined)) {
    throw new SyncError('give either `url`, a git repository, or `directory`, a folder to watch', 'never');
  }
  checkFolder('cacheDir', cacheDir);
  if (directory === undefined) return new GitSource(options as GitProviderOptions);
  checkFolder('directory', directory);
  return new DirectorySource(options as DirectoryProviderOptions);
}

/** An empty path would be the working directory. */
function checkFolder(name: string, path: unknown): void {
  if (path === undefined || (typeof path === 'string' && path !== '' && !path.includes('\0'))) return;
  throw new SyncError(`\`${name}\` must be the path of a folder; leave it out or give one`, 'never');
}
