/** What a follower has found out about the revisions of its source, for whoever asks how it stands. */
import type { SyncError } from '../repository/index.js';
import type { FollowerStatus, RejectedRevision } from './status.js';

/** The last failure, the revision that was turned down, and when what serves was confirmed. */
export class Findings {
  lastError: FollowerStatus['lastError'];
  rejected: FollowerStatus['rejected'];
  fromLastKnownGood = false;
  /** On the monotonic clock, which a change of the date does not move. */
  #confirmedAtMs: number | undefined;

  /** Time since what serves was confirmed to be the newest, in milliseconds; undefined before the first time. */
  get ageMs(): number | undefined {
    return this.#confirmedAtMs === undefined ? undefined : performance.now() - this.#confirmedAtMs;
  }

  /** What serves is the newest. */
  confirm(): void {
    this.lastError = undefined;
    this.rejected = undefined;
    this.fromLastKnownGood = false;
    this.#confirmedAtMs = performance.now();
  }

  /** What serves is from disk, and was confirmed so long ago. */
  restore(ageMs: number): void {
    this.fromLastKnownGood = true;
    this.#confirmedAtMs = performance.now() - ageMs;
  }

  /** Nothing could be read. Returns whether that is for another reason than the last time. */
  fail({ message }: SyncError): boolean {
    const isNews = this.lastError?.message !== message;
    this.lastError = { message, at: new Date() };
    return isNews;
  }

  /** The newest revision does not serve. Returns whether that is news. */
  turnDown(turnedDown: Omit<RejectedRevision, 'at'>): boolean {
    this.lastError = undefined;
    const { revision, reason } = turnedDown;
    if (this.rejected?.revision === revision && this.rejected.reason === reason) return false;
    this.rejected = { ...turnedDown, at: new Date() };
    return true;
  }

  /** Why what serves is not confirmed, in one line. */
  get reason(): string {
    return this.rejected?.reason ?? this.lastError?.message ?? 'the source has not been confirmed for too long';
  }
}
