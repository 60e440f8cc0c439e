/** Commits as `git log` prints them here: a fixed number of fields each, then the files that changed. */
import { type FileChange, isChangeHeader, parseFileChange } from './changed-files.js';
import { shown } from './redact.js';
import { isCommitHash } from './repository.js';
import { SyncError } from '../sync-error.js';

/** Who a commit says that made it, and when: claims, which anybody may write as they like. */
export interface CommitPerson {
  readonly name: string;
  readonly email: string;
  /** RFC 3339 in UTC, to the second; undefined where the commit has no date that can be told. */
  readonly date: string | undefined;
}

/** One line of a message's last paragraph, as git reads them: `Reason: …`. */
export interface Trailer {
  /** As written; compare it in any case. */
  readonly key: string;
  /** Without line ends. */
  readonly value: string;
}

/** A commit. */
export interface CommitRecord {
  readonly id: string;
  /** In their order; the first is the branch that was merged into. */
  readonly parents: readonly string[];
  readonly author: CommitPerson;
  readonly committer: CommitPerson;
  /** Without white space at its end. */
  readonly message: string;
  readonly trailers: readonly Trailer[];
}

/** A commit and what it brought: how its files differ from those of its first parent. */
export interface HistoryCommit extends CommitRecord {
  readonly files: readonly FileChange[];
}

/** Neither a name nor a message can hold the NUL that ends each. */
const FIELDS = ['%H', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%(trailers:only,unfold)', '%B'];

/** The format for {@link CommitReader}, with `-z`. */
export const COMMIT_FORMAT = `--format=${FIELDS.map((field) => `${field}%x00`).join('')}`;

/** The end of what a Date can hold. */
const MAX_SECONDS = 253_402_300_799;

/** One commit changes no more files than a tree may have. */
const MAX_CHANGES = 500_000;

const LINE_END = 0x0a;

/** Reads the fields of a log, one after the other. */
export class CommitReader {
  #fields: Buffer[] = [];
  #commit: CommitRecord | undefined;
  #files: FileChange[] = [];
  #header: Buffer | undefined;

  /** Takes a field; gives the commit that is known to be whole by it. @throws SyncError for what is unexpected */
  push(field: Buffer): HistoryCommit | undefined {
    if (this.#header !== undefined) {
      this.#files.push(parseFileChange(this.#header, field));
      this.#header = undefined;
      if (this.#files.length > MAX_CHANGES) throw new SyncError(`a commit changes over ${MAX_CHANGES} files`, 'later');
      return undefined;
    }
    if (this.#fields.length > 0) {
      this.#pushField(field);
      return undefined;
    }
    // Between a commit's fields and its files are a NUL and a line end; behind a commit without files there is a NUL.
    const bare = field[0] === LINE_END ? field.subarray(1) : field;
    if (bare.length === 0) return undefined;
    if (isChangeHeader(bare)) {
      if (this.#commit === undefined) throw new SyncError('git log printed a change before any commit', 'later');
      this.#header = bare;
      return undefined;
    }
    const whole = this.finish();
    this.#pushField(bare);
    return whole;
  }

  /** The last commit; undefined where there was none. @throws SyncError where it is cut short */
  finish(): HistoryCommit | undefined {
    if (this.#fields.length > 0 || this.#header !== undefined) throw new SyncError('git log stopped early', 'later');
    const whole = this.#commit && { ...this.#commit, files: this.#files };
    this.#commit = undefined;
    this.#files = [];
    return whole;
  }

  #pushField(field: Buffer): void {
    this.#fields.push(field);
    if (this.#fields.length < FIELDS.length) return;
    this.#commit = commitOf(this.#fields.map(String));
    this.#fields = [];
  }
}

function commitOf(fields: readonly string[]): CommitRecord {
  const [id = '', parents = '', name = '', email = '', at = '', ...rest] = fields;
  const [committerName = '', committerEmail = '', committedAt = '', trailers = '', message = ''] = rest;
  const parentIds = parents === '' ? [] : parents.split(' ');
  if (![id, ...parentIds].every(isCommitHash)) {
    throw new SyncError(`git log printed an unexpected commit: ${shown(id)}`, 'later');
  }
  return {
    id,
    parents: parentIds,
    author: { name, email, date: dateOf(at) },
    committer: { name: committerName, email: committerEmail, date: dateOf(committedAt) },
    message: message.trimEnd(),
    trailers: trailers.split('\n').flatMap(trailerOf),
  };
}

function trailerOf(line: string): readonly Trailer[] {
  const colon = line.indexOf(':');
  return colon < 1 ? [] : [{ key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }];
}

function dateOf(seconds: string): string | undefined {
  const value = /^\d{1,12}$/.test(seconds) ? Number(seconds) : Infinity;
  return value > MAX_SECONDS ? undefined : new Date(value * 1_000).toISOString().replace('.000Z', 'Z');
}
