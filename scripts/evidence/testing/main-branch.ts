/** A main branch that pull requests are merged into as hosts do it, and the jobs that record and verify what came. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { findRepository, resolveRevision, type LocalRepository } from '../../../provider/repository/index.js';
import {
  testGitEnvironment,
  TestRepository,
  type FileChanges,
} from '../../../provider/repository/testing/repository.js';
import type { PullRequest, Review } from '../../approval/pull-request.js';
import { accounts, companyFiles, owners, signatureOf } from '../../control/testing/company.js';
import { openClone } from '../../emergency/clone.js';
import { openRemote } from '../../emergency/remote.js';
import { TestClock } from '../../host/testing/test-clock.js';
import { Notes } from '../notes.js';
import { EVIDENCE_REF, recordText, type EvidenceRecord } from '../record.js';
import { EvidenceStore } from '../store.js';
import { recordEvidence, type RecordOutcome, type RecordRequest } from '../record-evidence.js';
import { verifyEvidence, type Verification, type VerifyRequest } from '../verify-evidence.js';

const execute = promisify(execFile);

/** How a pull request is merged, and what came before. */
export interface MergeOptions {
  readonly how?: 'merge' | 'squash' | 'rebase';
  readonly approvers?: readonly string[];
  readonly message?: string;
  /** One commit each; the last has the changes. */
  readonly earlier?: readonly FileChanges[];
  /** In place of the merge's own tree: what somebody slipped into it. */
  readonly slipped?: FileChanges;
  /** What the host tells otherwise. */
  readonly tells?: (pull: PullRequest) => Partial<PullRequest>;
  /** Makes the commits of the branch signed: the path of a private key. */
  readonly key?: string;
  readonly date?: string;
  readonly author?: string;
}

/** A remote with its main branch, a clone where people work, and what the host knows. */
export class MainBranch {
  readonly #pulls = new Map<number, PullRequest>();
  readonly #sources = new Map<string, number[]>();
  #minutes = 0;
  #clones = 0;

  private constructor(readonly repository: TestRepository) {}

  /** The company's repository, with one commit. */
  static async create(changes: FileChanges = {}): Promise<MainBranch> {
    const repository = await TestRepository.create();
    // The product runs git as the user: here, a user without settings of their own.
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    vi.stubEnv('HOME', repository.folder);
    await repository.commit({ ...companyFiles, ...changes });
    return new MainBranch(repository);
  }

  /** Pull requests as the host tells them. */
  readonly host: RecordRequest['host'] = {
    pullRequestsOf: async (commit) => this.#sources.get(commit) ?? [],
    readPullRequest: async (number) => {
      const pull = this.#pulls.get(number);
      if (pull === undefined) throw new Error(`no pull request ${number}`);
      return pull;
    },
    mergeTimeOf: async (commit) => {
      const [number] = this.#sources.get(commit) ?? [];
      const at = number === undefined ? undefined : this.#pulls.get(number)?.merge?.at;
      return at === undefined ? undefined : new Date(at);
    },
  };

