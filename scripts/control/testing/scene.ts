/** A pull request in the making, in a real repository: what an attack or an honest change is told with. */
import { TestRepository, type Authorship, type FileChanges } from '../../../provider/repository/testing/repository.js';
import type { PullRequest, PullRequestCommit, Review } from '../../approval/pull-request.js';
import { accounts, companyFiles, owners, signatureOf } from './company.js';

/** When the host says that things happened; the clock of the checks is a little later. */
export const NOW = '2026-12-01T12:00:00Z';

const SEPARATOR = '\u001e';
const FIELDS = ['%H', '%an', '%ae', '%cn', '%ce', '%B'].join('%x1f');

let made: Promise<TestRepository> | undefined;

/** Made once for all scenes of a process. */
function company(): Promise<TestRepository> {
  made ??= TestRepository.create().then(async (repository) => {
    await repository.commit(companyFiles);
    return repository;
  });
  return made;
}

/** Removes what the scenes of this process share. */
export async function disposeCompany(): Promise<void> {
  await (await made)?.dispose();
  made = undefined;
}

/** The base branch `main` and a head branch `change` that began at its tip. */
export class Scene {
  #reviews: Review[] = [];
  #overrides: Partial<PullRequest> = {};
  #hasBranch = false;

  private constructor(readonly repository: TestRepository) {}

  /** The company's repository; `changes` are made before anything happens. */
  static async create(changes: FileChanges = {}): Promise<Scene> {
    const repository = await (await company()).copy();
    if (Object.keys(changes).length > 0) await repository.commit(changes);
    return new Scene(repository);
  }

  /** A change that reached main before, or while the pull request is open; by a merge of the host on that day. */
  async main(changes: FileChanges, { date = '2026-01-02T00:00:00Z', message = 'Change (#1)' } = {}): Promise<string> {
    if (this.#hasBranch) await this.repository.git('checkout', '--quiet', 'main');
    const commit = await this.repository.commitAs(changes, message, { author: signatureOf('olga'), date });
    if (this.#hasBranch) await this.repository.git('checkout', '--quiet', 'change');
    return commit;
  }

  /** A commit on the pull request's branch, mallory's where nobody else is named. */
  async push(changes: FileChanges, message = 'Change\n\nReason: it is needed', by: Authorship = {}): Promise<string> {
    if (!this.#hasBranch) await this.repository.git('checkout', '--quiet', '-b', 'change');
    this.#hasBranch = true;
    return this.repository.commitAs(changes, message, { author: signatureOf('mallory'), ...by }, 'change');
  }

  /** Any git command in the clone. */
  git(...args: readonly string[]): Promise<string> {
    return this.repository.git(...args);
  }

  /** A review of the branch's tip as it is now, or of another commit. */
  async review(login: string, state: Review['state'] = 'approved', commit?: string): Promise<void> {
    const minutes = String(this.#reviews.length).padStart(2, '0');
    this.#reviews.push({
      id: String(this.#reviews.length + 1),
      login,
      state,
      commit: commit ?? (await this.git('rev-parse', 'HEAD')),
      submittedAt: `2026-12-01T11:${minutes}:00Z`,
    });
  }

  /** Facts that the host tells otherwise than it would. */
  tells(overrides: Partial<PullRequest>): void {
    this.#overrides = { ...this.#overrides, ...overrides };
  }

  /** The pull request as the host tells it; of another branch where it is named. */
  async pullRequest(branch = 'change', number = 7): Promise<PullRequest> {
    const commits = await this.#commits(branch);
    return {
      host: 'github',
      repository: 'acme/flags',
      number,
      url: `https://github.example/acme/flags/pull/${number}`,
      title: 'Change',
      body: '## Reason\n\nWe need it for the pilot.\n',
      author: 'mallory',
      state: 'open',
      isDraft: false,
      base: { ref: 'main', commit: await this.git('rev-parse', 'origin/main') },
      head: { ref: branch, commit: await this.git('rev-parse', branch), repository: 'acme/flags' },
      commits,
      reviews: this.#reviews,
      pushers: ['mallory'],
      retargetedAt: [],
      accounts,
      owners,
      identities: Object.fromEntries(accounts.map(({ login }) => [`${login}@acme.example`, login])),
      merge: undefined,
      gaps: [],
      ...this.#overrides,
    };
  }

  async #commits(branch: string): Promise<readonly PullRequestCommit[]> {
    const range = `origin/main..${branch}`;
    const text = await this.git('log', '--reverse', `--format=${FIELDS}${SEPARATOR}`, range);
    const records = text.split(SEPARATOR).map((record) => record.trim());
    return records.filter(Boolean).map((record) => {
      const [id = '', authorName = '', authorEmail = '', name = '', email = '', message = ''] = record.split('\u001f');
      return {
        id,
        message,
        author: { name: authorName, email: authorEmail, login: loginOf(authorEmail) },
        committer: { name, email, login: loginOf(email) },
        isMadeByHost: false,
      };
    });
  }
}

function loginOf(email: string): string | null {
  return accounts.find(({ login }) => signatureOf(login).endsWith(`<${email}>`))?.login ?? null;
}
