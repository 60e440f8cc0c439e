import { OpenFeature } from '@openfeature/server-sdk';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findRepository, resolveRevision, type GitRepository } from '../../provider/repository/index.js';
import type { FileChanges, TestRepository } from '../../provider/repository/testing/repository.js';
import { openContextFiles } from '../contexts/reading/open-files.js';
import { UsageError } from '../errors.js';
import { createFlagRepository, flagFiles } from '../testing/flag-repository.js';
import { previewChange, type PreviewRequest, type PreviewResult } from './preview-change.js';
import type { FlagEnvironmentImpact, Preview, Transition } from './preview.js';
import { ServedSide } from './testing/brute-force.js';
import { linesFile } from './testing/rows.js';

const NEW_FLOW = 'flags/payments/checkout/new-flow.yaml';
const SEARCH = 'flags/platform/web/search.yaml';
const POLICY = 'flags/policy.yaml';
const textOf = (path: string): string => flagFiles[path] as string;

let template: TestRepository | undefined;
const repositories: TestRepository[] = [];

/** A repository whose `change` is `main` and a commit of some files; what is in `base` is on `main` as well. */
async function changed(files: FileChanges, base: FileChanges = {}): Promise<TestRepository> {
  template ??= await createFlagRepository();
  const repository = await template.copy();
  repositories.push(repository);
  if (Object.keys(base).length > 0) await repository.commit(base);
  await repository.git('checkout', '-q', '-b', 'change');
  await repository.commit(files);
  await repository.git('checkout', '-q', 'main');
  return repository;
}

afterAll(async () => {
  await OpenFeature.close();
  await Promise.all(repositories.map((repository) => repository.dispose()));
  await template?.dispose();
});

type Options = Partial<Omit<PreviewRequest, 'repository'>>;

async function preview(repository: TestRepository, rows: readonly unknown[], options: Options = {}) {
  const found = (await findRepository(repository.workDir)) as GitRepository;
  return previewChange({
    repository: found,
    root: 'flags',
    base: (await resolveRevision(found, 'main')) as string,
    head: (await resolveRevision(found, 'change')) as string,
    files: rows.length === 0 ? [] : [linesFile(rows, 100)],
    reading: {},
    by: [],
    maxRefused: 0.01,
    progress: () => undefined,
    ...options,
  });
}

async function previewed(...request: Parameters<typeof preview>): Promise<Preview> {
  const result = await preview(...request);
  if (!result.ok) throw new Error(`no preview: ${JSON.stringify(result)}`);
  return result.preview;
}

function impactOf({ flags }: Preview, key: string, environment: string): FlagEnvironmentImpact | undefined {
  return flags.find((flag) => flag.key === key)?.environments.find((one) => one.environment === environment);
}

const labelOf = ({ variant, none }: Transition['from']): string => variant ?? (none as string);

/** `false → true: 3` of a change, `false = false: 9` of none. */
function lines(impact: FlagEnvironmentImpact | undefined): readonly string[] {
  return (impact?.transitions ?? []).map(
    ({ from, to, isChange, users }) => `${labelOf(from)} ${isChange ? '→' : '='} ${labelOf(to)}: ${users.contexts}`,
  );
}

/** A flag of so many variants, each served to one percent of all at most. */
function manyVariants(key: string, variants: number, percent: number): string {
  const names = Array.from({ length: variants }, (_, index) => `v${index}`);
  return [
    `key: ${key}`,
    'type: release\nowner: platform-team\nriskTier: low\nexpiresAt: 2027-02-01\ndescription: Many.\ndefault: v0\nvariants:',
    ...names.map((name, index) => `  ${name}: ${index}`),
    'environments:\n  production:\n    enabled: true\n    rollout:',
    ...names.slice(1).map((name) => `      ${name}: ${percent}`),
    '',
  ].join('\n');
}

const users = (count: number, more: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) => ({ targetingKey: `u-${index}`, ...more(index) }));

