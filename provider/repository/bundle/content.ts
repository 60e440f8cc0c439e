/** What a bundle holds, and how much of it there may be. */
import { SyncError } from '../sync-error.js';

/** 50,000 files, as many as a tree may hold, of a kilobyte each. */
export const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;
/** As many files as a tree may hold. */
export const MAX_DOCUMENTS = 50_000;
/** A URL, a ref and two paths of the greatest lengths, each character of three bytes, take 32 KiB. */
export const MAX_HEADER_BYTES = 64 * 1024;

/** One document: its file's path from the flags folder, with slashes; its file's id; its value as compact JSON. */
export interface BundleDocument {
  readonly path: string;
  readonly id: string;
  readonly json: string;
}

/** A whole revision. */
export interface BundleContent {
  readonly repository: string;
  /** A commit's full hash, or `sha256:` and the digest of a directory. */
  readonly revision: string;
  /** The flags folder, as a tree has it. */
  readonly root: string;
  /** The rules that admitted the documents. */
  readonly checkedBy: string;
  /** What the writer says of the bundle. */
  readonly labels: Readonly<Record<string, string | number>>;
  /** Each path once. A decoded bundle has them in the order of the paths' code units. */
  readonly documents: readonly BundleDocument[];
}

/** Why a bundle is not read, as a sentence without its beginning and its full stop. */
export function unreadable(reason: string, options?: ErrorOptions): SyncError {
  return new SyncError(`this bundle can't be read: ${reason}`, 'later', options);
}

/** Why there can't be a bundle of something; the next revision may be smaller. */
export function unwritable(reason: string): SyncError {
  return new SyncError(`this revision is too large for a bundle: ${reason}`, 'later');
}
