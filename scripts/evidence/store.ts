/** The records of a remote: fetched, added to by plumbing alone, and pushed without ever rewinding what is there. */
import { randomBytes } from 'node:crypto';
import { resolveRevision, shown, SyncError, type GitResult } from '../../provider/repository/index.js';
import type { Clone } from '../emergency/clone.js';
import { secretsOf } from '../emergency/remote-address.js';
import { FETCH, PUSH } from '../emergency/transport.js';
import { isOutdated, reasonOf } from '../emergency/transport-words.js';
import { askAsUser, runAsUser } from '../emergency/user-git.js';
import { EVIDENCE_REF } from './record.js';

/** A note to be written. */
export interface NewNote {
  readonly commit: string;
  readonly text: string;
  /** What was reviewed: kept alive by the notes' history, so that it can be compared for good. */
  readonly head: string | undefined;
}

/** Nobody: the records say what wrote them. */
const COMMITTER = 'flagctl <flagctl@evidence.invalid>';

/** The records of a remote, seen from a clone. To be released. */
export class EvidenceStore {
  readonly #held = `refs/guidon/evidence-${randomBytes(8).toString('hex')}`;

  constructor(
    private readonly clone: Clone,
    private readonly remote: string,
  ) {}

  /** The newest commit of the remote's notes; undefined where it has none. @throws SyncError */
  async fetchTip(): Promise<string | undefined> {
    const { gitDir } = this.clone.repository;
    const result = await runAsUser(gitDir, [...FETCH, this.remote, `+${EVIDENCE_REF}:${this.#held}/notes`]);
    if (result.exitCode === 0) return resolveRevision(this.clone.repository, `${this.#held}/notes`);
    if (/find remote ref/.test(result.stderr)) return undefined;
    throw await this.#failure('cannot fetch the evidence records of', result);
  }

  /** Fetches the head of a pull request; whether it is here now. */
  async fetchHead(host: 'github' | 'gitlab', number: number, head: string): Promise<boolean> {
    const { gitDir } = this.clone.repository;
    const isHere = async (): Promise<boolean> => (await resolveRevision(this.clone.repository, head)) === head;
    if (await isHere()) return true;
    const ref = `refs/${host === 'gitlab' ? 'merge-requests' : 'pull'}/${number}/head`;
    await runAsUser(gitDir, [...FETCH, this.remote, `+${ref}:${this.#held}/head-${number}`]);
    return isHere();
  }

  /** Writes notes on top of others, a commit each; gives the last. @throws SyncError */
  async write(tip: string | undefined, notes: readonly NewNote[], now: Date): Promise<string> {
    const { gitDir } = this.clone.repository;
    const ref = `${this.#held}/written`;
    await runAsUser(gitDir, ['update-ref', '-d', ref]);
    const begin = tip === undefined ? command(ref, 'The evidence records begin', now) : '';
    const input =
      begin + notes.map((note, index) => noteCommand(ref, note, index === 0 ? tip : undefined, now)).join('');
    const result = await runAsUser(gitDir, ['fast-import', '--quiet', '--done'], { input: `${input}done\n` });
    const written = await resolveRevision(this.clone.repository, ref);
    if (result.exitCode === 0 && written !== undefined) return written;
    throw new SyncError(`the evidence records cannot be written: ${shown(result.stderr)}`, 'later');
  }

  /** Pushes notes; false where another job was faster. @throws SyncError */
  async push(commit: string): Promise<boolean> {
    const { gitDir } = this.clone.repository;
    const settings = [[`remote.${this.remote}.mirror`, 'false']] as const;
    const result = await runAsUser(gitDir, [...PUSH, this.remote, `${commit}:${EVIDENCE_REF}`], { settings });
    if (result.exitCode === 0) {
      await runAsUser(gitDir, ['update-ref', EVIDENCE_REF, commit]);
      return true;
    }
    if (isOutdated(result)) return false;
    throw await this.#failure('cannot push evidence records to', result);
  }

  /** Lets go of what was fetched; never throws. */
  async release(): Promise<void> {
    const { gitDir } = this.clone.repository;
    const refs = await askAsUser(gitDir, ['for-each-ref', '--format=delete %(refname)', `${this.#held}/`]).catch(
      () => undefined,
    );
    if (refs !== undefined && refs !== '') {
      await runAsUser(gitDir, ['update-ref', '--stdin'], { input: `${refs}\n` }).catch(() => undefined);
    }
  }

  async #failure(what: string, result: GitResult): Promise<SyncError> {
    const { gitDir } = this.clone.repository;
    const url = (await askAsUser(gitDir, ['ls-remote', '--get-url', '--end-of-options', this.remote])) ?? '';
    const secrets = secretsOf(url);
    return new SyncError(`${what} ${this.remote} (${shown(url, secrets)}): ${reasonOf(result, secrets)}`, 'later');
  }
}

/** One note's commit in a `git fast-import` stream; nothing in it is anybody's but hashes and counted bytes. */
function noteCommand(ref: string, { commit, text, head }: NewNote, from: string | undefined, now: Date): string {
  return [
    command(ref, `Evidence of ${commit}`, now),
    ...(from === undefined ? [] : [`from ${from}\n`]),
    ...(head === undefined ? [] : [`merge ${head}\n`]),
    `N inline ${commit}\n`,
    `data ${Buffer.byteLength(text)}\n${text}\n`,
  ].join('');
}

/** The first one is empty: without it, what was reviewed would be the first parent of the first record. */
function command(ref: string, message: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1_000);
  return `commit ${ref}\ncommitter ${COMMITTER} ${seconds} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n`;
}
