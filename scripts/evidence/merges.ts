/** Which pull request brought which commits of the main branch, by what the host says and not by any message. */
import type { PullRequest } from '../approval/pull-request.js';
import type { CodeHost } from '../host/code-host.js';
import type { LineCommit } from './main-line.js';
import type { ChangeRange } from './record.js';

/** A commit of the main branch with what it came from. */
export interface Arrival {
  readonly commit: LineCommit;
  readonly change: ChangeRange;
  /** Without the members of its owners; undefined for a direct push. */
  readonly pullRequest: PullRequest | undefined;
}

/** What of a host is asked. */
type MergeHost = Pick<CodeHost, 'pullRequestsOf' | 'readPullRequest'>;

interface Sourced {
  readonly commit: LineCommit;
  readonly pullRequest: PullRequest | undefined;
}

/** Finds the source of commits; pull requests are read once each. */
export class Sources {
  readonly #read = new Map<number, Promise<PullRequest>>();

  constructor(
    private readonly host: MergeHost,
    private readonly branch: string,
  ) {}

  /** @param line oldest first, whole pushes. @throws HostError */
  async of(line: readonly LineCommit[]): Promise<readonly Arrival[]> {
    const places = new Map(line.map(({ id }, index) => [id, index]));
    const sourced: Sourced[] = [];
    for (const [index, commit] of line.entries()) {
      sourced.push({ commit, pullRequest: await this.#sourceOf(commit.id, index, places) });
    }
    return sourced.map((one, index) => ({ ...one, change: rangeOf(sourced, index) }));
  }

  /** Of all merged pull requests that hold the commit, the one that was merged first at or behind it. */
  async #sourceOf(
    commit: string,
    index: number,
    places: ReadonlyMap<string, number>,
  ): Promise<PullRequest | undefined> {
    let found: { readonly place: number; readonly pullRequest: PullRequest } | undefined;
    for (const number of await this.host.pullRequestsOf(commit)) {
      const pullRequest = await this.#pullRequest(number);
      const { state, base, merge } = pullRequest;
      if (state !== 'merged' || merge === undefined || base.ref !== this.branch) continue;
      const place = places.get(merge.commit) ?? -1;
      if (place >= index && (found === undefined || place < found.place)) found = { place, pullRequest };
    }
    return found?.pullRequest;
  }

  #pullRequest(number: number): Promise<PullRequest> {
    const read = this.#read.get(number) ?? this.host.readPullRequest(number, []);
    this.#read.set(number, read);
    return read;
  }
}

function rangeOf(line: readonly Sourced[], index: number): ChangeRange {
  const { commit, pullRequest } = line[index] as Sourced;
  const isSame = (one: Sourced | undefined): boolean =>
    pullRequest !== undefined && one?.pullRequest?.number === pullRequest.number;
  let [first, last] = [index, index];
  while (isSame(line[first - 1])) first -= 1;
  while (isSame(line[last + 1])) last += 1;
  const base = line[first]?.commit.parents[0] ?? null;
  const result = line[last]?.commit.id ?? commit.id;
  return { base, result, part: index - first + 1, parts: last - first + 1 };
}
