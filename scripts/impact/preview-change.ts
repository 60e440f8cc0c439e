/** From two commits and files of contexts to a preview. */
import type { GitRepository, Problem } from '../../provider/repository/index.js';
import type { ContextFile, ReadOptions } from '../contexts/contexts.js';
import type { Preview } from './preview.js';

/** What to preview. */
export interface PreviewRequest {
  readonly repository: GitRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  /** Full hashes: the base branch's tip, and the head. */
  readonly base: string;
  readonly head: string;
  /** None: an estimate from the rules alone. */
  readonly files: readonly ContextFile[];
  readonly reading: ReadOptions;
  /** How many users there are; left out: the sum of the weights, where there are any. */
  readonly population?: number | undefined;
  /** Attribute paths to break the users down by. */
  readonly by: readonly string[];
  /** The share of rows that may be refused, 0 to 1. */
  readonly maxRefused: number;
  /** How many threads replay; 1 is the caller's own. Left out: by the files' size and the processors. */
  readonly threads?: number | undefined;
  /** @param done 0 to 1, where it can be told */
  readonly progress: (message: string, done?: number) => void;
}

/** A preview, or why there is none: paths in conflict, or what keeps a side from loading. */
export type PreviewResult =
  | { readonly ok: true; readonly preview: Preview }
  | {
      readonly ok: false;
      readonly conflicts: readonly string[];
      readonly side: 'base' | 'result' | undefined;
      readonly problems: readonly Problem[];
    };

/** Previews the merge of the head into the base. @throws SyncError, UsageError where contexts can't be read */
export function previewChange(request: PreviewRequest): Promise<PreviewResult> {
  throw new Error(`not there yet: ${request.base}`);
}
