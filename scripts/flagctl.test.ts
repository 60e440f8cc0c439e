import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../provider/repository/testing/repository.js';
import { run } from './run.js';
import { call } from './testing/call.js';
import { createFlagRepository, flagFiles } from './testing/flag-repository.js';

let repository: TestRepository;
let elsewhere: string;

beforeAll(async () => {
  repository = await createFlagRepository();
  elsewhere = await mkdtemp(join(tmpdir(), 'guidon-elsewhere-'));
});

afterAll(async () => {
  await repository.dispose();
  await rm(elsewhere, { recursive: true, force: true });
});

describe('flagctl refuses, with exit code 2 and nothing on standard output,', () => {
  const refusals: readonly (readonly [words: string, message: RegExp])[] = [
    ['', /Usage: flagctl <command>/],
    ['lst', /unknown command 'lst'\n\(Did you mean list\?\)/],
    ['contexts', /Usage: flagctl contexts <command> \[options\]\n[^]*describe <files\.\.\.> [^]*synth <file>/],
    ['contexts descrbe x.jsonl', /unknown command 'descrbe'\n\(Did you mean describe\?\)/],
    ['--no-color contexts', /Usage: flagctl contexts <command>/],
    ['list --ownr x', /unknown option '--ownr'\n\(Did you mean --owner\?\)/],
    ['list --type relese', /'relese' is invalid\. Did you mean 'release'\? Allowed choices are release, ops/],
    ['list --type', /argument missing/],
    ['list --owner payment-team', /no team "payment-team"; did you mean "payments-team"\?/],
    ['list --owner=', /'--owner <TEAM>' argument '' is invalid\. It is empty\./],
    ['list --type=,', /argument ',' is invalid\. It is empty\./],
    ['list --env prod', /no environment "prod"; there are production, staging/],
    ['list --env prodution', /no environment "prodution"; did you mean "production"\?\n\nUsage: flagctl list/],
    ['list a', /too many arguments/],
    ['list --rev nowhere', /no commit "nowhere"/],
    ['list --rev --help', /no commit "--help"/],
    ['list --path ../flags', /flags folder "\.\.\/flags" is refused/],
    ['list --path nothing', /holds nothing\/policy\.yaml/],
    ['list --repo nothing', /--repo .*nothing is not a folder/],
    ['list --format json', /unknown option '--format'/],
    ['validate --format xml', /'xml' is invalid\. Allowed choices are text, json, github, sarif/],
    ['validate --format github --json', /cannot be used with/],
    ['explain', /missing required argument 'key'/],
    ['explain payments.checkout.new-flow', /name an environment with --env: production or staging/],
    ['explain payments.checkout.new-flw --env staging', /did you mean "payments\.checkout\.new-flow"\?/],
    ['explain payments.checkout.old-flow --env staging', /was retired on 2026-10-02: Rebuilt pipeline is at 100 %\./],
    ['build', /required option '--format <FORMAT>' not specified/],
    ['build --format flagd', /--env/],
    ['build --format flagd --env prodction', /did you mean "production"\?/],
    ['build --format bundle --env staging', /holds every environment/],
    ['completion tcsh', /'tcsh' is invalid/],
  ];

  it.each(refusals)('flagctl %s', async (words, message) => {
    const { exitCode, output, errors } = await call(repository.workDir, words.split(' ').filter(Boolean));
    expect(errors).toMatch(message);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).not.toMatch(/\n {4}at /);
  });

  it('a folder outside of any flag repository', async () => {
    const { exitCode, errors } = await call(elsewhere, ['list']);
    expect(exitCode).toBe(2);
    expect(errors).toContain(
      `neither ${elsewhere} nor a folder above it holds flags/policy.yaml; name one with --repo`,
    );
  });

  it('a revision where there is no git', async () => {
    await writeFiles(elsewhere, flagFiles);
    expect(await call(elsewhere, ['list', '--rev', 'HEAD'])).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('is not a git repository, so it has no revisions'),
    });
    expect(await call(elsewhere, ['list'])).toMatchObject({ exitCode: 0 });
  });
});

