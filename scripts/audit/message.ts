/** What a commit's message says besides its subject: claims of whoever wrote it, and of the host where it merged. */
import type { CommitRecord } from '../../provider/repository/index.js';

/** The longest message that is looked at; a squash of hundreds of commits is shorter. */
const MAX_MESSAGE_LENGTH = 200_000;

/** More than anybody writes by hand. */
const MAX_CLAIMS = 50;

const PULL_REQUEST_PATTERNS = [
  /^Merge pull request #(\d{1,9}) from /,
  /\(#(\d{1,9})\)$/,
  /^Merge branch '.{1,500}' into '.{1,500}' \(!(\d{1,9})\)$/,
];

/** The first line. */
export function subjectOf({ message }: Pick<CommitRecord, 'message'>): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}

/** The number of the pull or merge request that a commit names as its own; undefined where it names none. */
export function pullRequestOf(commit: Pick<CommitRecord, 'message'>): number | undefined {
  const subject = subjectOf(commit).slice(0, MAX_MESSAGE_LENGTH);
  for (const pattern of PULL_REQUEST_PATTERNS) {
    const [, number] = pattern.exec(subject) ?? [];
    if (number !== undefined) return Number(number);
  }
  const lines = commit.message.slice(0, MAX_MESSAGE_LENGTH).split('\n');
  const numbers = lines.flatMap((line) => {
    const [, number] = /^See merge request (?:[\w.-]+\/){0,20}[\w.-]*!(\d{1,9})$/.exec(line.trim()) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.at(-1);
}

/** Who has approved by the trailers of the message, which nobody has checked. */
export function claimedApprovers({ trailers }: Pick<CommitRecord, 'trailers'>): readonly string[] {
  return [...new Set(valuesOf(trailers, ['approved-by', 'reviewed-by']))].slice(0, MAX_CLAIMS);
}

/** Others who made the change, by trailers. */
export function coAuthors({ trailers }: Pick<CommitRecord, 'trailers'>): readonly string[] {
  return [...new Set(valuesOf(trailers, ['co-authored-by']))].slice(0, MAX_CLAIMS);
}

/** The commits and pull requests that a message says it reverts, as it names them. */
export interface RevertWords {
  /** Hashes, perhaps short. */
  readonly commits: readonly string[];
  readonly pullRequests: readonly number[];
}

/** What a message says that it reverts. */
export function revertsOf({ message }: Pick<CommitRecord, 'message'>): RevertWords {
  const text = message.slice(0, MAX_MESSAGE_LENGTH).replaceAll(/\s+/g, ' ');
  const commits = [...text.matchAll(/\bThis reverts (?:commit|merge request \S{1,200} commit) ([0-9a-f]{7,64})\b/g)];
  const pulls = [...text.matchAll(/(?:^| )Reverts (?:[\w.-]{1,100}\/[\w.-]{1,100})?#(\d{1,9})\b/g)];
  const merges = [...text.matchAll(/\bThis reverts merge request (?:[\w./-]{1,300})?!(\d{1,9})\b/g)];
  return {
    commits: [...new Set(commits.map(([, hash = '']) => hash))].slice(0, MAX_CLAIMS),
    pullRequests: [...new Set([...pulls, ...merges].map(([, number]) => Number(number)))].slice(0, MAX_CLAIMS),
  };
}

/** Whether a commit went to the branch without a review, and says so. */
export function owesReview({ trailers }: Pick<CommitRecord, 'trailers'>): boolean {
  return valuesOf(trailers, ['review']).some((value) => value.toLowerCase() === 'owed');
}

/** The commits, by hashes that may be short, of which a commit says that it brings the review. */
export function reviewedCommits({ trailers }: Pick<CommitRecord, 'trailers'>): readonly string[] {
  return valuesOf(trailers, ['reviewed']).filter((value) => /^[0-9a-f]{7,64}$/.test(value));
}

function valuesOf(trailers: CommitRecord['trailers'], keys: readonly string[]): readonly string[] {
  return trailers.filter(({ key }) => keys.includes(key.toLowerCase())).map(({ value }) => value);
}
