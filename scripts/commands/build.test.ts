import { lstat, mkdir, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle } from '../../provider/repository/index.js';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { call } from '../testing/call.js';
import { createFlagRepository } from '../testing/flag-repository.js';

let repository: TestRepository;
let partial: TestRepository;

beforeAll(async () => {
  repository = await createFlagRepository();
  // A list is no value of flagd's.
  const list = `key: platform.api.hosts
type: ops
owner: platform-team
riskTier: low
expiresAt: never
description: Hosts.
variants: { few: [a], many: [a, b] }
default: few
`;
  partial = await createFlagRepository({ 'flags/platform/api/hosts.yaml': list });
});

afterAll(async () => {
  await repository.dispose();
  await partial.dispose();
});

const build = ({ workDir }: TestRepository, words: string) => call(workDir, ['build', ...words.split(' ')]);

describe('build --format flagd', () => {
  it("prints one environment as flagd's JSON", async () => {
    const { exitCode, output, errors } = await build(repository, '--format flagd --env production');
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    const { flags } = JSON.parse(output) as { flags: Record<string, unknown> };
    expect(Object.keys(flags).sort()).toEqual([
      'payments.checkout.new-flow',
      'platform.api.rate-limit',
      'platform.web.banner',
      'platform.web.search',
    ]);
  });

  it('writes nothing where a flag cannot be expressed, and says which and why', async () => {
    const { exitCode, output, errors } = await build(partial, '--format flagd --env production --out flagd.json');
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
    expect(errors).toMatch(/^left out platform\.api\.hosts: .*list.*\n[^]*Nothing was written; --allow-partial/);
    expect(await readdir(partial.workDir)).not.toContain('flagd.json');
  });

  it('leaves such flags out with --allow-partial, and says so', async () => {
    const { exitCode, output, errors } = await build(partial, '--format flagd --env production --allow-partial');
    expect(exitCode).toBe(0);
    expect(Object.keys((JSON.parse(output) as { flags: object }).flags)).not.toContain('platform.api.hosts');
    expect(errors).toMatch(/^left out platform\.api\.hosts:/);
  });
});

describe('build --format bundle', () => {
  it('prints the revision, to be read back', async () => {
    const commit = await repository.git('rev-parse', 'HEAD');
    const { exitCode, output } = await build(repository, '--format bundle --rev HEAD');
    expect(exitCode).toBe(0);
    const result = await readBundle(Buffer.from(output));
    expect(result).toMatchObject({ ok: true, loaded: { ruleset: { revision: { id: commit } } } });
  });

  it('refuses a repository that does not load', async () => {
    const broken = await createFlagRepository({ 'flags/policy.yaml': 'teams: [' });
    try {
      const { exitCode, output } = await build(broken, '--format bundle --out bundle.json');
      expect(exitCode).toBe(1);
      expect(output).toContain('flags/policy.yaml:1');
      expect(await readdir(broken.workDir)).not.toContain('bundle.json');
    } finally {
      await broken.dispose();
    }
  });
});

describe('--out', () => {
  it('replaces the file whole and leaves nothing else behind', async () => {
    const folder = join(repository.folder, 'out');
    await mkdir(folder);
    await writeFile(join(folder, 'bundle.json'), 'old');
    const { exitCode, output, errors } = await build(repository, '--format bundle --out ../out/bundle.json');
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: '' });
    expect(errors).toMatch(/^Wrote \.\.\/out\/bundle\.json: [\d,]+ bytes\.\n$/);
    expect(await readFile(join(folder, 'bundle.json'), 'utf8')).toBe(
      (await build(repository, '--format bundle')).output,
    );
    expect(await readdir(folder)).toEqual(['bundle.json']);
  });

  it('replaces a symlink and not what it points to', async () => {
    const target = join(repository.folder, 'precious.txt');
    const link = join(repository.folder, 'link.json');
    await writeFile(target, 'precious');
    await symlink(target, link);
    expect(await build(repository, '--format bundle --out ../link.json')).toMatchObject({ exitCode: 0 });
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect((await lstat(link)).isFile()).toBe(true);
  });

  it.each(['/dev/null', '/proc/self/fd/1', '/'])('leaves a link to %s alone', async (target) => {
    const link = join(repository.folder, 'system');
    await symlink(target, link);
    try {
      const { exitCode, errors } = await build(repository, '--format bundle --out ../system');
      expect({ exitCode, target: await readlink(link) }).toEqual({ exitCode: 2, target });
      expect(errors).toMatch(/is there and is not a file; without --out the result goes to standard output/);
    } finally {
      await rm(link);
    }
  });

  it.each([
    ['flags', /is there and is not a file/],
    ['nowhere/bundle.json', /can't write nowhere\/bundle\.json: ENOENT/],
  ])('%s is refused', async (name, message) => {
    const { exitCode, errors } = await build(repository, `--format bundle --out ${name}`);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(message);
  });
});
