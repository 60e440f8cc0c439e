/** What a source of flags promises, whatever it reads from. */
import type { LoadedRepository, Problem, SyncError } from '../repository/index.js';

/**
 * Hears what a source finds out; decides what to do about it. Each poll ends in exactly one of the first five.
 * Nothing is called after {@link Source.stop}. A listener must not throw.
 */
export interface SourceListener {
  /** A new revision was read and is valid; the next poll waits until this has resolved. */
  loaded(loaded: LoadedRepository, warnings: readonly Problem[]): Promise<void> | void;
  /** The revision loaded last is still the newest. */
  unchanged(revision: string): void;
  /** The newest revision has problems; told at each poll while it stays the newest, with the same `problems` array. */
  rejected(revision: string, problems: readonly Problem[]): void;
  /** The newest revision is not one that may follow the last, whatever it says; told at each poll, with the same error. */
  held(revision: string, error: SyncError): void;
  /** Nothing could be read; the source goes on trying, whatever the error's `retry` says. */
  failed(error: SyncError): void;
  /** It works on with less than it was given: no watcher, so that changes arrive late, or no cache; told once. */
  degraded(error: SyncError): void;
}

/** Which flags a source reads: what is kept of one must never serve for another. */
export interface SourceIdentity {
  /** A URL without credentials, or a directory's absolute path. */
  readonly source: string;
  /** As a source of git has it; else empty. */
  readonly ref: string;
  /** The flags folder in a repository; else empty. */
  readonly path: string;
}

/** Keeps reading one flag repository and tells what it finds. */
export interface Source {
  readonly identity: SourceIdentity;
  /**
   * Makes the first attempt and resolves after it, whatever its outcome; the outcome is an event. Called once.
   * @param previous what serves already: the first revision must follow it, and what is the same is not read again
   */
  start(listener: SourceListener, previous?: LoadedRepository): Promise<void>;
  /**
   * Polls now. Calls of the same moment share a poll; one made while a poll is under way gets another after it.
   * Resolves when a poll that began after the call has ended; at once before `start` and after `stop`.
   */
  refresh(): Promise<void>;
  /** Ends everything for good, whatever is under way; no process, timer, watcher or temporary file stays. Idempotent. */
  stop(): Promise<void>;
}
