import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
    ['partial', ['--filter=blob:none', '--no-checkout']],
    ['without a checkout', ['--no-checkout']],
    ['a single branch', ['--single-branch']],
  ];
  it.each(clones)('in a clone that is %s', async (_, args) => {
    await desk.repository.commit({ 'README.md': 'x' });
    await desk.remote('config', 'uploadpack.allowFilter', 'true');
    await desk.remote('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const folder = join(desk.repository.folder, 'other');
    await desk.repository.git('clone', '--quiet', ...args, desk.repository.url, folder);
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
    vi.stubEnv('GIT_OBJECT_DIRECTORY', '/nowhere').stubEnv('GIT_COMMON_DIR', '/nowhere');
    vi.stubEnv('GIT_DIR', '/nowhere').stubEnv('GIT_INDEX_FILE', '/nowhere').stubEnv('GIT_TRACE', '1');
    expect(await kill()).toMatchObject({ exitCode: 0 });
    vi.unstubAllEnvs();
  });
});

describe('kill refuses', () => {
  const reasons: readonly (readonly [what: string, reason: string | undefined, message: RegExp])[] = [
    ['no reason', undefined, /say why: --reason/],
    ['an empty reason', '  ', /say why: --reason/],
    ['a reason that is no word', 'x', /--reason "x" says nothing, and `flagctl check` would refuse it/],
    ['a reason that is a placeholder', 'TBD', /says nothing/],
    ['a reason of 501 characters', 'x'.repeat(501), /--reason has 501 characters, more than 500/],
    ['a second line', 'x\nReview: done', /one line of text, and this one holds the character U\+000A/],
    ['a carriage return', 'x\ry', /U\+000D/],
    ['a terminal escape', 'x\u001B[2J', /U\+001B/],
    ['a bidirectional override', 'x\u202Ey', /U\+202E/],
    ['a line separator', 'x\u2028y', /U\+2028/],
  ];
  it.each(reasons)('%s', async (_, reason, message) => {
    const { exitCode, output, errors } = await desk.call([
      'kill',
      KEY,
      ...(reason === undefined ? [] : ['--reason', reason]),
    ]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toMatch(message);
    expect(await desk.branches()).toEqual([]);
  });

  it('takes a reason of 500 characters, whatever they are', async () => {
    const reason = `#"$(reboot)'; ${'é'.repeat(486)}`;
    expect(await desk.call(['kill', KEY, '--reason', reason])).toMatchObject({ exitCode: 0 });
    const branch = await desk.branch();
    expect(await desk.remote('log', '-1', '--format=%(trailers:key=Reason,valueonly)', branch)).toBe(reason);
  });

  const calls: readonly (readonly [what: string, words: readonly string[], message: RegExp])[] = [
    [
      'an unknown flag, with the nearest',
      ['kill', 'payments.checkout.new-flwo', '--reason', 'a rehearsal'],
      /did you mean "payments\.checkout\.new-flow"\?/,
    ],
    [
      'an unknown environment',
      ['kill', KEY, '--reason', 'a rehearsal', '--env', 'prod'],
      /there is no environment "prod"; there are production, staging/,
    ],
    [
      'an unknown remote',
      ['kill', KEY, '--reason', 'a rehearsal', '--remote', '--upload-pack=x'],
      /there is no remote "--upload-pack=x"; name one of origin/,
    ],
    ['a branch that is none', ['kill', KEY, '--reason', 'a rehearsal', '--branch', '../x'], /is refused/],
    [
      'a branch that the remote lacks',
      ['kill', KEY, '--reason', 'a rehearsal', '--branch', 'trunk'],
      /there is no such branch; name the main one with --branch/,
    ],
    ['--direct with --local', ['kill', KEY, '--reason', 'a rehearsal', '--direct', '--local'], /leave --direct out/],
    [
      'a folder without git',
      ['kill', KEY, '--reason', 'a rehearsal', '--repo', '..'],
      /is not in a git repository.*--local/,
    ],
  ];
  it.each(calls)('%s', async (_, words, message) => {
    const { exitCode, output, errors } = await desk.call(words);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toMatch(message);
  });

  it('a clone without a remote, and points to --local', async () => {
    await desk.repository.git('remote', 'remove', 'origin');
    expect(await kill()).toMatchObject({
      exitCode: 2,
      errors: expect.stringMatching(/no remote to push to; --local/) as unknown,
    });
  });

  it('somebody whom git does not know', async () => {
    await desk.repository.git('config', '--unset', 'user.email');
    const { exitCode, errors } = await kill();
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/git does not know who you are[^]*user\.name[^]*user\.email/);
    expect(await desk.branches()).toEqual([]);
  });

  it('what git should sign and cannot, and says how to go on', async () => {
    await desk.repository.git('config', 'commit.gpgSign', 'true');
    await desk.repository.git('config', 'gpg.program', '/bin/false');
    const { exitCode, errors } = await kill();
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/cannot make the commit: .*sign.*git config commit\.gpgSign false/);
    expect(await desk.branches()).toEqual([]);
  });

  it('nothing that git can sign, and signs it', async () => {
    const key = join(desk.repository.folder, 'key');
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const settings = { 'commit.gpgSign': 'true', 'gpg.format': 'ssh', 'user.signingKey': key };
    for (const [name, value] of Object.entries(settings)) await desk.repository.git('config', name, value);
    expect(await kill()).toMatchObject({ exitCode: 0 });
    expect(await desk.remote('cat-file', 'commit', await desk.branch())).toContain('BEGIN SSH SIGNATURE');
  });

  it('a clone of another user, whose settings name programs, unless it is declared safe', async () => {
    if (process.getuid?.() !== 0) return;
    await chown(join(desk.workDir, '.git'), 65_534, 65_534);
    expect(await kill()).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('belongs to another user') as unknown,
    });
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(desk.repository.folder, 'gitconfig'));
    await writeFile(join(desk.repository.folder, 'gitconfig'), `[safe]\n\tdirectory = ${desk.workDir}\n`);
    expect(await kill()).toMatchObject({ exitCode: 0 });
  });
});

describe('kill --local', () => {
  it('edits the file and nothing else, also without git', async () => {
    await rm(join(desk.workDir, '.git'), { recursive: true });
    const { exitCode, output, errors } = await kill(['--local', '--env', 'production']);
    expect(exitCode).toBe(0);
    await expect(stable(`${output}${errors}`, desk)).toMatchFileSnapshot('golden/kill.local.txt');
    expect(await readFile(join(desk.workDir, FILE), 'utf8')).toBe(killedIn('production'));
    expect(await kill(['--local', '--env', 'production'])).toMatchObject({
      output: `nothing to do: ${KEY} is off in production already\n`,
    });
  });

  it('keeps what is changed in the file, and commits nothing', async () => {
    await desk.write(FILE, before.replace('rollout: 5', 'rollout: 7 # mine'));
    expect(await kill(['--local'])).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(desk.workDir, FILE), 'utf8')).toBe(
      killedIn('production', 'staging').replace('rollout: 5', 'rollout: 7 # mine'),
    );
    expect(await desk.branches()).toEqual([]);
  });
});
