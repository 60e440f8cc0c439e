/** The flag repository that a command runs in: its files as they are, as they were at a revision, or as they would be. */
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import {
  SyncError,
  findRepository,
  load,
  parsePath,
  readTree,
  readWorkingTree,
  resolveRevision,
  type LoadResult,
  type Tree,
} from '../provider/repository/index.js';
import { UsageError } from './errors.js';
import { withChanges, type FileChanges } from './overlay.js';

/** A flag repository on this machine. */
export interface Workspace {
  /** Absolute: the git working tree's top, or where there is no git the folder that holds the flags folder. */
  readonly root: string;
  /** The flags folder from the root, with slashes; empty where it is the root itself. */
  readonly path: string;
  /**
   * The files as they are, or as a revision has them.
   * @throws UsageError for a revision or a flags folder that does not exist, SyncError when they can't be read
   */
  tree(revision?: string): Promise<Tree>;
  /** Loads {@link tree}. */
  load(revision?: string): Promise<LoadResult>;
  /** Loads the files as they would be after a change, which nothing is written for. */
  loadChanged(changes: FileChanges): Promise<LoadResult>;
}

/** Where to look for the repository. */
export interface WorkspaceOptions {
  /** Absolute: the folder that somebody works in. */
  readonly directory: string;
  /** `--repo`: the folder that holds the flags folder; left out, it is looked for from `directory` upwards. */
  readonly repository: string | undefined;
  /** `--path`: the flags folder within it. */
  readonly path: string;
}

/** Finds the repository. @throws UsageError where there is none */
export async function openWorkspace({ directory, repository, path }: WorkspaceOptions): Promise<Workspace> {
  const flags = flagsPath(path);
  const holder =
    repository === undefined ? await findHolder(directory, flags) : await givenFolder(resolve(directory, repository));
  const real = await realpath(holder);
  const root = (await nearestAbove(real, (folder) => exists(join(folder, '.git')))) ?? real;
  return new FolderWorkspace(root, [...relative(root, real).split(sep), flags].filter(Boolean).join('/'));
}

class FolderWorkspace implements Workspace {
  constructor(
    readonly root: string,
    readonly path: string,
  ) {}

  async tree(revision?: string): Promise<Tree> {
    if (revision !== undefined) return this.#treeAt(revision);
    const folder = join(this.root, this.path);
    if (!(await isFolder(folder))) {
      throw new UsageError(`there is no folder ${this.path} in ${this.root}; name the flags folder with --path`);
    }
    // A provider reads commits, and in a commit a link is no folder: what passes here must not be refused there.
    if ((await realpath(folder)) !== folder) {
      throw new UsageError(`${this.path} is a symbolic link, or lies behind one; name the real folder with --path`);
    }
    return readWorkingTree(this.root, this.path);
  }

  async load(revision?: string): Promise<LoadResult> {
    return load(await this.tree(revision));
  }

  async loadChanged(changes: FileChanges): Promise<LoadResult> {
    return load(withChanges(await this.tree(), changes));
  }

  async #treeAt(revision: string): Promise<Tree> {
    const repository = await findRepository(this.root);
    if (repository === undefined) throw new UsageError(`${this.root} is not a git repository, so it has no revisions`);
    const commit = await resolveRevision(repository, revision);
    if (commit === undefined) throw new UsageError(`there is no commit ${JSON.stringify(revision)} in ${this.root}`);
    return readTree(repository, commit, this.path, { codeowners: true });
  }
}

function flagsPath(path: string): string {
  try {
    return parsePath(path);
  } catch (error) {
    throw error instanceof SyncError ? new UsageError(error.message) : error;
  }
}

async function givenFolder(folder: string): Promise<string> {
  if (await isFolder(folder)) return folder;
  throw new UsageError(`--repo ${folder} is not a folder`);
}

/** A policy makes a flags folder; but one that lacks it can still be told so. */
async function findHolder(directory: string, path: string): Promise<string> {
  const found =
    (await nearestAbove(directory, (folder) => exists(join(folder, path, 'policy.yaml')))) ??
    (path === '' ? undefined : await nearestAbove(directory, (folder) => isFolder(join(folder, path))));
  if (found !== undefined) return found;
  const policy = join(path, 'policy.yaml');
  throw new UsageError(
    `there is no flag repository here: neither ${directory} nor a folder above it holds ${policy}; name one with --repo`,
  );
}

async function nearestAbove(
  start: string,
  isWanted: (folder: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (await isWanted(folder)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
