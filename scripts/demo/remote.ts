/** A real git remote in a temporary folder, made of a folder of flags, and commits that are pushed to it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { simpleGit, type SimpleGit } from 'simple-git';

/** A bare repository that a provider can pull from. */
export interface DemoRemote {
  readonly url: string;
  /** The clone that commits are made in. */
  readonly clone: string;
  /** Rewrites a file, commits it and pushes the commit; gives the commit's hash. */
  push(path: string, edit: (text: string) => string, message: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes the remote of what `folders` of `root` hold. */
export async function makeRemote(root: string, folders: readonly string[]): Promise<DemoRemote> {
  const base = await mkdtemp(join(tmpdir(), 'guidon-demo-'));
  try {
    return await fill(base, root, folders);
  } catch (error) {
    await rm(base, { recursive: true, force: true });
    throw error;
  }
}

async function fill(base: string, root: string, folders: readonly string[]): Promise<DemoRemote> {
  const bare = join(base, 'acme-flags.git');
  const clone = join(base, 'clone');
  await git(base).init(true, ['--initial-branch=main', bare]);
  await git(base).clone(bare, clone);
  for (const folder of folders) await cp(join(root, folder), join(clone, folder), { recursive: true });
  const author = git(clone);
  await author.addConfig('user.name', 'Demo').addConfig('user.email', 'demo@example.com');
  await author.checkoutLocalBranch('main');
  await author.add('.').commit('feat: the flags').push('origin', 'main');
  return {
    url: pathToFileURL(bare).href,
    clone,
    async push(path, edit, message) {
      const file = join(clone, path);
      await writeFile(file, edit(await readFile(file, 'utf8')));
      await author.add('.').commit(message).push('origin', 'main');
      return (await author.revparse(['HEAD'])).trim();
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** Git without the user's configuration, so that the demonstration runs alike everywhere. */
function git(folder: string): SimpleGit {
  const { PATH = '' } = process.env;
  const environment = { PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  return simpleGit({ baseDir: folder, allowEnvironment: Object.keys(environment) }).env(environment);
}