  /** Merges a pull request; gives the commits of the main branch that it became. */
  async merge(number: number, changes: FileChanges, options: MergeOptions = {}): Promise<readonly string[]> {
    const { how = 'merge', approvers = [], message = 'Change\n\nReason: it is needed', earlier = [] } = options;
    const { author = signatureOf('mallory'), date = '2026-01-01T00:00:00Z', key } = options;
    const git = this.repository.git.bind(this.repository);
    const base = await git('rev-parse', 'main');
    await git('checkout', '--quiet', '-b', `change-${number}`);
    if (key !== undefined) {
      for (const [name, value] of [
        ['gpg.format', 'ssh'],
        ['user.signingkey', key],
        ['commit.gpgsign', 'true'],
      ] as const) {
        await git('config', name, value);
      }
    }
    for (const files of [...earlier, changes]) {
      await this.repository.commitAs(files, message, { author, date }, `change-${number}`);
    }
    await git('config', 'commit.gpgsign', 'false');
    const head = await git('rev-parse', 'HEAD');
    await git('push', '--quiet', 'origin', `HEAD:refs/pull/${number}/head`);
    const commits = (await git('rev-list', '--reverse', `${base}..${head}`)).split('\n');
    await git('push', '--quiet', '--delete', 'origin', `change-${number}`);
    const told = this.#told(number, { base, head, commits, approvers, message, author });
    await git('checkout', '--quiet', 'main');
    if (how === 'merge') await git('merge', '--quiet', '--no-ff', '--no-edit', `change-${number}`);
    if (how === 'squash') {
      await git('merge', '--quiet', '--squash', `change-${number}`);
      await git('commit', '--quiet', '--message', `Squashed (#${number})`);
    }
    // Other committers, as the host is: other hashes.
    if (how === 'rebase')
      await git('-c', 'user.name=Host', '-c', 'user.email=h@acme.example', 'cherry-pick', `${base}..${head}`);
    if (options.slipped !== undefined) await this.#amend(options.slipped);
    await this.repository.push();
    const merged = (await git('rev-list', '--first-parent', '--reverse', `${base}..main`)).split('\n');
    const at = `2026-12-01T12:${String(this.#minutes++).padStart(2, '0')}:00Z`;
    const merge = { commit: merged.at(-1) ?? '', at, by: 'olga' };
    this.#pulls.set(number, { ...told, state: 'merged', merge, ...options.tells?.(told) });
    for (const commit of [...merged, ...commits]) this.#sources.set(commit, [number]);
    return merged;
  }

  /** A push straight to the main branch. */
  async push(changes: FileChanges, message = 'Pushed', by = 'mallory'): Promise<string> {
    return this.repository.commitAs(changes, message, { author: signatureOf(by) });
  }

  /** A fresh clone with the records; a job has one. */
  async clone(): Promise<string> {
    this.#clones += 1;
    const folder = join(this.repository.folder, `clone-${this.#clones}`);
    await this.git('clone', '--quiet', this.repository.remoteDir, folder);
    return folder;
  }

  /** Runs the job that records, in a clone of its own. */
  async record(options: Partial<RecordRequest> = {}, folder?: string): Promise<RecordOutcome> {
    const clone = await openClone({ directory: folder ?? (await this.clone()), repository: undefined, path: 'flags' });
    const remote = await openRemote(clone, { name: undefined, branch: undefined });
    const clock = new TestClock();
    const request = {
      clone,
      remote,
      host: this.host,
      clock,
      now: () => new Date('2026-12-01T13:00:00Z'),
      progress: () => undefined,
    };
    try {
      return await recordEvidence({ ...request, ...options });
    } finally {
      await remote.release();
    }
  }

  /** Verifies in a clone, by default a fresh one, after fetching what the remote has. */
  async verify(options: Partial<VerifyRequest> = {}, folder?: string): Promise<Verification> {
    const directory = folder ?? (await this.clone());
    await this.fetch(directory);
    return this.verifyFetched(directory, options);
  }

  /** Verifies in a clone as it is. */
  async verifyFetched(directory: string, options: Partial<VerifyRequest> = {}): Promise<Verification> {
    const repository = (await findRepository(directory)) as LocalRepository;
    const tip = (await resolveRevision(repository, 'origin/main')) ?? '';
    const request = { repository, root: 'flags', branch: 'main', tip, requireSignatures: false };
    return verifyEvidence({ ...request, progress: () => undefined, ...options });
  }

  /** Brings a clone up to date, rewritten or not. */
  async fetch(directory: string): Promise<void> {
    await this.git(
      '-C',
      directory,
      'fetch',
      '--quiet',
      '--prune',
      'origin',
      `+${EVIDENCE_REF}*:${EVIDENCE_REF}*`,
      '+refs/heads/*:refs/remotes/origin/*',
    );
  }

  /** Codes of findings with the commits that they name, in the order of the report. */
  async codes(options: Partial<VerifyRequest> = {}, folder?: string): Promise<readonly string[]> {
    const { findings } = await this.verify(options, folder);
    return findings.map(({ code, commit }) => `${code} ${commit}`);
  }

