/** The program as it is published: `dist/scripts/flagctl.js`, which `npm run build` makes. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../provider/repository/testing/repository.js';
import { createFlagRepository } from './testing/flag-repository.js';

const program = join(import.meta.dirname, '../dist/scripts/flagctl.js');

interface Ending {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly errors: string;
}

let repository: TestRepository;

beforeAll(async () => {
  if (!existsSync(program)) throw new Error('the program is not built: npm run build');
  repository = await createFlagRepository({ 'flags/platform/web/broken.yaml': 'key: [\n' });
  await repository.git('branch', 'broken');
  await repository.commit({ 'flags/platform/web/broken.yaml': null });
});

afterAll(() => repository.dispose());

function start(words: readonly string[], path = program) {
  const child = spawn(process.execPath, [path, ...words], {
    cwd: repository.workDir,
    env: { PATH: process.env['PATH'] },
  });
  const ending = new Promise<Ending>((resolve, reject) => {
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, output, errors }));
  });
  return { child, ending };
}

describe('the program', () => {
  it.each([
    [['validate'], 0],
    [['list', '--type=release', '--json'], 0],
    [['validate', '--rev', 'broken'], 1],
    [['list', '--env', 'nowhere'], 2],
    [['nonsense'], 2],
    [[], 2],
  ] as const)('%j has the exit code %i', async (words, expected) => {
    expect((await start(words).ending).exitCode).toBe(expected);
  });

  it('runs through a link, as npm installs it', async () => {
    const link = join(repository.folder, 'flagctl');
    await symlink(program, link);
    expect(await start(['list'], link).ending).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('platform.web.banner'),
      errors: '',
    });
  });

  it('reads a context from standard input', async () => {
    const { child, ending } = start(['explain', 'payments.checkout.new-flow', '--env', 'production', '--context', '-']);
    child.stdin.end('{"email": "ann@example.com"}');
    expect(await ending).toMatchObject({ exitCode: 0, output: expect.stringContaining('TARGETING_MATCH') });
  });

  it('says nothing where its reader has left', async () => {
    const { child, ending } = start(['list', '--json']);
    child.stdout.destroy();
    expect(await ending).toMatchObject({ exitCode: 0, signal: null, errors: '' });
  });

  it.runIf(existsSync('/dev/full'))('says in a line that its output cannot be written', async () => {
    const words = ['-c', '"$0" "$@" > /dev/full', process.execPath, program, 'list', '--json'];
    await expect(promisify(execFile)('sh', words, { cwd: repository.workDir })).rejects.toMatchObject({
      code: 2,
      stderr: "error: can't write the output: ENOSPC: no space left on device, write\n",
    });
  });

  it('says nothing when it is interrupted', async () => {
    const { child, ending } = start(['explain', 'platform.web.banner', '--env', 'staging', '--context', '-']);
    child.once('spawn', () => child.kill('SIGINT'));
    expect(await ending).toEqual({ exitCode: null, signal: 'SIGINT', output: '', errors: '' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves no half of a file when %s ends it', async (signal) => {
    const pipe = join(repository.workDir, 'people.jsonl');
    await promisify(execFile)('mkfifo', [pipe]);
    const before = await readdir(repository.workDir);
    // Nobody writes to the pipe: the program waits for rows, with its output begun.
    const { child, ending } = start(['contexts', 'redact', 'people.jsonl', '--drop', 'email', '--out', 'clean.jsonl']);
    await expect.poll(() => readdir(repository.workDir)).toContainEqual(expect.stringMatching(/^\.clean\.jsonl\./));
    child.kill(signal);
    expect(await ending).toMatchObject({ exitCode: null, signal });
    expect(await readdir(repository.workDir)).toEqual(before);
    await rm(pipe);
  });
});
