/** The folder that becomes a flag repository: what is there already, and that nothing is written out of it. */
import { lstat, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { MAX_FILE_BYTES, SyncError, readWorkingTree, type Tree } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import type { NewFile } from './new-file.js';

/** Where code owners of a repository can stand, in GitHub's order. */
const CODEOWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** A folder that may be missing or empty, or hold a repository. */
export class Folder {
  private constructor(
    /** Absolute, and real as far as it is there. */
    readonly root: string,
    readonly isThere: boolean,
  ) {}

  /** @throws UsageError where it is no folder, or lies within a repository that starts above it */
  static async open(path: string): Promise<Folder> {
    const present = await stat(path).catch(() => undefined);
    if (present?.isDirectory() === false) throw new UsageError(`${path} is there and is not a folder`);
    const root = present === undefined ? path : await realpath(path);
    const above = await repositoryAbove(root);
    if (above !== undefined && above !== root) {
      throw new UsageError(
        `${path} lies within the git repository ${above}, and GitHub reads workflows and CODEOWNERS at its top only; run init there`,
      );
    }
    return new Folder(root, present !== undefined);
  }

  /** Whether it is the top of a git repository. */
  async hasGit(): Promise<boolean> {
    return (await this.#kind('.git')) !== undefined;
  }

  /** Whether there is a file or folder at a path from the root, with slashes. */
  async has(path: string): Promise<boolean> {
    return (await this.#kind(path)) !== undefined;
  }

  /**
   * The file that stands for a new one: itself, or the same under another name, letter case aside; else undefined.
   * @throws UsageError where its folder is not a real one
   */
  async present({ path, alternatives = [] }: NewFile): Promise<string | undefined> {
    await this.#requireRealFolders(path);
    for (const candidate of [path, ...alternatives]) {
      const folder = posix.dirname(candidate);
      const names = await readdir(join(this.root, folder)).catch((): string[] => []);
      const found = names.find((name) => name.toLowerCase() === posix.basename(candidate).toLowerCase());
      if (found !== undefined) return posix.join(folder, found);
    }
    return undefined;
  }

  /** The flags and CODEOWNERS as they are. @throws SyncError when they can't be read */
  async tree(): Promise<Tree> {
    if ((await this.#kind('flags')) !== undefined) return readWorkingTree(this.root, 'flags');
    return {
      repository: posix.basename(this.root),
      root: 'flags',
      revision: '',
      hasCodeowners: true,
      entries: [],
      read: () => Promise.resolve(new Map()),
    };
  }

  /** The CODEOWNERS files that are there, for a tree that has no flags yet. @throws SyncError */
  async codeowners(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const path of CODEOWNERS) {
      const text = await this.text(path);
      if (text !== undefined) found.set(path, text);
    }
    return found;
  }

  /** What stands in a file that is there; undefined where it is none, or longer than any that init writes. */
  async text(path: string): Promise<string | undefined> {
    if ((await this.#kind(path)) !== 'file') return undefined;
    const text = await readFile(join(this.root, path), 'utf8');
    return text.length <= MAX_FILE_BYTES ? text : undefined;
  }

  /** Makes it where it is missing. @throws SyncError where that can't be done */
  async make(): Promise<void> {
    try {
      await mkdir(this.root, { recursive: true });
    } catch (cause) {
      throw new SyncError(`can't make ${this.root}: ${(cause as Error).message}`, 'never', { cause });
    }
  }

  async #requireRealFolders(path: string): Promise<void> {
    const parts = path.split('/').slice(0, -1);
    for (const [index] of parts.entries()) {
      const folder = parts.slice(0, index + 1).join('/');
      const kind = await this.#kind(folder);
      if (kind === undefined || kind === 'folder') continue;
      throw new UsageError(`${folder} is there and is not a real folder; init follows no links and replaces nothing`);
    }
  }

  async #kind(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
    const found = await lstat(join(this.root, path)).catch(() => undefined);
    if (found === undefined) return undefined;
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  }
}

async function repositoryAbove(start: string): Promise<string | undefined> {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if ((await lstat(join(folder, '.git')).catch(() => undefined)) !== undefined) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
