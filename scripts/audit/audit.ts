/** What reached the main branch, when, by whom, why, and what it did. */
import {
  isolated,
  readCommits,
  type CommitRecord,
  type GitRepository,
  type IsolatedRepository,
} from '../../provider/repository/index.js';
import { reviewsOf } from './debts.js';
import { debtOf, entryOf, type EntryContext } from './entry.js';
import type { EvidenceOf } from './evidence.js';
import { findEffects } from './found-effects.js';
import { keyCommits, type KeyCommits } from './key-commits.js';
import { readLine, type LineCommit } from './line.js';
import { EffectMemory } from './memory.js';
import { mergedCommits } from './merged.js';
import { momentsOf, type DatedCommit } from './moments.js';
import { projected } from './projection.js';
import { isMadeBy } from './people.js';
import { isWithin, type AuditQuery } from './query.js';
import { policyVersions, requireEnvironments, unknownKey } from './known.js';
import type { AuditTrail } from './trail.js';

/** What to read. */
export interface AuditRequest {
  readonly repository: GitRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  /** The full hash of the newest commit, and the name that it was found by. */
  readonly tip: string;
  readonly branch: string;
  readonly query: AuditQuery;
  readonly evidenceOf: EvidenceOf;
  readonly now: Date;
  readonly progress: (message: string) => void;
}

/** Answers a query. @throws UsageError for names that nobody knows, SyncError where the history can't be read */
export async function audit(request: AuditRequest): Promise<AuditTrail> {
  return isolated(request.repository, {}, (store) => new Audit(request, store).answer());
}

/** As the policy's schema has it where a policy is silent. */
const USUAL_REVIEW_WITHIN = '24h';

class Audit {
  constructor(
    private readonly request: AuditRequest,
    private readonly store: IsolatedRepository,
  ) {}

  async answer(): Promise<AuditTrail> {
    const { repository, root, tip, branch, query, progress } = this.request;
    progress('reading the history');
    const [line, memory] = await Promise.all([readLine(this.store, tip), EffectMemory.of(repository, root)]);
    const found = query.key === undefined ? undefined : await this.#keyCommits(query.key);
    await requireEnvironments(this.store, this.request, query.environments);
    const context = await this.#contextOf(line);
    const owed = indexesOf(line, ({ id }) => context.reviews.get(id)?.state === 'owed');
    const { wanted, ...commits } = await this.#select(context, { owed, commits: found?.commits.commits });
    const effects = await findEffects({
      store: this.store,
      root,
      line: line.map(({ id }) => id),
      wanted,
      memory,
      followsRepairs: found !== undefined,
      progress,
    });
    const shown = [...new Set([...wanted, ...effects.repairs])].sort((one, other) => one - other);
    const known = effects.repairs.length === 0 ? commits : await this.#records(line, shown);
    const entries = shown.flatMap((index) => {
      const effect = effects.get(line[index]?.id ?? '');
      if (effect === undefined || effect === null || !isWithin(context.moments[index], query)) return [];
      const entry = entryOf({ ...context, ...known }, index, effect);
      return projected(entry, found?.commits.keys, query.environments) ?? [];
    });
    return {
      tip,
      branch,
      entries: query.isOldestFirst ? entries : entries.toReversed(),
      owed: owed.length,
      overdue: owed.filter((index) => debtOf(context, index)?.state === 'overdue').length,
      remarks: found?.remarks ?? [],
    };
  }

  async #contextOf(line: readonly LineCommit[]): Promise<BranchContext> {
    const { tip, root, evidenceOf, now } = this.request;
    const reviews = reviewsOf(line, evidenceOf);
    const moments = momentsOf(
      line.map((commit) => datedBy(commit, evidenceOf)),
      now.getTime(),
    );
    const indexes = new Map(line.map(({ id }, index) => [id, index]));
    const policies = reviews.size === 0 ? [] : await policyVersions(this.store, tip, root);
    const reviewWithin = (index: number): string => {
      const before = policies.find(({ commit }) => (indexes.get(commit) ?? index) < index);
      return before?.policy.reducing?.reviewWithin ?? USUAL_REVIEW_WITHIN;
    };
    return { line, moments, reviews, evidenceOf, reviewWithin, now: now.getTime() };
  }

  /** What is asked for, as indexes of the line; and what the merges among it brought. */
  async #select(
    { line, moments }: BranchContext,
    { owed, commits }: { readonly owed: readonly number[]; readonly commits: ReadonlySet<string> | undefined },
  ): Promise<Selection> {
    const { query } = this.request;
    const { author } = query;
    const debts = new Set(owed);
    const candidates = indexesOf(line, ({ id }, index) => {
      const isAskedFor = (commits?.has(id) ?? true) && (!query.isDebtsOnly || debts.has(index));
      return isAskedFor && isWithin(moments[index], query);
    });
    const { records, merged } = await this.#records(line, candidates);
    const wanted = candidates.filter((index) => {
      const commit = records.get(line[index]?.id ?? '');
      return commit !== undefined && (author === undefined || isMadeBy(author, commit, merged.get(commit.id)));
    });
    return { wanted, records, merged };
  }

  async #keyCommits(key: string): Promise<{ readonly commits: KeyCommits; readonly remarks: readonly string[] }> {
    const { tip, root, progress } = this.request;
    progress(`looking for ${key} in the history`);
    const commits = await keyCommits(this.store, tip, root, key);
    if (commits !== undefined) {
      const others = [...commits.keys].slice(1);
      const remarks = others.length === 0 ? [] : [`${key} was ${others.join(', before that ')} before it was renamed`];
      return { commits, remarks };
    }
    const remark = await unknownKey(this.store, tip, root, key);
    return { commits: { keys: new Set([key]), commits: new Set() }, remarks: [remark] };
  }

  /** Some commits as they are in full, and of the merges among them what they brought. */
  async #records(line: readonly LineCommit[], indexes: readonly number[]): Promise<Omit<Selection, 'wanted'>> {
    const [first, last] = [indexes[0], indexes.at(-1)];
    if (first === undefined || last === undefined) return { records: new Map(), merged: new Map() };
    const isFirstParent = indexes.every((index) => (line[index]?.parents.length ?? 0) < 2);
    const range = { until: line[last]?.id ?? '', since: line[first - 1]?.id, isFirstParent };
    const commits: CommitRecord[] = [];
    for await (const commit of readCommits(this.store, range)) commits.push(commit);
    return {
      records: new Map(commits.map((commit) => [commit.id, commit])),
      merged: isFirstParent ? new Map() : mergedCommits(line.slice(first, last + 1), commits),
    };
  }
}

type BranchContext = Omit<EntryContext, 'merged' | 'records'>;

interface Selection extends Pick<EntryContext, 'merged' | 'records'> {
  /** Indexes of the line. */
  readonly wanted: readonly number[];
}

function indexesOf(
  line: readonly LineCommit[],
  isWanted: (commit: LineCommit, index: number) => boolean,
): readonly number[] {
  return line.flatMap((commit, index) => (isWanted(commit, index) ? [index] : []));
}

function datedBy({ id, date }: LineCommit, evidenceOf: EvidenceOf): DatedCommit {
  const mergedAt = Date.parse(evidenceOf(id)?.mergedAt ?? '');
  return Number.isNaN(mergedAt) ? { date, isHosts: false } : { date: mergedAt, isHosts: true };
}
