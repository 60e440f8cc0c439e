import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Desk, stable } from '../emergency/testing/desk.js';
import { flagFiles } from '../testing/flag-repository.js';

const KEY = 'payments.checkout.new-flow';
const FILE = 'flags/payments/checkout/new-flow.yaml';
const REASON = '25 % was too much.';
const first = flagFiles[FILE] ?? '';
const ramped = first.replace('    rollout: 5', '    rollout: 25');

let desk: Desk;

beforeEach(async () => {
  desk = await Desk.create();
});

afterEach(() => desk.dispose());

const rollback = (words: readonly string[] = [], key = KEY) =>
  desk.call(['rollback', key, '--reason', REASON, ...words]);

/** The file on the pushed branch. */
const pushed = async (file = FILE) => `${await desk.remote('show', `${await desk.branch()}:${file}`)}\n`;

describe('rollback', () => {
  it('undoes the last change, and says what that is', async () => {
    await desk.repository.commit({ [FILE]: ramped }, 'ramp to 25 %');
    const held = await desk.state();
    const { exitCode, output, errors } = await rollback();
    expect(exitCode).toBe(0);
    await expect(stable(`${output}${errors}`, desk)).toMatchFileSnapshot('golden/rollback.txt');
    expect(await pushed()).toBe(first);
    expect(await desk.branch()).toMatch(/^rollback\/payments\.checkout\.new-flow-[0-9a-f]{10}$/);
    const told = await desk.remote('log', '-1', '--format=%B', await desk.branch());
    await expect(stable(told, desk)).toMatchFileSnapshot('golden/rollback.message.txt');
    expect(await desk.state()).toEqual(held);
  });

  it('goes to a revision', async () => {
    const wanted = await desk.repository.commit({ [FILE]: first.replace('    rollout: 5', '    rollout: 1') });
    await desk.repository.commit({ [FILE]: ramped });
    await desk.repository.commit({ [FILE]: first.replace('    rollout: 5', '    rollout: 50') });
    expect(await rollback(['--to', wanted.slice(0, 12)])).toMatchObject({ exitCode: 0 });
    expect(await pushed()).toContain('    rollout: 1\n');
  });

  it('passes over changes of governance and comments, and keeps them', async () => {
    await desk.repository.commit({ [FILE]: ramped });
    const governed = ramped
      .replace('riskTier: medium', 'riskTier: high')
      .replace('expiresAt: 2027-03-01', 'expiresAt: 2027-06-01')
      .replace('    rollout: 25', '    rollout: 25 # since Monday')
      .replace('environments:', '# Ask Ben first.\nenvironments:');
    await desk.repository.commit({ [FILE]: governed });
    expect(await rollback()).toMatchObject({ exitCode: 0 });
    expect(await pushed()).toBe(governed.replace('rollout: 25', 'rollout: 5'));
  });

  it('never undoes a kill, and says how to', async () => {
    await desk.repository.commit({ [FILE]: ramped }, 'ramp');
    const killed = ramped.replace('production:\n    enabled: true', 'production:\n    enabled: false');
    await desk.repository.commit({ [FILE]: killed }, 'kill');
    expect(await rollback()).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(
        /^nothing to do: .* behaves as at [0-9a-f]{10} of .*, "ramp" already\n$/,
      ) as unknown,
      errors: `production stays off, as now; to turn ${KEY} on again, add --enable\n`,
    });
    expect(await rollback(['--to', 'HEAD~2'])).toMatchObject({ exitCode: 0 });
    expect(await pushed()).toBe(first.replace('enabled: true', 'enabled: false'));
  });

  it('turns on again with --enable', async () => {
    await desk.repository.commit({ [FILE]: ramped.replaceAll('enabled: true', 'enabled: false') }, 'kill');
    expect(await rollback(['--enable'])).toMatchObject({ exitCode: 0 });
    expect(await pushed()).toBe(first);
  });

  it('shows the diff with --dry-run', async () => {
    const changed = ramped
      .replace(/ {6}- \{ name: employees.*\n/, '')
      .replace('country: [DE, AT, CH]', 'country: [DE]')
      .replace('default: false', 'default: false\nbucketBy: account\nsalt: other');
    await desk.repository.commit({ [FILE]: changed });
    const { exitCode, output, errors } = await rollback(['--dry-run']);
    expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
    await expect(stable(output, desk)).toMatchFileSnapshot('golden/rollback.dry-run.txt');
    await desk.write('patch', output);
    await desk.repository.git('apply', 'patch');
    expect(await readFile(join(desk.workDir, FILE), 'utf8')).toBe(first);
    expect(await desk.branches()).toEqual([]);
  });

  const search = 'flags/platform/web/search.yaml';
  const banner = 'flags/platform/web/banner.yaml';
  const behaviours: readonly (readonly [what: string, file: string, change: (text: string) => string])[] = [
    ['a stage', search, (text) => text.replace('stage: canary', 'stage: all')],
    [
      'a plan',
      search,
      (text) => text.replace(/ {8}- \{ name: canary.*\n/, '').replace('stage: canary', 'stage: internal'),
    ],
    ['a plan that became a number', search, (text) => text.replace(/rollout:\n[^]*$/, 'rollout: 100\n')],
    [
      'an environment that is gone',
      search,
      (text) => text.replace(/environments:[^]*$/, 'environments:\n  staging:\n    enabled: true\n'),
    ],
    ['weights', banner, (text) => text.replace('{ calm: 25, loud: 25 }', '{ calm: 100 }')],
    [
      'variants, in their order',
      banner,
      (text) =>
        text.replace(
          '{ none: "", calm: Welcome back, loud: "Sale!" }',
          '{ none: "", loud: "SALE", calm: Welcome back }',
        ),
    ],
    ['prerequisites', banner, (text) => text.replace(/prerequisites.*\n/, '')],
  ];
  it.each(behaviours)('puts back %s', async (_, file, change) => {
    const text = flagFiles[file] ?? '';
    const changed = change(text);
    expect(changed).not.toBe(text);
    await desk.repository.commit({ [file]: changed });
    const key = file.slice('flags/'.length, -'.yaml'.length).replaceAll('/', '.');
    const { exitCode, output, errors } = await rollback([], key);
    expect({ exitCode, output, errors }).toMatchObject({ exitCode: 0 });
    const result = await pushed(file);
    // What was absent is off now, and stays so.
    const isHeldOff = changed.includes('staging') && file === search;
    expect(result).toBe(isHeldOff ? text.replace('enabled: true', 'enabled: false') : text);
  });
});

