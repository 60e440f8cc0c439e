/** Which attributes stored documents read, by path: what a sample of contexts must keep for them to be evaluated again. */
import type { FlagDocument, SegmentDocument, Stored } from './documents.js';
import { attributePaths } from './references.js';

/** What a flag reads in one environment. */
interface FlagReads {
  readonly environment: string;
  readonly paths: readonly string[];
}

// By the stored document, which is the same object as long as its file is: a new revision reads only what changed.
const ofFlags = new WeakMap<Stored<FlagDocument>, FlagReads>();
const ofSegments = new WeakMap<Stored<SegmentDocument>, readonly string[]>();

/**
 * The paths that a flag itself reads in an environment, enabled there or not, each once: of its rules' conditions, and
 * its `bucketBy`. Not those of its segments, nor of its prerequisites.
 */
export function readsOfFlag(stored: Stored<FlagDocument>, environment: string): readonly string[] {
  const known = ofFlags.get(stored);
  // A process serves one environment as a rule; of another that asks, the reads take the place of these.
  if (known?.environment === environment) return known.paths;
  const { environments = {}, bucketBy } = stored.read();
  const state = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  const read = (state?.rules ?? []).flatMap(({ when }) => attributePaths(when));
  if (state !== undefined && bucketBy !== undefined) read.push(bucketBy);
  const paths = shared(read);
  ofFlags.set(stored, { environment, paths });
  return paths;
}

/** The paths that a segment itself reads, each once. */
export function readsOfSegment(stored: Stored<SegmentDocument>): readonly string[] {
  const known = ofSegments.get(stored);
  if (known !== undefined) return known;
  const paths = shared(attributePaths(stored.read().when));
  ofSegments.set(stored, paths);
  return paths;
}

/** Enough for every combination that a repository of ten thousand flags uses more than a few times. */
const MAX_SHARED = 1_000;

/** Most flags read the same few attributes: equal lists are one object. */
const knownLists = new Map<string, readonly string[]>();

function shared(read: readonly string[]): readonly string[] {
  const paths = [...new Set(read)];
  const text = JSON.stringify(paths);
  const same = knownLists.get(text);
  if (same !== undefined) return same;
  if (knownLists.size >= MAX_SHARED) knownLists.clear();
  knownLists.set(text, paths);
  return paths;
}
