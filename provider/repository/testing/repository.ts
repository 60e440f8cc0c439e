/** Real git repositories in temporary folders, out of reach of the configuration of whoever runs the tests. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** How to make a test repository. */
export interface TestRepositoryOptions {
  /** The remote's directory name, `.git` excluded; left out: `flags`. */
  readonly name?: string;
  readonly objectFormat?: 'sha1' | 'sha256';
}

/** One raw entry for a commit: any mode, any bytes as its path. `target` of a submodule is a commit's hash. */
export interface RawEntry {
  readonly mode: '100644' | '120000' | '160000';
  readonly path: string | Buffer;
  readonly target: string | Buffer;
}

/** Files to write before a commit; null deletes. */
export type FileChanges = Readonly<Record<string, string | Uint8Array | null>>;

/** Who a commit says made it, and when. */
export interface Authorship {
  /** `Ann <ann@example.com>` */
  readonly author?: string;
  readonly committer?: string;
  /** RFC 3339; both dates. */
  readonly date?: string;
}

const PERSON = { NAME: 'Test Author', EMAIL: 'author@example.com', DATE: '2026-01-01T00:00:00Z' };

/** The environment of every git command of the tests. */
export function testGitEnvironment(home: string): Record<string, string> {
  const people = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(PERSON).map(([field, value]) => [`GIT_${role}_${field}`, value]),
  );
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    LC_ALL: 'C',
    ...Object.fromEntries(people),
  };
}

/** A bare remote and a working clone of it. */
export class TestRepository {
  /** Everything lies below it. */
  readonly folder: string;
  /** The bare remote. */
  readonly remoteDir: string;
  /** The clone's working tree. */
  readonly workDir: string;

  private constructor(folder: string, name: string) {
    this.folder = folder;
    this.remoteDir = join(folder, 'remotes', `${name}.git`);
    this.workDir = join(folder, 'work');
  }

  /** Makes both, on an unborn branch `main`. */
  static async create({ name = 'flags', objectFormat = 'sha1' }: TestRepositoryOptions = {}): Promise<TestRepository> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'guidon-test-')));
    const repository = new TestRepository(folder, name);
    await mkdir(repository.remoteDir, { recursive: true });
    await mkdir(repository.workDir);
    const init = ['init', '--quiet', '--initial-branch=main', `--object-format=${objectFormat}`];
    await repository.run([...init, '--bare', repository.remoteDir]);
    await repository.git(...init);
    await repository.git('remote', 'add', 'origin', repository.remoteDir);
    return repository;
  }

  /** Another one with the same history: faster than making it again. */
  async copy(): Promise<TestRepository> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'guidon-test-')));
    await cp(this.folder, folder, { recursive: true });
    const copied = new TestRepository(folder, basename(this.remoteDir, '.git'));
    await copied.git('remote', 'set-url', 'origin', copied.remoteDir);
    return copied;
  }

  /** The URL of the remote as `file://`. */
  get url(): string {
    return `file://${this.remoteDir}`;
  }

  /** Runs git in the clone; gives its output, trimmed. */
  async git(...args: readonly string[]): Promise<string> {
    return (await this.run(['-C', this.workDir, ...args])).trim();
  }

  /** Writes and deletes files, commits all and pushes it; gives the commit's hash. */
  async commit(changes: FileChanges, message = 'Change'): Promise<string> {
    await this.#write(changes);
    await this.git('commit', '--quiet', '--allow-empty', `--message=${message}`);
    return this.push();
  }

  /** Commits files on the current branch of the clone as somebody else, and pushes that branch; gives the hash. */
  async commitAs(changes: FileChanges, message: string, authorship: Authorship, branch = 'main'): Promise<string> {
    const { author = 'Test Author <author@example.com>', committer = author, date = PERSON.DATE } = authorship;
    const fields = Object.entries({ AUTHOR: author, COMMITTER: committer }).flatMap(([role, person]) => {
      const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(person) ?? [];
      return Object.entries({ NAME: name, EMAIL: email, DATE: date }).map(([field, value]) => [
        `GIT_${role}_${field}`,
        value,
      ]);
    });
    await this.#write(changes);
    const words = ['-C', this.workDir, 'commit', '--quiet', '--allow-empty', `--message=${message}`];
    await this.run(words, undefined, Object.fromEntries(fields) as Record<string, string>);
    return this.push(branch);
  }

  /** Adds entries that a working tree may be unable to hold on top of what is committed; commits and pushes. */
  async commitRaw(entries: readonly RawEntry[], branch = 'main'): Promise<string> {
    const records: Buffer[] = [];
    for (const { mode, path, target } of entries) {
      const id = mode === '160000' ? String(target) : await this.writeBlob(target);
      records.push(Buffer.from(`${mode} ${id}\t`), Buffer.from(path), Buffer.from('\0'));
    }
    await this.run(['-C', this.workDir, 'update-index', '-z', '--index-info'], Buffer.concat(records));
    await this.git('commit', '--quiet', '--message=Raw');
    return this.push(branch);
  }

  /** Writes a tree object byte by byte, unchecked; gives its hash. */
  async makeTree(entries: readonly { mode: string; path: string; id: string }[]): Promise<string> {
    const bytes = entries.flatMap(({ mode, path, id }) => [Buffer.from(`${mode} ${path}\0`), Buffer.from(id, 'hex')]);
    const args = ['-C', this.workDir, 'hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
    return (await this.run(args, Buffer.concat(bytes))).trim();
  }

  /** Adds the commits of a `git fast-import` stream to the remote: thousands in a moment. */
  async fastImport(stream: string): Promise<void> {
    await this.run([`--git-dir=${this.remoteDir}`, 'fast-import', '--quiet'], Buffer.from(stream));
  }

  /** Pushes HEAD to a branch of the remote, also when that rewinds it; gives HEAD's hash. */
  async push(branch = 'main'): Promise<string> {
    await this.git('push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`);
    return this.git('rev-parse', 'HEAD');
  }

  /** Removes everything. */
  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #write(changes: FileChanges): Promise<void> {
    for (const [path, content] of Object.entries(changes)) {
      const file = join(this.workDir, path);
      await mkdir(dirname(file), { recursive: true });
      await (content === null ? rm(file, { force: true }) : writeFile(file, content));
    }
    await this.git('add', '--all', '--force');
  }

  private async writeBlob(content: string | Buffer): Promise<string> {
    return (await this.run(['-C', this.workDir, 'hash-object', '-w', '--stdin'], Buffer.from(content))).trim();
  }

  private run(
    args: readonly string[],
    input?: Buffer,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { env: { ...testGitEnvironment(this.folder), ...environment }, cwd: this.folder };
      const child = execFile('git', args, options, (error, stdout, stderr) => {
        if (error) reject(new Error(`git ${args.join(' ')}: ${stderr}`, { cause: error }));
        else resolve(stdout);
      });
      child.stdin?.end(input);
    });
  }
}