describe('rollback in a clone', () => {
  it('that is partial: fetches what it needs of the past', async () => {
    await desk.repository.commit({ [FILE]: ramped });
    await desk.remote('config', 'uploadpack.allowFilter', 'true');
    await desk.remote('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const folder = join(desk.repository.folder, 'partial');
    await desk.repository.git('clone', '--quiet', '--filter=blob:none', '--no-checkout', desk.repository.url, folder);
    await writeFile(join(folder, '.git/config'), '[user]\n\tname = Ann\n\temail = a@example.com\n', { flag: 'a' });
    const { exitCode, errors } = await desk.call(['rollback', KEY, '--reason', REASON], folder);
    expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
    expect(await pushed()).toBe(first);
  });

  it('that is shallow: says how to get more of the past', async () => {
    await desk.repository.commit({ [FILE]: ramped });
    const folder = join(desk.repository.folder, 'shallow');
    await desk.repository.git('clone', '--quiet', '--depth=1', desk.repository.url, folder);
    const words = ['rollback', KEY, '--reason', REASON, '--dry-run'];
    expect(await desk.call(words, folder)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('git fetch --unshallow') as unknown,
    });
  });
});

describe('rollback refuses', () => {
  it('a flag that never was another', async () => {
    const { exitCode, errors } = await rollback();
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/never behaved otherwise.*flagctl kill.*git fetch --unshallow/);
  });

  const revisions: readonly (readonly [what: string, revision: string, message: RegExp])[] = [
    ['a revision that is none', 'nowhere', /there is no commit "nowhere"/],
    ['an option', '--all', /there is no commit "--all"/],
    ['a revision without the flag', 'before', /at "before" there was no flags\/payments/],
    ['a revision that was never on main', 'feature', /"feature" is not in the history of the main branch/],
    ['a revision with a broken file', 'broken', /at "broken" flags\/payments.* was not a valid flag/],
  ];
  it.each(revisions)('%s', async (_, revision, message) => {
    await desk.repository.commit({ [FILE]: null });
    await desk.repository.git('tag', 'before');
    await desk.repository.commit({ [FILE]: 'key: [\n' });
    await desk.repository.git('tag', 'broken');
    const main = await desk.repository.commit({ [FILE]: ramped });
    await desk.repository.git('checkout', '--quiet', '-b', 'feature');
    await desk.write(FILE, first);
    await desk.repository.git('commit', '--quiet', '--all', '-m', 'never reviewed');
    await desk.repository.git('checkout', '--quiet', main);
    const { exitCode, output, errors } = await rollback([`--to=${revision}`]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toMatch(message);
  });

  it('what would not load: a segment that is gone', async () => {
    const without = Object.fromEntries(
      Object.entries(flagFiles).flatMap(([path, text]): [string, string | null][] => {
        if (path === 'flags/segments/employees.yaml' || path.endsWith('new-flow.cases.yaml')) return [[path, null]];
        if (path.endsWith('search.yaml')) return [[path, text.replace(/ {8}- \{ name: internal.*\n/, '')]];
        return path === FILE ? [[path, text.replace(/ {6}- \{ name: employees.*\n/, '')]] : [];
      }),
    );
    await desk.repository.commit(without);
    const { exitCode, output } = await rollback();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/unknown-segment/);
    expect(await desk.branches()).toEqual([]);
  });
});

describe('rollback --local', () => {
  it('goes back from what the working tree has', async () => {
    await desk.write(FILE, ramped);
    expect(await rollback(['--local'])).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(desk.workDir, FILE), 'utf8')).toBe(first);
  });
});
