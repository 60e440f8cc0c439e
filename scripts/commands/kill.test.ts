import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Desk, stable } from '../emergency/testing/desk.js';
import { flagFiles } from '../testing/flag-repository.js';

const KEY = 'payments.checkout.new-flow';
const FILE = 'flags/payments/checkout/new-flow.yaml';
const REASON = 'Checkout fails for one in ten.';
const before = flagFiles[FILE] ?? '';

let desk: Desk;

beforeEach(async () => {
  desk = await Desk.create();
});

afterEach(() => desk.dispose());

const kill = (words: readonly string[] = [], directory?: string) =>
  desk.call(['kill', KEY, '--reason', REASON, ...words], directory);
const fileOn = (ref: string) => desk.remote('show', `${ref}:${FILE}`);

const killedIn = (...environments: readonly string[]): string =>
  environments.reduce(
    (text, name) => text.replace(`${name}:\n    enabled: true`, `${name}:\n    enabled: false`),
    before,
  );

describe('kill', () => {
  it('pushes a branch with one line changed for each environment, and says that nothing has changed yet', async () => {
    const main = await desk.remote('rev-parse', 'main');
    const { exitCode, output, errors } = await kill();
    expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
    await expect(stable(`${output}${errors}`, desk)).toMatchFileSnapshot('golden/kill.txt');
    const branch = await desk.branch();
    expect(branch).toMatch(/^kill\/payments\.checkout\.new-flow-[0-9a-f]{10}$/);
    expect(`${await fileOn(branch)}\n`).toBe(killedIn('production', 'staging'));
    expect(await desk.remote('diff', '--name-only', 'main', branch)).toBe(FILE);
    expect(await desk.remote('rev-parse', `${branch}^`)).toBe(main);
    const told = await desk.remote('log', '-1', '--format=%an <%ae>%n%cn <%ce>%n%B', branch);
    await expect(told).toMatchFileSnapshot('golden/kill.message.txt');
    expect(await desk.remote('log', '-1', '--format=%(trailers:key=Reason,valueonly)', branch)).toBe(REASON);
  });

  it('turns off one environment', async () => {
    const { output } = await kill(['--env', 'production', '--json']);
    expect(JSON.parse(output)).toMatchObject({
      key: KEY,
      path: FILE,
      outcome: 'pushed',
      subject: `kill ${KEY} in production`,
      isServed: false,
      pullRequest: { url: null, isOpened: false },
    });
    expect(`${await fileOn(await desk.branch())}\n`).toBe(killedIn('production'));
  });

  it('shows the diff with --dry-run, which git can apply, and needs nobody’s name for it', async () => {
    await desk.repository.git('config', '--unset', 'user.email');
    const { exitCode, output, errors } = await kill(['--dry-run']);
    expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
    await expect(output).toMatchFileSnapshot('golden/kill.dry-run.txt');
    await desk.write('patch', output);
    await desk.repository.git('apply', 'patch');
    expect(await readFile(join(desk.workDir, FILE), 'utf8')).toBe(killedIn('production', 'staging'));
    expect(await desk.branches()).toEqual([]);
  });

  it('has nothing to do where the flag is off', async () => {
    const off = ['kill', 'platform.api.rate-limit', '--reason', REASON];
    expect(await desk.call(off)).toMatchObject({
      exitCode: 0,
      output: 'nothing to do: platform.api.rate-limit is off everywhere already\n',
    });
    expect(await desk.call([...off, '--env', 'staging'])).toMatchObject({
      exitCode: 0,
      output: 'nothing to do: platform.api.rate-limit is off in staging already\n',
    });
    expect(await desk.branches()).toEqual([]);
  });

  it('keeps comments, line ends and the file’s mode', async () => {
    const text = before.replace('    enabled: true', '    enabled: true # since May').replaceAll('\n', '\r\n');
    await desk.repository.commit({ [FILE]: text });
    await desk.repository.git('update-index', '--chmod=+x', FILE);
    await desk.repository.git('commit', '--quiet', '-m', 'mode');
    await desk.repository.push();
    expect(await kill(['--env', 'production'])).toMatchObject({ exitCode: 0 });
    const branch = await desk.branch();
    expect(`${await fileOn(branch)}\n`).toBe(
      text
        .replace('enabled: true', 'enabled: false')
        .replace(/\r\n$/, '\n')
        .replace(/\n$/, '\r\n')
        .replace(/\r\n$/, '\n'),
    );
    expect(await desk.remote('ls-tree', branch, FILE)).toMatch(/^100755 /);
  });
});