describe('a change', () => {
  it('is what an application at the base and one at the head get, each from git', async () => {
    const repository = await changed({
      [NEW_FLOW]: textOf(NEW_FLOW).replace('rollout: 5', 'rollout: 40').replace('rollout: 10 }', 'rollout: 60 }'),
      [SEARCH]: textOf(SEARCH).replace('stage: canary', 'stage: all'),
    });
    const rows = users(300, (index) => ({
      ...(index % 50 === 0 && { email: `u${index}@example.com` }),
      country: ['DE', 'FR', 'AT'][index % 3],
      appVersion: ['4.1.0', '4.2.0', '5.0.0-beta.1'][index % 7] ?? '4.9.9',
    }));
    const { environments, flags, population, tool, version } = await previewed(repository, rows, {
      population: 10_000,
    });
    expect({ version, tool }).toEqual({ version: 1, tool: expect.stringMatching(/^flagctl \d/) });
    expect(flags.map(({ key, status }) => [key, status])).toEqual([
      ['payments.checkout.new-flow', 'changed'],
      ['platform.web.banner', 'reached'],
      ['platform.web.search', 'changed'],
    ]);
    expect(population).toMatchObject({ contexts: 300, users: 10_000, usersFrom: 'given', keys: { plain: 300 } });

    await repository.git('push', '-q', '--force', 'origin', 'main', 'change');
    const names = ['production', 'staging'];
    const [before, after] = await Promise.all(
      ['main', 'change'].map((ref) => ServedSide.of({ url: repository.url, ref }, names)),
    );
    const changedUsers = { production: new Set<string>(), staging: new Set<string>() };
    for (const { key, environments } of flags) {
      for (const { environment, isProved, transitions } of environments) {
        const counts = new Map<string, number>();
        for (const row of rows) {
          const kind = key === 'platform.web.banner' ? 'string' : 'boolean';
          const [from, to] = await Promise.all(
            [before, after].map((side) => side!.details(environment, key, kind, row)),
          );
          const name = `${from!.variant} to ${to!.variant}`;
          counts.set(name, (counts.get(name) ?? 0) + 1);
          if (from!.value !== to!.value) changedUsers[environment as 'production'].add(row.targetingKey);
        }
        if (isProved)
          expect([...counts.keys()].every((name) => name.split(' to ')[0] === name.split(' to ')[1])).toBe(true);
        else
          expect(
            new Map(transitions.map(({ from, to, users }) => [`${from.variant} to ${to.variant}`, users.contexts])),
          ).toEqual(counts);
      }
    }
    expect(environments.map(({ environment, changed }) => [environment, changed?.contexts])).toEqual([
      ['production', changedUsers.production.size],
    ]);
    expect(changedUsers.staging.size).toBe(0);
    expect(changedUsers.production.size).toBeGreaterThan(100);
    await Promise.all([before, after].map((side) => side!.close()));
  });

  it('of which the base has moved on is judged by the merge, not by the head', async () => {
    const repository = await changed({ [SEARCH]: textOf(SEARCH).replace('stage: canary', 'stage: all') });
    await repository.commit({ [NEW_FLOW]: textOf(NEW_FLOW).replace('rollout: 5', 'rollout: 90') });
    const { flags, merged } = await previewed(repository, users(50));
    expect(flags.map(({ key }) => key)).toEqual(['platform.web.search']);
    const tree = (await repository.git('merge-tree', '--write-tree', 'main', 'change')).trim();
    expect(merged).toBe(tree);
  });

  it('that is a comment is proved to move nobody, and nothing of it is replayed', async () => {
    const repository = await changed({ [NEW_FLOW]: `# Rebuilt in spring.\n${textOf(NEW_FLOW)}` });
    const { environments, flags, population } = await previewed(repository, users(10));
    expect(environments).toEqual([]);
    expect(flags).toEqual([
      {
        key: 'payments.checkout.new-flow',
        status: 'changed',
        owner: 'payments-team',
        environments: ['production', 'staging'].map((environment) => ({
          environment,
          isProved: true,
          changed: undefined,
          transitions: [],
          estimate: [],
        })),
      },
    ]);
    expect(population?.contexts).toBe(10);
  });
});

