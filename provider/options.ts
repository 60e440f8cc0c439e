/** How a provider is set up, and the source that follows from it. */
import type { Logger } from '@openfeature/server-sdk';
import { SyncError } from './repository/index.js';
import {
  DirectorySource,
  GitSource,
  type DirectorySourceOptions,
  type GitSourceOptions,
  type Source,
} from './sync/index.js';

/** What every provider needs, wherever its flags come from. */
interface CommonOptions {
  /** An environment of the repository's `policy.yaml`. */
  readonly environment: string;
  /** How long the ruleset may go unconfirmed before the provider is STALE, in milliseconds; default 60,000. */
  readonly staleAfterMs?: number;
  /** Where refused revisions and failed polls are told; default OpenFeature's, which writes warnings to the console. */
  readonly logger?: Logger;
}

/** Flags in a git repository. */
export type GitProviderOptions = CommonOptions & Omit<GitSourceOptions, 'timer' | 'random'>;

/** Flags in a directory, which is watched: the folder that holds `policy.yaml`. */
export type DirectoryProviderOptions = CommonOptions & Pick<DirectorySourceOptions, 'directory' | 'pollIntervalMs'>;

/** How a provider is set up. */
export type GuidonProviderOptions = GitProviderOptions | DirectoryProviderOptions;

/** Four missed polls at the default interval of 15 s: the age at which "current" is no longer believable. */
const DEFAULT_STALE_AFTER_MS = 60_000;
/** What `setTimeout` can wait. */
const MAX_STALE_AFTER_MS = 2 ** 31 - 1;

/** Options, checked. */
export interface CheckedOptions {
  readonly source: Source;
  readonly environment: string;
  readonly staleAfterMs: number;
}

/** Opens the source of some options. @throws SyncError (never) saying which option is wrong, and what it may be */
export function checkOptions(options: GuidonProviderOptions): CheckedOptions {
  const { environment, staleAfterMs = DEFAULT_STALE_AFTER_MS } = options;
  if (typeof environment !== 'string' || environment === '') {
    throw new SyncError('`environment` must name an environment of policy.yaml', 'never');
  }
  if (!(staleAfterMs >= 1 && staleAfterMs <= MAX_STALE_AFTER_MS)) {
    throw new SyncError(
      `\`staleAfterMs\` must be from 1 to ${MAX_STALE_AFTER_MS}, not ${String(staleAfterMs)}`,
      'never',
    );
  }
  return { source: openSource(options), environment, staleAfterMs };
}

function openSource(options: GuidonProviderOptions): Source {
  const { url, directory } = options as { readonly url?: unknown; readonly directory?: unknown };
  if ((url === undefined) === (directory === undefined)) {
    throw new SyncError('give either `url`, a git repository, or `directory`, a folder to watch', 'never');
  }
  return 'directory' in options ? new DirectorySource(options) : new GitSource(options);
}