describe('a bug', () => {
  it('shows its stack, with exit code 2', async () => {
    const directory = { toString: () => 'no string' } as unknown as string;
    const { exitCode, output, errors } = await call(directory, ['list']);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toMatch(/^error: this is a bug in flagctl; please report it\nTypeError.*\n +at /);
  });
});

it('prints what was done before what is next: a terminal shows both streams', async () => {
  const shown: string[] = [];
  const screen = { write: (text: string) => shown.push(text) };
  const words =
    'new platform.maps.tiles --type ops --owner platform-team --tier low --expires never --description Tiles.';
  const exitCode = await run(words.split(' '), {
    directory: repository.workDir,
    environment: {},
    input: Readable.from([]),
    output: screen,
    errors: screen,
    now: () => new Date('2026-12-01T00:00:00Z'),
  });
  await rm(join(repository.workDir, 'flags/platform/maps'), { recursive: true });
  expect(exitCode).toBe(0);
  expect(shown.join('')).toMatch(/^created flags\/platform\/maps\/tiles\.yaml\n\nNext:\n/);
});

describe('the repository is', () => {
  it('found from any folder below it', async () => {
    const atTop = await call(repository.workDir, ['list']);
    const inFlags = await call(join(repository.workDir, 'flags/payments/checkout'), ['list']);
    expect(atTop).toMatchObject({ exitCode: 0, output: expect.stringContaining('payments.checkout.new-flow') });
    expect(inFlags).toEqual(atTop);
  });

  it('another one with --repo, relative to the current folder', async () => {
    const other = await call(repository.folder, ['list', '--repo', 'work']);
    expect(other).toEqual(await call(repository.workDir, ['list']));
    expect(other).toEqual(await call(repository.folder, ['--repo', repository.workDir, 'list']));
  });

  it('part of a larger one, whose CODEOWNERS count', async () => {
    const nested = Object.entries(flagFiles).map(([path, text]) => [
      path.replace(/^flags/, 'services/web/flags'),
      text,
    ]);
    const monorepo = await createFlagRepository(Object.fromEntries(nested) as Record<string, string>);
    try {
      await monorepo.commit({ CODEOWNERS: '* @acme/platform\npayments/ @acme/payments\n' });
      const inside = await call(join(monorepo.workDir, 'services/web'), ['validate']);
      expect(inside).toMatchObject({ exitCode: 0, output: expect.stringContaining('4 flags') });
      await monorepo.commit({ CODEOWNERS: '* @acme/platform\n' });
      const { exitCode, output } = await call(monorepo.workDir, ['validate', '--path', 'services/web/flags']);
      expect(exitCode).toBe(1);
      expect(output).toContain('services/web/flags/payments/checkout/new-flow.yaml:');
      const before = await call(monorepo.workDir, ['validate', '--path', 'services/web/flags', '--rev', 'HEAD~1']);
      expect(before).toMatchObject({ exitCode: 0 });
    } finally {
      await monorepo.dispose();
    }
  });

  it('read at a revision in place of the working files', async () => {
    const key = 'platform.web.later';
    await writeFiles(repository.workDir, { 'flags/platform/web/later.yaml': flagNamed(key) });
    try {
      expect((await call(repository.workDir, ['list'])).output).toContain(key);
      expect((await call(repository.workDir, ['list', '--rev', 'HEAD'])).output).not.toContain(key);
      expect((await call(repository.remoteDir, ['list', '--repo', '.', '--rev', 'main'])).output).toContain(
        'platform.web.banner',
      );
    } finally {
      await rm(join(repository.workDir, 'flags/platform/web/later.yaml'));
    }
  });
});

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function flagNamed(key: string): string {
  return `key: ${key}\ntype: ops\nowner: platform-team\nriskTier: low\nexpiresAt: never\ndescription: A later one.\n`;
}