describe('a flag', () => {
  it('that is added counts as its default before', async () => {
    const repository = await changed({
      'flags/platform/web/footer.yaml': textOf(SEARCH)
        .replace('platform.web.search', 'platform.web.footer')
        .replace(/environments:[^]*/, 'environments:\n  production:\n    enabled: true\n\n    rollout: 40\n'),
    });
    const preview = await previewed(repository, users(100));
    const impact = impactOf(preview, 'platform.web.footer', 'production');
    expect(lines(impact)).toEqual([
      expect.stringMatching(/^no-flag → true: \d+$/),
      expect.stringMatching(/^no-flag = false: \d+$/),
    ]);
    // It has no staging, and so nobody gets anything there but the default.
    expect(preview.environments.map(({ environment }) => environment)).toEqual(['production']);
  });

  it('that is retired counts as its default after', async () => {
    const repository = await changed({
      [SEARCH]: null,
      'flags/retired.yaml': `${textOf('flags/retired.yaml')}- { key: platform.web.search, retiredAt: 2026-11-02, reason: Search by words is back. }\n`,
    });
    const preview = await previewed(
      repository,
      users(100, (index) => ({ email: index < 7 ? 'a@example.com' : '' })),
    );
    expect(preview.flags).toMatchObject([{ key: 'platform.web.search', status: 'removed', owner: 'platform-team' }]);
    const impact = impactOf(preview, 'platform.web.search', 'production');
    expect(lines(impact)).toEqual([
      expect.stringMatching(/^true → no-flag: \d+$/),
      expect.stringMatching(/^false = no-flag: \d+$/),
    ]);
    expect(impact?.changed?.contexts).toBeGreaterThanOrEqual(7);
  });

  it('whose default is another changes also where it has no environment', async () => {
    const flag = 'flags/platform/api/rate-limit.yaml';
    const repository = await changed({ [flag]: textOf(flag).replace('default: normal', 'default: strict') });
    const preview = await previewed(repository, users(5));
    for (const environment of ['production', 'staging']) {
      expect(lines(impactOf(preview, 'platform.api.rate-limit', environment))).toEqual(['normal → strict: 5']);
    }
  });

  it('changes by its values, whatever the variants are called', async () => {
    const flag = 'flags/platform/api/rate-limit.yaml';
    const renamed = textOf(flag).replaceAll('normal', 'usual');
    const same = await previewed(await changed({ [flag]: renamed }), users(3));
    expect(lines(impactOf(same, 'platform.api.rate-limit', 'production'))).toEqual([]);
    expect(impactOf(same, 'platform.api.rate-limit', 'production')?.isProved).toBe(true);

    const base = {
      [flag]: textOf(flag).replace(
        /environments[^]*/,
        'environments:\n  production:\n    enabled: true\n\n    rollout: { strict: 50 }\n',
      ),
    };
    const moved = base[flag]
      .replace('normal: 600, strict: 60', 'normal: 600, harsh: 60, strict: 30')
      .replace('{ strict: 50 }', '{ harsh: 25, strict: 25 }');
    const preview = await previewed(await changed({ [flag]: moved }, base), users(400));
    const transitions = new Map(
      impactOf(preview, 'platform.api.rate-limit', 'production')?.transitions.map(({ from, to, isChange }) => [
        `${from.variant} ${to.variant}`,
        isChange,
      ]),
    );
    // Of one name with another value, and of one value with another name.
    expect(transitions).toEqual(
      new Map([
        ['strict strict', true],
        ['normal normal', false],
        ['strict harsh', false],
      ]),
    );
  });

  it('with the default of the caller changes only for those who get a value on one side', async () => {
    const flag = 'flags/platform/web/imported.yaml';
    const text = textOf(SEARCH)
      .replace('platform.web.search', 'platform.web.imported')
      .replace('default: false', 'default: null\nvariants: { new: 1 }')
      .replace(/environments:[^]*/, 'environments:\n  production:\n    enabled: true\n\n    rollout: { new: 30 }\n');
    const repository = await changed({ [flag]: text.replace('new: 30', 'new: 60') }, { [flag]: text });
    expect(lines(impactOf(await previewed(repository, users(200)), 'platform.web.imported', 'production'))).toEqual([
      expect.stringMatching(/^callers-default → new: /),
      expect.stringMatching(/^callers-default = callers-default: /),
      expect.stringMatching(/^new = new: /),
    ]);
  });

  it('of which only the segment or a flag that it needs is another is reached', async () => {
    const repository = await changed({
      'flags/segments/employees.yaml': textOf('flags/segments/employees.yaml').replace('example.com', 'example.org'),
    });
    const rows = users(60, (index) => ({ email: `u@example.${index < 20 ? 'com' : 'org'}` }));
    const preview = await previewed(repository, rows);
    expect(preview.flags.map(({ key, status }) => [key, status])).toEqual([
      ['payments.checkout.new-flow', 'reached'],
      ['platform.web.banner', 'reached'],
      ['platform.web.search', 'reached'],
    ]);
    expect(lines(impactOf(preview, 'payments.checkout.new-flow', 'production')).slice(0, 2)).toEqual([
      expect.stringMatching(/^false → true: /),
      expect.stringMatching(/^true → false: /),
    ]);
    // Once each, though two flags change for them.
    const union = preview.environments[0]?.changed?.contexts;
    const each = preview.flags.map(({ environments }) => environments[0]?.changed?.contexts ?? 0);
    expect(union).toBeLessThan(each.reduce((sum, count) => sum + count, 0));
    expect(union).toBeGreaterThanOrEqual(Math.max(...each));
    expect(union).toBeLessThanOrEqual(60);
  });
});