describe('kill works, and leaves the clone as it is,', () => {
  const states: readonly (readonly [what: string, prepare: () => Promise<unknown>])[] = [
    ['with a dirty working tree', () => desk.write(FILE, 'key: half\nan edit')],
    [
      'with a half-made merge in the index',
      async () => {
        await desk.repository.git('rm', '--quiet', '--cached', FILE);
        await desk.write('.git/MERGE_HEAD', await desk.repository.git('rev-parse', 'HEAD'));
      },
    ],
    ['with a broken index', () => desk.write('.git/index', 'no index')],
    ['without the flags folder', () => rm(join(desk.workDir, 'flags'), { recursive: true })],
    ['on another branch', () => desk.repository.git('switch', '--quiet', '--create', 'feature/x')],
    ['on a branch that was never committed to', () => desk.repository.git('switch', '--quiet', '--orphan', 'empty')],
    ['detached', () => desk.repository.git('switch', '--quiet', '--detach')],
    ['with an index.lock left behind', () => desk.write('.git/index.lock', '')],
    [
      'with hooks that fail',
      async () => {
        await mkdir(join(desk.workDir, '.git/hooks'), { recursive: true });
        for (const name of ['pre-push', 'reference-transaction', 'post-index-change', 'pre-commit', 'commit-msg']) {
          await desk.write(`.git/hooks/${name}`, `#!/bin/sh\necho ran >> ${desk.workDir}/hooks-ran\nexit 1\n`);
          await chmod(join(desk.workDir, `.git/hooks/${name}`), 0o755);
        }
      },
    ],
    [
      'with settings that get in the way',
      async () => {
        const settings = {
          'push.followTags': 'true',
          'fetch.prune': 'true',
          'remote.origin.tagOpt': '--tags',
          'push.default': 'nothing',
          'core.autocrlf': 'true',
          'log.showSignature': 'true',
          'diff.noprefix': 'true',
          'core.fsmonitor': '/bin/false',
        };
        for (const [key, value] of Object.entries(settings)) await desk.repository.git('config', key, value);
      },
    ],
  ];

  it.each(states)('%s', async (_, prepare) => {
    await prepare();
    const state = () => desk.state().catch((error: unknown) => String(error));
    const held = await state();
    const { exitCode, errors } = await kill();
    expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
    expect(`${await fileOn(await desk.branch())}\n`).toBe(killedIn('production', 'staging'));
    expect(await state()).toEqual(held);
    await expect(readFile(join(desk.workDir, 'hooks-ran'))).rejects.toThrow('ENOENT');
  });

  it('behind main: on today’s file', async () => {
    const old = await desk.repository.git('rev-parse', 'HEAD');
    await desk.repository.commit({ [FILE]: before.replace('rollout: 5', 'rollout: 25') });
    await desk.repository.git('reset', '--quiet', '--hard', old);
    await desk.repository.git('update-ref', '-d', 'refs/remotes/origin/main');
    const held = await desk.state();
    expect(await kill()).toMatchObject({ exitCode: 0 });
    expect(await fileOn(await desk.branch())).toContain('rollout: 25');
    expect(await desk.state()).toEqual(held);
  });

  const clones: readonly (readonly [what: string, args: readonly string[]])[] = [
    ['bare', ['--bare']],
    ['a mirror', ['--mirror']],
    ['shallow', ['--depth=1']],
    ['without a checkout', ['--no-checkout']],
    ['a single branch', ['--single-branch']],
  ];
  it.each(clones)('in a clone that is %s', async (_, args) => {
    await desk.repository.commit({ 'README.md': 'x' });
    const folder = join(desk.repository.folder, 'other');
    await desk.repository.git('clone', '--quiet', ...args, desk.repository.url, folder);
    await writeFile(join(folder, '.gitconfig'), '');
    vi.stubEnv('GIT_AUTHOR_NAME', 'Ann').stubEnv('GIT_AUTHOR_EMAIL', 'a@example.com');
    vi.stubEnv('GIT_COMMITTER_NAME', 'Ann').stubEnv('GIT_COMMITTER_EMAIL', 'a@example.com');
    const { exitCode, errors } = await kill([], folder);
    expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
    expect(`${await fileOn(await desk.branch())}\n`).toBe(killedIn('production', 'staging'));
  });

  it('of a remote with another main branch, or a named one', async () => {
    await desk.remote('branch', '--move', 'main', 'trunk');
    await desk.repository.git('remote', 'rename', 'origin', 'upstream');
    expect(await kill()).toMatchObject({ exitCode: 0 });
    const named = ['--branch', 'trunk', '--remote', 'upstream', '--env', 'staging'];
    expect(await kill(named)).toMatchObject({ exitCode: 0 });
    expect((await desk.branches()).filter((name) => name.startsWith('kill/'))).toHaveLength(2);
  });

  it('from a hook, which has pointed git elsewhere', async () => {
    vi.stubEnv('GIT_DIR', '/nowhere').stubEnv('GIT_INDEX_FILE', '/nowhere').stubEnv('GIT_TRACE', '1');
    expect(await kill()).toMatchObject({ exitCode: 0 });
    vi.unstubAllEnvs();
  });
});
