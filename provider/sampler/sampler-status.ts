/** What a sampler tells of itself, for health endpoints and metrics. */
import type { Counts } from './counts.js';
import type { SamplerError, WrittenWindow } from './outlet.js';

/** What a sampler holds, has seen, and has written. */
export interface SamplerStatus extends Readonly<Counts> {
  /** Held now, in this window. */
  readonly users: number;
  /** With a reservoir in this window. */
  readonly flags: number;
  /** Of the held contexts. */
  readonly bytes: number;
  /** How many users a flag may have in this window: the limit, or less where their contexts came to too much. */
  readonly usersPerFlag: number;
  /** The attributes that are kept. */
  readonly attributes: {
    /** Of the ruleset that they were read from; undefined before the first: then only `attributes` are kept. */
    readonly revision: string | undefined;
    readonly paths: readonly string[];
    /** Paths that are not kept, though rules read them: deeper than 16 parts, or beyond a thousand. */
    readonly omitted: number;
  };
  readonly lastError: SamplerError | undefined;
  readonly lastWritten: WrittenWindow | undefined;
}
