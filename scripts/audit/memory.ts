/**
 * Effects that were found before, kept in the git directory. An effect depends on nothing but its commit's history,
 * which the commit's hash stands for, and on the rules of this version: so what is kept is right for good, also where
 * the branch was rewritten since. Whatever is damaged is forgotten and found again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkedBy, localEnvironment, runGit, type GitRepository } from '../../provider/repository/index.js';
import { writeWhole } from '../file-writing.js';
import { flagctlVersion } from '../version.js';
import type { RevisionEffect } from './effect.js';
import type { Effects } from './walk.js';

/** Changes with the shape of an effect, and with the words in it. */
const FORMAT = 1;

/** Some hundred thousand commits; a larger file would take longer to read than it saves. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Fewer new ones are found again sooner than the file is written. */
const MIN_NEW_EFFECTS = 100;

const LOOK_TIMEOUT_MS = 10_000;
const LOOK_MAX_BYTES = 64 * 1024;

/** Keeps effects from one call to the next. */
export class EffectMemory {
  readonly #effects: Map<string, RevisionEffect | null>;
  #newCount = 0;

  private constructor(
    private readonly folder: string | undefined,
    private readonly title: string,
    known: Effects,
  ) {
    this.#effects = new Map(known);
  }

  /** What is known of a repository; nothing where it was never asked, or what was kept is damaged or of other rules. */
  static async of(repository: GitRepository, root: string): Promise<EffectMemory> {
    const title = JSON.stringify({ format: FORMAT, version: flagctlVersion(), rules: checkedBy, root });
    const folder = await folderOf(repository);
    const known = folder === undefined ? undefined : await readEffects(join(folder, nameOf(title)), title);
    return new EffectMemory(folder, title, known ?? new Map());
  }

  /** The effect of a commit; null of one that touches nothing that counts, undefined where it is not known. */
  get(commit: string): RevisionEffect | null | undefined {
    return this.#effects.get(commit);
  }

  /** Takes new ones. */
  add(effects: Effects): void {
    for (const [commit, effect] of effects) {
      if (!this.#effects.has(commit)) this.#newCount += 1;
      this.#effects.set(commit, effect);
    }
  }

  /** Writes what is new, where that is worth it; a git directory that can't be written to is no failure. */
  async keep(): Promise<void> {
    if (this.folder === undefined || this.#newCount < MIN_NEW_EFFECTS) return;
    const lines = [this.title, ...[...this.#effects].map((pair) => JSON.stringify(pair))];
    const body = lines.map((line) => `${line}\n`).join('');
    if (body.length > MAX_BYTES) return;
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeWhole(this.folder, nameOf(this.title), `${body}${digestOf(body)}\n`);
      this.#newCount = 0;
    } catch {
      // The next call finds the same again; it only takes longer.
    }
  }
}

function nameOf(title: string): string {
  return `audit-${digestOf(title).slice(0, 16)}.jsonl`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** All working trees of a repository share one. */
async function folderOf({ gitDir }: GitRepository): Promise<string | undefined> {
  const { exitCode, stdout } = await runGit({
    gitDir,
    args: ['rev-parse', '--path-format=absolute', '--git-common-dir'],
    environment: localEnvironment(gitDir),
    timeoutMs: LOOK_TIMEOUT_MS,
    maxOutputBytes: LOOK_MAX_BYTES,
  });
  const path = stdout.toString().replace(/\n$/, '');
  return exitCode === 0 && path !== '' ? join(path, 'guidon') : undefined;
}

async function readEffects(path: string, title: string): Promise<Effects | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return undefined;
    const text = await readFile(path, 'utf8');
    const end = text.lastIndexOf('\n', text.length - 2) + 1;
    const body = text.slice(0, end);
    const [first, ...lines] = body.split('\n').slice(0, -1);
    if (first !== title || text.slice(end) !== `${digestOf(body)}\n`) return undefined;
    return new Map(lines.map((line) => JSON.parse(line) as [string, RevisionEffect | null]));
  } catch {
    return undefined;
  }
}