describe('an environment', () => {
  const enabled = (name: string): string => `\n  ${name}:\n    enabled: true\n\n    rollout: 100\n`;

  it('that is new has no flags before', async () => {
    const repository = await changed({
      [POLICY]: textOf(POLICY).replace('[production, staging]', '[production, canary, staging]'),
      [NEW_FLOW]: textOf(NEW_FLOW).trimEnd() + enabled('canary'),
    });
    const preview = await previewed(repository, users(4));
    expect(preview.environments).toMatchObject([{ environment: 'canary', changed: { contexts: 4 }, flags: 1 }]);
    expect(lines(impactOf(preview, 'payments.checkout.new-flow', 'canary'))).toEqual(['no-flag → true: 4']);
  });

  it('that is gone has none after', async () => {
    const base = {
      [POLICY]: textOf(POLICY).replace('[production, staging]', '[production, canary, staging]'),
      [NEW_FLOW]: textOf(NEW_FLOW).trimEnd() + enabled('canary'),
      [SEARCH]: `${textOf(SEARCH)}  canary:\n    enabled: false\n`,
    };
    const repository = await changed(
      { [POLICY]: textOf(POLICY), [NEW_FLOW]: textOf(NEW_FLOW), [SEARCH]: textOf(SEARCH) },
      base,
    );
    const preview = await previewed(repository, users(4));
    expect(preview.environments).toMatchObject([{ environment: 'canary', changed: { contexts: 4 }, flags: 1 }]);
    expect(lines(impactOf(preview, 'payments.checkout.new-flow', 'canary'))).toEqual(['true → no-flag: 4']);
    // It was off there, and so everybody got the default anyway.
    expect(impactOf(preview, 'platform.web.search', 'canary')?.isProved).toBe(true);
  });
});