  /** A record of the remote. */
  async recordOf(commit: string): Promise<EvidenceRecord> {
    const repository = (await findRepository(this.repository.remoteDir)) as LocalRepository;
    const note = await (await Notes.at(repository, await resolveRevision(repository, EVIDENCE_REF))).of(commit);
    if (typeof note !== 'object') throw new Error(`no record of ${commit}: ${note}`);
    return note;
  }

  /** Overwrites the note of a commit in the remote, as `git notes add --force` does. */
  async overwrite(commit: string, text: string): Promise<void> {
    await this.remote(['notes', `--ref=${EVIDENCE_REF}`, 'add', '--force', '--file=-', commit], text);
  }

  /** Makes the remote's notes anew, of records in their order, as whoever may write there can. */
  async rewrite(records: readonly EvidenceRecord[]): Promise<void> {
    const repository = (await findRepository(this.repository.remoteDir)) as LocalRepository;
    const notes = records.map((record) => ({ commit: record.commit, text: recordText(record), head: undefined }));
    const date = new Date('2026-12-02T00:00:00Z');
    const tip = await new EvidenceStore({ repository, path: 'flags' }, 'origin').write(undefined, notes, date);
    await this.remote(['update-ref', EVIDENCE_REF, tip]);
  }

  /** Runs git in the remote. */
  remote(words: readonly string[], input?: string): Promise<string> {
    return this.#run([`--git-dir=${this.repository.remoteDir}`, ...words], input);
  }

  /** Runs git anywhere. */
  git(...words: readonly string[]): Promise<string> {
    return this.#run(words);
  }

  async #run(words: readonly string[], input?: string): Promise<string> {
    const running = execute('git', [...words], { env: testGitEnvironment(this.repository.folder), cwd: '/' });
    running.child.stdin?.on('error', () => undefined);
    running.child.stdin?.end(input ?? '');
    return (await running).stdout.trim();
  }

  async #amend(files: FileChanges): Promise<void> {
    const message = await this.repository.git('log', '-1', '--format=%B');
    for (const [path, text] of Object.entries(files)) {
      const blob = await this.#run(['-C', this.repository.workDir, 'hash-object', '-w', '--stdin'], String(text));
      await this.repository.git('update-index', '--add', '--cacheinfo', `100644,${blob},${path}`);
    }
    await this.repository.git('commit', '--quiet', '--amend', `--message=${message}`);
    await this.repository.git('reset', '--quiet', '--hard');
  }

  #told(
    number: number,
    facts: {
      readonly base: string;
      readonly head: string;
      readonly commits: readonly string[];
      readonly approvers: readonly string[];
      readonly message: string;
      readonly author: string;
    },
  ): PullRequest {
    const { base, head, commits, approvers, message, author } = facts;
    const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(author) ?? [];
    const signature = {
      name,
      email,
      login: accounts.find(({ login }) => signatureOf(login) === author)?.login ?? null,
    };
    const reviews = approvers.map((login, index): Review => {
      return { id: String(index), login, state: 'approved', commit: head, submittedAt: `2026-12-01T11:0${index}:00Z` };
    });
    return {
      host: 'github',
      repository: 'acme/flags',
      number,
      url: `https://github.example/acme/flags/pull/${number}`,
      title: `Change ${number}`,
      body: '## Reason\n\nWe need it for the pilot.\n',
      author: 'mallory',
      state: 'open',
      isDraft: false,
      base: { ref: 'main', commit: base },
      head: { ref: `change-${number}`, commit: head, repository: 'acme/flags' },
      commits: commits.map((id) => ({ id, message, author: signature, committer: signature, isMadeByHost: false })),
      reviews,
      pushers: ['mallory'],
      retargetedAt: [],
      accounts,
      owners,
      identities: Object.fromEntries(accounts.map(({ login }) => [`${login}@acme.example`, login])),
      merge: undefined,
      gaps: [],
    };
  }

  /** Removes everything. */
  async dispose(): Promise<void> {
    vi.unstubAllEnvs();
    await this.repository.dispose();
    await rm(this.repository.folder, { recursive: true, force: true });
  }
}
