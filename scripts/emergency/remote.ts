/** The remote of a clone: its main branch as it is there now, and the way of a commit to it. */
import { randomBytes } from 'node:crypto';
import { parseRef, shown, SyncError, type GitResult } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import type { Clone } from './clone.js';
import { addressOf, secretsOf, type WebAddress } from './remote-address.js';
import { FETCH, PUSH } from './transport.js';
import { isOutdated, reasonOf, serverLines } from './transport-words.js';
import { askAsUser, runAsUser } from './user-git.js';

/** Which remote and branch are meant. */
export interface RemoteOptions {
  /** Left out: `origin`, or the only one that there is. */
  readonly name: string | undefined;
  /** The main branch; left out: the remote's default. */
  readonly branch: string | undefined;
}

/** What became of a push. `outdated`: the branch has moved on, and the push is to be made anew on its tip. */
export type PushResult =
  | { readonly kind: 'pushed'; /** What the server said. */ readonly words: readonly string[] }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Shows nobody's work: the fetched commit is held there until the command has ended. */
const PRIVATE_REFS = 'refs/guidon';

/** A remote that can be fetched from and pushed to. */
export class Remote {
  readonly #held = `${PRIVATE_REFS}/emergency-${randomBytes(8).toString('hex')}`;

  constructor(
    private readonly clone: Clone,
    readonly name: string,
    /** The main branch, without `refs/heads/`. */
    readonly branch: string,
    private readonly url: string,
    /** Where the remote's pages are; undefined where its URL does not tell. */
    readonly address: WebAddress | undefined,
  ) {}

  /** Fetches the main branch; gives its commit's full hash. @throws SyncError */
  async fetchTip(): Promise<string> {
    const { gitDir } = this.clone.repository;
    const source = `refs/heads/${this.branch}`;
    const result = await runAsUser(gitDir, [...FETCH, this.name, `+${source}:${this.#held}`]);
    if (result.exitCode !== 0) throw this.#failure(`cannot fetch ${this.branch} of`, result);
    const commit = await askAsUser(gitDir, ['rev-parse', '--verify', '--quiet', `${this.#held}^{commit}`]);
    if (commit === undefined) throw new SyncError(`${this.branch} of the remote ${this.name} is no commit`, 'later');
    return commit;
  }

  /** Pushes a commit to a branch, never over what is there. @throws SyncError where the remote can't be reached */
  async push(commit: string, branch: string): Promise<PushResult> {
    const { gitDir } = this.clone.repository;
    // A clone made with --mirror would push all that it has, and refuses to push one thing.
    const settings = [[`remote.${this.name}.mirror`, 'false']] as const;
    const target = `${commit}:refs/heads/${branch}`;
    const result = await runAsUser(gitDir, [...PUSH, this.name, target], { settings });
    if (result.exitCode === 0) return { kind: 'pushed', words: serverLines(result, secretsOf(this.url)) };
    if (isOutdated(result)) return { kind: 'outdated' };
    const failure = this.#failure(`cannot push to ${branch} of`, result);
    if (!/^!\t/m.test(result.stdout.toString('utf8'))) {
      const command = `git push ${this.name} ${target}`;
      throw new SyncError(`${failure.message}\nthe commit is ready; to push it by hand: ${command}`, 'later');
    }
    const said = serverLines(result, secretsOf(this.url)).map((line) => `\n  ${line}`);
    return { kind: 'refused', reason: failure.message + said.join('') };
  }

  /** Lets go of what was fetched; never throws. */
  async release(): Promise<void> {
    await runAsUser(this.clone.repository.gitDir, ['update-ref', '-d', this.#held]).catch(() => undefined);
  }

  #failure(what: string, result: GitResult): SyncError {
    const secrets = secretsOf(this.url);
    return new SyncError(`${what} ${this.name} (${shown(this.url, secrets)}): ${reasonOf(result, secrets)}`, 'later');
  }
}

/** Finds a clone's remote. @throws UsageError where it has none, SyncError where it can't be asked for its branch */
export async function openRemote(clone: Clone, options: RemoteOptions): Promise<Remote> {
  const { gitDir } = clone.repository;
  const name = chooseRemote((await askAsUser(gitDir, ['remote']))?.split('\n').filter(Boolean) ?? [], options.name);
  const url = (await askAsUser(gitDir, ['ls-remote', '--get-url', '--end-of-options', name])) ?? '';
  const branch = options.branch ?? (await defaultBranch(gitDir, name, url));
  parseRef(`refs/heads/${branch}`);
  // Rewritten by `insteadOf`, a short name becomes an address, and an address a mirror's.
  const written = (await askAsUser(gitDir, ['config', '--get', `remote.${name}.url`])) ?? '';
  return new Remote(clone, name, branch, url, addressOf(url) ?? addressOf(written));
}

function chooseRemote(names: readonly string[], wanted: string | undefined): string {
  if (names.length === 0) {
    throw new UsageError('this clone has no remote to push to; --local edits the file in the working tree');
  }
  const [only] = names.length === 1 ? names : [];
  const name = wanted ?? (names.includes('origin') ? 'origin' : only);
  if (name !== undefined && names.includes(name)) return name;
  const what = name === undefined ? 'there are several remotes' : `there is no remote ${JSON.stringify(name)}`;
  throw new UsageError(`${what}; name one of ${names.join(', ')} with --remote`);
}

/** As the clone remembers it; a bare or partial set-up doesn't, and the remote is asked. */
async function defaultBranch(gitDir: string, name: string, url: string): Promise<string> {
  const prefix = `refs/remotes/${name}/`;
  const known = await askAsUser(gitDir, ['symbolic-ref', '--quiet', `${prefix}HEAD`]);
  if (known?.startsWith(prefix) === true) return known.slice(prefix.length);
  const answer = await runAsUser(gitDir, ['ls-remote', '--symref', '--end-of-options', name, 'HEAD']);
  const secrets = secretsOf(url);
  const where = `the remote ${name} (${shown(url, secrets)})`;
  if (answer.exitCode !== 0) throw new SyncError(`cannot ask ${where}: ${reasonOf(answer, secrets)}`, 'later');
  const branch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(answer.stdout.toString('utf8'))?.[1];
  if (branch !== undefined) return branch;
  throw new UsageError(`${where} does not say which branch is its main one; name it with --branch`);
}
