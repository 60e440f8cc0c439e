/** A clone as somebody has it in front of them at night, whatever state it is in, and its remote. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import {
  testGitEnvironment,
  type FileChanges,
  type TestRepository,
} from '../../../provider/repository/testing/repository.js';
import { call, type CallResult } from '../../testing/call.js';
import { createFlagRepository } from '../../testing/flag-repository.js';

const execute = promisify(execFile);

/** Whoever works here. */
export const ANN = { name: 'Ann Example', email: 'ann@example.com' } as const;

/** A clone of a small flag repository. */
export class Desk {
  private constructor(readonly repository: TestRepository) {}

  /** Makes both; the clone's user is Ann. `changes` are part of the first commit. */
  static async create(changes: FileChanges = {}): Promise<Desk> {
    const repository = await createFlagRepository(changes);
    // The product runs git as the user: here, a user without settings of their own.
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    vi.stubEnv('HOME', repository.folder);
    for (const [field, value] of Object.entries(ANN)) await repository.git('config', `user.${field}`, value);
    return new Desk(repository);
  }

  get workDir(): string {
    return this.repository.workDir;
  }

  /** Calls flagctl in the clone, or in another folder. */
  call(words: readonly string[], directory = this.workDir): Promise<CallResult> {
    return call(directory, words);
  }

  /** Writes a file of the working tree. */
  write(path: string, text: string): Promise<void> {
    return writeFile(join(this.workDir, path), text);
  }

  /** Runs git in the remote; gives its output, trimmed. */
  async remote(...args: readonly string[]): Promise<string> {
    const options = { env: testGitEnvironment(this.repository.folder), cwd: '/' };
    const { stdout } = await execute('git', [`--git-dir=${this.repository.remoteDir}`, ...args], options);
    return stdout.trim();
  }

  /** The remote's branches besides main. */
  async branches(): Promise<readonly string[]> {
    const listed = await this.remote('for-each-ref', '--format=%(refname:short)', 'refs/heads');
    return listed.split('\n').filter((name) => name !== 'main');
  }

  /** The remote's only branch besides main. @throws Error where there are none, or several */
  async branch(): Promise<string> {
    const [branch, ...others] = await this.branches();
    if (branch === undefined || others.length > 0) throw new Error(`not one branch: ${others.join(', ')}`);
    return branch;
  }

  /** All of the clone that a command must leave alone: HEAD, refs, index, reflogs, working tree. */
  async state(): Promise<Readonly<Record<string, string>>> {
    const index = await readFile(join(this.workDir, '.git/index')).catch(() => '');
    return {
      head: await readFile(join(this.workDir, '.git/HEAD'), 'utf8'),
      refs: withoutPushed(await this.repository.git('for-each-ref')),
      reflog: withoutPushed(await this.repository.git('reflog', '--all')),
      index: createHash('sha256').update(index).digest('hex'),
      status: await this.repository.git('--no-optional-locks', 'status', '--porcelain=v2', '--untracked-files=all'),
      changes: await this.repository.git('--no-optional-locks', 'diff'),
    };
  }

  /** Removes everything. */
  async dispose(): Promise<void> {
    vi.unstubAllEnvs();
    await this.repository.dispose();
  }
}

/** Every push leaves a remote-tracking ref of what it pushed; that is no harm, and lets one look at it. */
function withoutPushed(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => !/refs\/remotes\/origin\/(?:kill|rollback)\//.test(line))
    .join('\n');
}

/** A report without what differs from run to run: hashes, and the temporary folder. */
export function stable(text: string, { repository: { folder } }: Desk): string {
  return text
    .replaceAll(folder, '/tmp/test')
    .replace(/\b[0-9a-f]{40}\b/g, '<commit>')
    .replace(/\b(kill|rollback)(\/|%2F)([\w.-]+)-[0-9a-f]{10}\b/g, '$1$2$3-<hash>')
    .replace(/\b[0-9a-f]{10}\b/g, '<short>');
}