describe('contexts', () => {
  const widened = { [NEW_FLOW]: textOf(NEW_FLOW).replace('rollout: 5', 'rollout: 100') };
  let repository: TestRepository;
  beforeEach(async () => {
    repository = repositories.find((one) => one === repository) ?? (await changed(widened));
  });

  it('of one targeting key count once: the first of all files', async () => {
    const first = [...users(3), { targetingKey: 'u-1', $weight: 100 }];
    const files = [
      linesFile(first, 2, 'one.jsonl'),
      linesFile([...users(4), { targetingKey: '' }, {}, {}], 2, 'two.jsonl'),
    ];
    const { population } = await previewed(repository, [], { files });
    expect(population).toMatchObject({
      files: [
        { name: 'one.jsonl', format: 'jsonl', rows: 4 },
        { name: 'two.jsonl', format: 'jsonl', rows: 7 },
      ],
      contexts: 7,
      repeated: 4,
      keys: { plain: 4, hashed: 0, synthetic: 0, missing: 3 },
      usersFrom: 'unknown',
      effectiveContexts: 7,
    });
    expect(population?.users).toBeUndefined();
  });

  it('stand for as many users as their weight says', async () => {
    const rows = [
      { targetingKey: 'hashed:1', email: 'ann@example.com', $weight: 30 },
      { targetingKey: 'synthetic:2', $weight: 7.5 },
      { $weight: 2.5 },
    ];
    const { environments, population } = await previewed(repository, rows);
    expect(population).toMatchObject({
      keys: { plain: 0, hashed: 1, synthetic: 1, missing: 1 },
      users: 40,
      usersFrom: 'weights',
      effectiveContexts: 1_600 / (900 + 56.25 + 6.25),
    });
    expect(environments[0]?.changed).toMatchObject({ contexts: 2, share: 0.25, users: { count: 10 } });
  });

  it('that are all there is leave no error', async () => {
    // Two are employees, and one is among the 5 %.
    const rows = users(8, (index) => ({ email: index < 2 ? 'ann@example.com' : '' }));
    const all = await previewed(repository, rows, { population: 8 });
    expect(all.environments[0]?.changed).toMatchObject({
      low: 0.625,
      share: 0.625,
      high: 0.625,
      users: { count: 5, low: 5, high: 5 },
    });
    const more = await previewed(repository, rows, { population: 9 });
    expect(more.environments[0]?.changed?.high).toBeGreaterThan(0.625);
    const hashed = await previewed(repository, [...rows.slice(1), { targetingKey: 'hashed:1' }], { population: 8 });
    expect(hashed.environments[0]?.changed?.high).toBeGreaterThan(0.625);
  });

  it('are broken down by segment and by attribute, the most affected first', async () => {
    const rows = users(40, (index) => ({
      ...(index < 10 && { email: 'ann@example.com' }),
      plan: index % 4 === 0 ? 'pro' : 'free',
      ...(index % 2 === 0 && { device: { os: index } }),
    }));
    const { environments } = await previewed(repository, rows, { by: ['plan', 'device.os', 'plan'] });
    const groups = environments[0]?.groups ?? [];
    expect(groups.filter(({ name }) => name !== 'device.os')).toMatchObject([
      { by: 'attribute', name: 'plan', value: '"free"', members: { contexts: 30 } },
      { by: 'attribute', name: 'plan', value: '"pro"', members: { contexts: 10 } },
      { by: 'segment', name: 'employees', members: { contexts: 10, share: 0.25 }, changed: { contexts: 0 } },
    ]);
    const os = groups.filter(({ name }) => name === 'device.os');
    expect(os).toHaveLength(21);
    expect(os.find(({ value }) => value === undefined)?.members.contexts).toBe(20);
    const shares = groups.map(({ changed }) => changed.low);
    expect(shares).toEqual([...shares].sort((one, other) => other - one));
  });

  it('have only so many values told apart, and the rest is said', async () => {
    const rows = users(510, (index) => ({ plan: index === 0 ? 'x'.repeat(300) : 'free' }));
    const { environments, findings } = await previewed(repository, rows, { by: ['targetingKey', 'plan'] });
    const keys = environments[0]?.groups.filter(({ name }) => name === 'targetingKey');
    expect(keys).toHaveLength(500);
    expect(findings.filter(({ code }) => code === 'breakdown-incomplete')).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^targetingKey has more than 500 .* 10 contexts/) }),
      expect.objectContaining({ message: expect.stringMatching(/^plan has .* 1 contexts/) }),
    ]);
  });

  it('may have some rows that are none, which are told', async () => {
    const rows = [...users(30), '{"targetingKey":', '[1]'];
    const { population } = await previewed(repository, rows);
    expect(population).toMatchObject({
      contexts: 30,
      files: [{ rows: 32 }],
      refused: { rows: 2, examples: [{ file: 'contexts.jsonl', row: 31 }, { row: 32 }] },
    });
  });

  it.each([
    [
      'more than may be',
      [...users(300), ...Array.from({ length: 25 }, () => 'x')],
      /25 of 325 rows are no contexts, more than the 1 %.*:301: [^]*and 20 more/s,
    ],
    ['all of them', ['x', 'y'], /none of 2 rows is a context[^]*contexts.jsonl:1: [^]*contexts.jsonl:2: /],
  ])('are refused where rows are none: %s', async (_what, rows, message) => {
    const failure: unknown = await previewed(repository, rows).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageError);
    expect((failure as UsageError).message).toMatch(message);
  });

  it('may be as bad as somebody allows', async () => {
    const rows = [...users(300), ...Array.from({ length: 25 }, () => 'x')];
    const { population } = await previewed(repository, rows, { maxRefused: 0.1 });
    expect(population?.refused).toMatchObject({ rows: 25, examples: { length: 5 } });
  });

  it('that are none at all are refused', async () => {
    await expect(previewed(repository, ['', ' '])).rejects.toThrow(/contexts.jsonl: no contexts/);
    const file = join(repository.folder, 'blank.jsonl');
    await writeFile(file, '\n\n');
    const files = await openContextFiles([file], repository.folder, {});
    await expect(previewed(repository, [], { files })).rejects.toBeInstanceOf(UsageError);
  });

  it('are read with a growing fraction', async () => {
    const told: number[] = [];
    await previewed(repository, users(250), {
      progress: (_message, done) => void (done !== undefined && told.push(done)),
    });
    expect(told).toEqual([...told].sort((one, other) => one - other));
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(1);
  });

  it('that are not given leave an estimate', async () => {
    const { environments, findings, flags, population } = await previewed(repository, []);
    expect(population).toBeUndefined();
    expect(findings).toEqual([]);
    // The new flow, and the banner that needs it, which is off in production.
    expect(environments).toEqual([{ environment: 'production', changed: undefined, flags: 1, groups: [] }]);
    const [production, staging] = flags[0]?.environments ?? [];
    expect(production).toMatchObject({ isProved: false, changed: undefined, transitions: [] });
    expect(production?.estimate.length).toBeGreaterThan(0);
    expect(staging).toMatchObject({ isProved: true, estimate: [] });
  });
});

