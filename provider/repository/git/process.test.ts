import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localEnvironment, remoteEnvironment } from './environment.js';
import { type GitRun, runGit } from './process.js';
import { GitHttpServer } from '../testing/git-http-server.js';
import { Bundle } from '../testing/bundle.js';
import { canListProcesses, processesWith } from '../testing/processes.js';
import { TestRepository } from '../testing/repository.js';

let repository: TestRepository;
let server: GitHttpServer;

beforeEach(async () => {
  repository = await TestRepository.create();
  server = await GitHttpServer.start({ root: join(repository.folder, 'remotes') });
  server.behaviour = 'hang';
});

afterEach(async () => {
  await server.stop();
  await repository.dispose();
});

const aRun = (changes: Partial<GitRun>): GitRun => ({
  gitDir: repository.remoteDir,
  args: ['rev-parse', '--git-dir'],
  environment: localEnvironment(repository.remoteDir),
  timeoutMs: 30_000,
  maxOutputBytes: 1_000,
  ...changes,
});

/** A fetch that never ends: git, its transport, and a server that is silent. */
const aHangingRun = (changes: Partial<GitRun> = {}): GitRun =>
  aRun({
    args: ['ls-remote', server.url('flags.git')],
    environment: remoteEnvironment(repository.remoteDir, 'http', true),
    ...changes,
  });

async function expectNoProcesses(): Promise<void> {
  expect(await processesWith(`HOME=${repository.remoteDir}`)).toEqual([]);
}

describe('runGit', () => {
  it('gives the output, the errors and the exit code', async () => {
    expect(await runGit(aRun({}))).toEqual({
      exitCode: 0,
      stdout: Buffer.from(`${repository.remoteDir}\n`),
      stderr: '',
      trace: '',
    });
    const failed = await runGit(aRun({ args: ['rev-parse', '--verify', 'nope'] }));
    expect(failed).toMatchObject({ exitCode: 128, stderr: expect.stringContaining('fatal:') });
  });

  it('passes input on, also to a git that does not read it', async () => {
    const hashed = await runGit(aRun({ args: ['hash-object', '--stdin'], input: 'hello\n' }));
    expect(hashed.stdout.toString()).toBe('ce013625030ba8dba906f756967f9e9ca394464a\n');
    expect(await runGit(aRun({ input: 'x'.repeat(1_000_000) }))).toMatchObject({ exitCode: 0 });
  });

  it('ends a git that prints too much', async () => {
    const big = aRun({ args: ['help', '--all'] });
    await expect(runGit(big)).rejects.toMatchObject({ retry: 'later', message: expect.stringContaining('1000 bytes') });
  });

  it('says how to mend a missing git', async () => {
    const environment = { ...localEnvironment(repository.remoteDir), PATH: repository.folder };
    await expect(runGit(aRun({ environment }))).rejects.toMatchObject({
      retry: 'never',
      message: expect.stringContaining('install git'),
    });
  });

  it('starts nothing when it is aborted before', async () => {
    const run = aRun({ signal: AbortSignal.abort(), environment: { PATH: repository.folder } });
    await expect(runGit(run)).rejects.toMatchObject({ retry: 'later', message: 'git rev-parse was interrupted' });
  });
});

describe.skipIf(!canListProcesses)('the process group', () => {
  it('is gone after an abort', async () => {
    const controller = new AbortController();
    const request = server.nextRequest();
    const outcome = runGit(aHangingRun({ signal: controller.signal })).catch((error: unknown) => error);
    await request;
    expect((await processesWith(`HOME=${repository.remoteDir}`)).length).toBeGreaterThan(1);
    controller.abort('enough');
    expect(await outcome).toMatchObject({ name: 'SyncError', retry: 'later', cause: 'enough' });
    await expectNoProcesses();
  });

  it('is gone after the deadline', async () => {
    await expect(runGit(aHangingRun({ timeoutMs: 300 }))).rejects.toMatchObject({
      retry: 'later',
      message: 'git ls-remote took longer than 1 s and was ended',
    });
    await expectNoProcesses();
  });

  it('is gone after this process exits', async () => {
    const bundle = await Bundle.of(join(import.meta.dirname, 'process.ts'), join(repository.folder, 'built'));
    const request = server.nextRequest();
    const body = 'process.stdin.on("data", () => process.exit(0)); await module.runGit(args[0]);';
    const child = bundle.start(body, aHangingRun());
    const exited = once(child, 'exit');
    expect(await Promise.race([request, exited])).toBeInstanceOf(IncomingMessage);
    child.stdin.write('exit');
    await exited;
    // SIGKILL was sent before the exit; the kernel may still be at it.
    await vi.waitFor(expectNoProcesses, { timeout: 10_000 });
  });

  it.each<[string, Partial<GitRun>]>([
    ['as long as it runs', { timeoutMs: 600_000 }],
    ['while it is being ended', { timeoutMs: 100 }],
  ])('in the background does not keep this process alive, and is gone after it: %s', async (_, changes) => {
    const bundle = await Bundle.of(join(import.meta.dirname, 'process.ts'), join(repository.folder, 'built'));
    const request = server.nextRequest();
    // What keeps this process alive is its input alone.
    const body = 'process.stdin.on("data", () => process.stdin.destroy()); await module.runGit(args[0]);';
    const child = bundle.start(body, aHangingRun({ ...changes, isBackground: true }));
    const exited = once(child, 'exit');
    expect(await Promise.race([request, exited])).toBeInstanceOf(IncomingMessage);
    child.stdin.write('exit');
    expect((await exited)[0]).toBe(0);
    await vi.waitFor(expectNoProcesses, { timeout: 10_000 });
  });

  it('leaves no listener on this process', async () => {
    const before = process.listenerCount('exit');
    await Promise.all([runGit(aRun({})), runGit(aRun({})), runGit(aRun({}))]);
    expect(process.listenerCount('exit')).toBe(before);
  });
});
