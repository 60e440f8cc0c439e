import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { Cancelled, UsageError, type Prompts } from '../command.js';
import { runCommand, type CommandWords } from '../format/testing/run-command.js';
import { createFlagRepository, flagFiles } from '../testing/flag-repository.js';
import { openWorkspace } from '../workspace.js';
import { newFlag } from './new.js';

let repository: TestRepository;

beforeEach(async () => {
  repository = await createFlagRepository();
});

afterEach(() => repository.dispose());

const complete = {
  type: 'release',
  owner: 'platform-team',
  tier: 'low',
  expires: '2027-02-01',
  description: 'Shows a map.',
} as const;

const pathOf = (path: string) => join(repository.workDir, path);
const listing = () => readdir(pathOf('flags'), { recursive: true });
const run = (words: CommandWords = {}) => runCommand(newFlag, repository.workDir, words);
const loads = async () =>
  (await openWorkspace({ directory: repository.workDir, repository: undefined, path: 'flags' })).load();

describe('new writes', () => {
  it('the smallest flag: its governance alone', async () => {
    const report = await run({ argument: 'platform.maps.start-page', options: complete });
    expect(report).toMatchObject({
      outcome: 'clean',
      json: { key: 'platform.maps.start-page', path: 'flags/platform/maps/start-page.yaml', codeowners: null },
    });
    expect(await readFile(pathOf('flags/platform/maps/start-page.yaml'), 'utf8')).toBe(`key: platform.maps.start-page
type: release
owner: platform-team
riskTier: low
expiresAt: 2027-02-01
description: Shows a map.
`);
    expect(await loads()).toMatchObject({ ok: true });
  });

  it('variants, a default, a runbook and disabled environments', async () => {
    const variants = ['none', 'small=10', 'large=2.5'];
    await run({
      argument: 'platform.maps.zoom',
      options: {
        ...complete,
        variants: ['off', 'on', 'far=no'],
        default: 'off',
        runbook: 'https://x.test/r',
        env: ['staging'],
      },
    });
    expect(await readFile(pathOf('flags/platform/maps/zoom.yaml'), 'utf8')).toBe(`key: platform.maps.zoom
type: release
owner: platform-team
riskTier: low
expiresAt: 2027-02-01
description: Shows a map.
runbook: https://x.test/r
default: "off"
variants:
  "off": "off"
  "on": "on"
  far: "no"

environments:
  staging:
    enabled: false
`);
    await run({
      argument: 'platform.maps.size',
      options: { ...complete, variants: variants.slice(1), default: 'small' },
    });
    expect(await readFile(pathOf('flags/platform/maps/size.yaml'), 'utf8')).toContain('small: 10\n  large: 2.5\n');
    expect(await loads()).toMatchObject({ ok: true });
  });

  it('a boolean default as one', async () => {
    await run({ argument: 'platform.maps.on', options: { ...complete, default: 'true' } });
    expect(await readFile(pathOf('flags/platform/maps/on.yaml'), 'utf8')).toContain('default: true\n');
  });

  it('the schema, where the repository holds one', async () => {
    await mkdir(pathOf('schema'));
    await writeFile(pathOf('schema/flag.schema.json'), '{}');
    await run({ argument: 'platform.maps.start-page', options: complete });
    expect(await readFile(pathOf('flags/platform/maps/start-page.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/\.\.\/schema\/flag\.schema\.json\nkey: /,
    );
  });

  it('a file that nobody owns yet, with the line for CODEOWNERS', async () => {
    const report = await run({ argument: 'platform.maps.x', options: { ...complete, owner: 'payments-team' } });
    const line = '/flags/platform/maps/x.yaml @acme/payments';
    expect(report).toMatchObject({ outcome: 'clean', json: { codeowners: line } });
    expect(report.notices).toContain(`  - Add this line to CODEOWNERS: ${line}`);
    expect(await loads()).toMatchObject({ ok: false, problems: [{ code: 'codeowners-mismatch' }] });
    await writeFile(pathOf('CODEOWNERS'), `${flagFiles['CODEOWNERS']}${line}\n`);
    expect(await loads()).toMatchObject({ ok: true });
  });
});

describe('new refuses', () => {
  const refusals: readonly (readonly [what: string, words: CommandWords, message: RegExp])[] = [
    [
      'all that is missing, by name',
      {},
      /missing: KEY, --type, --owner, --tier, --expires, --description \(on a terminal/,
    ],
    [
      'a default that is missing',
      { argument: 'a.b.c', options: { ...complete, variants: ['x', 'y'] } },
      /missing: --default/,
    ],
    [
      'a key that is there',
      { argument: 'platform.web.banner', options: complete },
      /there is a flag platform\.web\.banner already/,
    ],
    [
      'a twin by case',
      { argument: 'platform.web.Banner', options: complete },
      /platform\.web\.Banner and platform\.web\.banner differ by case alone/,
    ],
    [
      'a retired key',
      { argument: 'payments.checkout.old-flow', options: complete },
      /retired on 2026-10-02 .* never be used again/,
    ],
    [
      'a key of two parts',
      { argument: 'platform.web', options: complete },
      /"platform\.web" is no key; a key is team\.domain\.purpose/,
    ],
    ['a key that is a path', { argument: '../../etc/passwd', options: complete }, /is no key/],
    ['a key of a reserved folder', { argument: 'segments.a.b', options: complete }, /is no key/],
    ['a key with a prototype’s name', { argument: '__proto__.a.b', options: complete }, /is no key/],
    ['a key that is too long', { argument: `a.b.${'c'.repeat(200)}`, options: complete }, /is no key/],
    [
      'an unknown team',
      { argument: 'a.b.c', options: { ...complete, owner: 'platfrom-team' } },
      /did you mean "platform-team"\?/,
    ],
    [
      'an unknown environment',
      { argument: 'a.b.c', options: { ...complete, env: ['prodction'] } },
      /did you mean "production"\?/,
    ],
    [
      'a release that never ends',
      { argument: 'a.b.c', options: { ...complete, expires: 'never' } },
      /a flag of type release ends/,
    ],
    [
      'a day that the calendar lacks',
      { argument: 'a.b.c', options: { ...complete, expires: '2027-02-30' } },
      /a day of the calendar/,
    ],
    ['a variant without a name', { argument: 'a.b.c', options: { ...complete, variants: ['=1'] } }, /is no variant/],
    [
      'a variant that is an object, of which a comma makes two',
      { argument: 'a.b.c', options: { ...complete, variants: ['x={"a":1', '"b":2}'], default: 'x' } },
      /--variants takes no objects and lists/,
    ],
    ['a variant twice', { argument: 'a.b.c', options: { ...complete, variants: ['x=1', 'x=2'] } }, /x is given twice/],
  ];

  it.each(refusals)('%s', async (_, words, message) => {
    const before = await listing();
    const refusal = run(words);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    expect(await listing()).toEqual(before);
  });

  it.each([
    ['variants of several kinds', { variants: ['x=1', 'y=two'], default: 'x' }, 'variant-kind'],
    ['a default that is no variant', { variants: ['x=1'], default: 'y' }, 'unknown-variant'],
    ['a runbook that is no URL', { runbook: 'the wiki' }, 'runbook-not-http'],
  ])('%s, as load does', async (_, options, code) => {
    const before = await listing();
    const report = await run({ argument: 'platform.maps.x', options: { ...complete, ...options } });
    expect(report).toMatchObject({
      outcome: 'findings',
      json: { problems: [{ code, file: 'flags/platform/maps/x.yaml' }] },
    });
    expect(await listing()).toEqual(before);
  });

  it('to work in a repository that does not load', async () => {
    await writeFile(pathOf('flags/policy.yaml'), 'bucketing: flagd-v3\n');
    expect(await run({ argument: 'a.b.c', options: complete })).toMatchObject({ outcome: 'findings' });
  });

  it('a file that is there though it is no flag', async () => {
    await mkdir(pathOf('flags/platform/maps'), { recursive: true });
    await symlink('nowhere', pathOf('flags/platform/maps/x.yaml'));
    const report = run({ argument: 'platform.maps.x', options: complete });
    expect(await report).toMatchObject({ outcome: 'findings', json: { problems: [{ code: 'symlink' }] } });
  });

  it('a folder that is a symlink', async () => {
    const outside = join(repository.folder, 'outside');
    await mkdir(outside);
    await mkdir(pathOf('flags/platform'), { recursive: true });
    await symlink(outside, pathOf('flags/platform/maps'));
    const report = await run({ argument: 'platform.maps.x', options: complete });
    expect(report).toMatchObject({ outcome: 'findings', json: { problems: [{ code: 'symlink' }] } });
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('new on a terminal', () => {
  /** Gives answers in turn; an answer that is refused is an error, as nobody is there to correct it. */
  function answering(...answers: readonly (string | undefined)[]) {
    const asked: { message: string; initial?: string | undefined; choices?: readonly string[] }[] = [];
    const rest = [...answers];
    const next = (initial: string | undefined): string => {
      if (rest.length === 0) throw new Cancelled();
      return rest.shift() ?? initial ?? '';
    };
    const prompts: Prompts = {
      text: async ({ message, initial, check }) => {
        asked.push({ message, initial });
        const answer = next(initial);
        const fault = check?.(answer);
        if (fault !== undefined) throw new Error(fault);
        return answer;
      },
      select: async ({ message, choices, initial }) => {
        asked.push({ message, choices: choices.map(({ value }) => value) });
        const answer = next(initial);
        if (!choices.some(({ value }) => value === answer)) throw new Error(`${answer} is no choice`);
        return answer;
      },
      confirm: async () => true,
    };
    return { asked, prompts };
  }

  it('asks for everything, and proposes a day', async () => {
    const { asked, prompts } = answering(
      'platform.maps.x',
      'release',
      'platform-team',
      'high',
      undefined,
      'Shows a map.',
    );
    const report = await run({ prompts, now: new Date('2026-12-01T23:59:59Z') });
    expect(report.outcome).toBe('clean');
    expect(asked.map(({ message }) => message.split(/[ :]/)[0])).toEqual([
      'Key',
      'Type',
      'Owner',
      'Risk',
      'Expires',
      'What',
    ]);
    expect(asked[4]).toMatchObject({ initial: '2027-03-01' });
    expect(await readFile(pathOf('flags/platform/maps/x.yaml'), 'utf8')).toContain('expiresAt: 2027-03-01\n');
  });

  it('asks only for what is missing', async () => {
    const { asked, prompts } = answering('low');
    const { tier: _tier, ...options } = complete;
    await run({ argument: 'platform.maps.x', options, prompts });
    expect(asked).toEqual([{ message: 'Risk tier', choices: ['low', 'medium', 'high'] }]);
  });

  it('proposes never for an ops flag, and no day beyond the policy', async () => {
    const policy = `${flagFiles['flags/policy.yaml']}expiry: { max: 4w }\ntiers: { high: { runbook: required } }\n`;
    await writeFile(pathOf('flags/policy.yaml'), policy);
    const ops = answering('ops', 'low', undefined);
    const { type: _type, tier: _tier, expires: _expires, ...options } = complete;
    await run({ argument: 'platform.maps.x', options, prompts: ops.prompts });
    expect(ops.asked.at(-1)).toMatchObject({ initial: 'never' });
    const release = answering('experiment', 'high', undefined, 'https://runbooks.test/y');
    await run({ argument: 'platform.maps.y', options, prompts: release.prompts });
    expect(release.asked.slice(-2)).toMatchObject([{ initial: '2026-12-29' }, { message: 'Runbook (URL)' }]);
    expect(await loads()).toMatchObject({ ok: true });
  });

  it('offers no team that is inactive, and the variants as defaults', async () => {
    const policy = `${flagFiles['flags/policy.yaml']}  old-team: { codeOwner: "@acme/old", active: false }\n`;
    await writeFile(pathOf('flags/policy.yaml'), policy);
    const { asked, prompts } = answering('platform-team', 'b');
    const { owner: _owner, ...options } = complete;
    await run({ argument: 'platform.maps.x', options: { ...options, variants: ['a', 'b'] }, prompts });
    expect(asked.map(({ choices }) => choices)).toEqual([
      ['payments-team', 'platform-team'],
      ['a', 'b'],
    ]);
  });

  it('writes nothing when somebody gives up', async () => {
    const before = await listing();
    await expect(run({ prompts: answering('platform.maps.x', 'ops').prompts })).rejects.toBeInstanceOf(Cancelled);
    expect(await listing()).toEqual(before);
  });

  it('asks nothing when what was given is wrong', async () => {
    const { asked, prompts } = answering('release');
    await expect(run({ argument: 'a.b', prompts })).rejects.toThrow(/is no key/);
    expect(asked).toEqual([]);
  });
});