describe('there is no preview', () => {
  it('of more pairs of variants than can be counted', async () => {
    const files = (percent: number): FileChanges =>
      Object.fromEntries(
        Array.from({ length: 101 }, (_, index) => [
          `flags/platform/many/f${index}.yaml`,
          manyVariants(`platform.many.f${index}`, 100, percent),
        ]),
      );
    const repository = await changed(files(0.5), files(1));
    await expect(preview(repository, users(3))).rejects.toThrow(
      'the changed flags have 1,010,000 pairs of variants before and after, at most 1,000,000 can be counted',
    );
    expect(await preview(repository, [])).toMatchObject({ ok: true });
  });

  it('where nobody has merged the paths yet', async () => {
    const repository = await changed({ [SEARCH]: textOf(SEARCH).replace('stage: canary', 'stage: all') });
    await repository.commit({ [SEARCH]: textOf(SEARCH).replace('stage: canary', 'stage: internal') });
    expect(await preview(repository, users(3))).toEqual<PreviewResult>({
      ok: false,
      conflicts: [SEARCH],
      side: undefined,
      problems: [],
    });
  });

  it.each(['base', 'result'] as const)('where the %s does not load', async (side) => {
    const broken = { 'flags/platform/web/broken.yaml': 'key: [\n' };
    const repository = await changed(
      side === 'base' ? { 'flags/platform/web/broken.yaml': null } : broken,
      side === 'base' ? broken : {},
    );
    const result = await preview(repository, users(3));
    expect(result).toMatchObject({
      ok: false,
      side,
      problems: [expect.objectContaining({ file: 'flags/platform/web/broken.yaml' })],
    });
  });
});
