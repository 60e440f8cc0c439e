import { describe, expect, it, test } from 'vitest';
import { flagFiles } from '../testing/flag-repository.js';
import type { ChangedFile, Direction, Side } from './change.js';
import { compareSides } from './compare.js';
import { changesOf, itemLines, sideOf, sidesOf, type Files } from './testing/sides.js';

const SEGMENT = 'flags/segments/employees.yaml';

/** A flag whose environments hold these lines. */
function flag(key: string, environments: string, head = ''): Files {
  const text = `key: ${key}\ntype: ops\nowner: platform-team\nriskTier: low\nexpiresAt: never\ndescription: A flag.\n`;
  return { [`flags/${key.replaceAll('.', '/')}.yaml`]: `${text}${head}environments:\n${environments}` };
}

function segment(name: string, when: string): Files {
  return { [`flags/segments/${name}.yaml`]: `owner: platform-team\ndescription: A segment.\nwhen: ${when}\n` };
}

const production = (lines = ''): string => `  production:\n    enabled: true\n${lines}`;
const ruleOf = (name: string): string => `    rules:\n      - { name: r, when: { segment: ${name} }, serve: true }\n`;
const needs = (key: string): string => `prerequisites: { ${key}: true }\n`;

/** Segments of segments, and flags that need flags. */
const chained: Files = {
  ...flagFiles,
  ...segment('staff', '{ segment: employees }'),
  ...segment('insiders', '{ any: [{ segment: staff }, { country: DE }] }'),
  ...flag('platform.deep.segment', production(ruleOf('insiders'))),
  ...flag(
    'platform.deep.negated',
    production(ruleOf('staff').replace('{ segment: staff }', '{ not: { segment: staff } }')),
  ),
  ...flag('platform.deep.first', production('    rollout: 5\n')),
  ...flag('platform.deep.second', production(), needs('platform.deep.first')),
  ...flag('platform.deep.third', production(), needs('platform.deep.second')),
  ...flag('platform.deep.alone', production('    rollout: 5\n')),
};

function edited(files: Files, path: string, from: string, to: string): Files {
  const text = files[path];
  if (text?.includes(from) !== true) throw new Error(`${path} does not hold ${from}`);
  return { ...files, [path]: text.replace(from, to) };
}

/** `key status via; via` */
async function reachOf(before: Files, after: Files): Promise<readonly string[]> {
  const changes = await changesOf(before, after);
  return changes.map(({ key, status, via }) => [key, status, via.join('; ')].join(' ').trim());
}

/** The keys of the flags that are read from now on. */
function watchReads(...sides: readonly Side[]): ReadonlySet<string> {
  const read = new Set<string>();
  for (const [key, stored] of sides.flatMap(({ loaded }) => [...(loaded?.ruleset.documents.flags ?? [])])) {
    const original = stored.read.bind(stored);
    Object.assign(stored, {
      read: () => {
        read.add(key);
        return original();
      },
    });
  }
  return read;
}

describe('an edited segment', () => {
  const after = edited(chained, SEGMENT, '@example.com', '@example.org');

  it('reaches the flags that name it, through segments of segments, plans and prerequisites', async () => {
    expect(await reachOf(chained, after)).toEqual([
      'payments.checkout.new-flow reached segment employees',
      'platform.deep.negated reached segment employees',
      'platform.deep.segment reached segment employees',
      'platform.web.banner reached segment employees',
      'platform.web.search reached segment employees',
    ]);
  });

  it('says at each of them what changed, and where', async () => {
    const changes = new Map((await changesOf(chained, after)).map((change) => [change.key, itemLines(change)]));
    const text = '[rule] segment `employees`: `email` endsWith `"@example.org"` added, `"@example.com"` removed';
    expect(changes.get('payments.checkout.new-flow')).toEqual([`production: ${text}`]);
    for (const key of ['platform.deep.segment', 'platform.web.search', 'platform.web.banner']) {
      expect(changes.get(key)).toEqual([text]);
    }
  });

  it('reaches nothing by a comment', async () => {
    expect(await reachOf(chained, { ...chained, [SEGMENT]: `# why\n${chained[SEGMENT]}` })).toEqual([]);
  });

  test.each([
    ['platform-team', 'payments-team', '[rule] segment `employees`: owner platform-team → payments-team'],
    ['on our payroll', 'we pay', '[rule] segment `employees`: description `People on our payroll.` → `People we pay.`'],
  ])('reaches by its governance too: %s', async (from, to, item) => {
    const changes = await changesOf(chained, edited(chained, SEGMENT, from, to));
    expect(changes).toHaveLength(5);
    expect(changes.flatMap(itemLines)).toContain(item);
  });

  it('that is new reaches the flag that now names it', async () => {
    const next = edited(
      { ...chained, ...segment('testers', '{ tester: true }') },
      'flags/platform/deep/segment.yaml',
      'insiders',
      '[insiders, testers]',
    );
    const [change, ...others] = await changesOf(chained, next);
    expect(others).toEqual([]);
    expect(change).toMatchObject({ key: 'platform.deep.segment', status: 'changed', via: ['segment testers'] });
    expect(change && itemLines(change)).toEqual([
      'production: [rule] rule `r`: segment `testers` added',
      '[rule] segment `testers` added: `{ tester: true }`',
    ]);
  });

  it('is followed by what it referred to before, and by what it refers to now', async () => {
    const turned = {
      ...edited(chained, 'flags/segments/staff.yaml', '{ segment: employees }', '{ country: AT }'),
      [SEGMENT]: after[SEGMENT] ?? '',
    };
    const changes = await changesOf(chained, turned);
    expect(changes.find(({ key }) => key === 'platform.deep.segment')?.via).toEqual([
      'segment staff',
      'segment employees',
    ]);
  });
});

describe('an edited flag', () => {
  const after = edited(chained, 'flags/platform/deep/first.yaml', 'rollout: 5', 'rollout: 25');

  it('reaches those that need it, and those that need them', async () => {
    expect(await reachOf(chained, after)).toEqual([
      'platform.deep.first changed',
      'platform.deep.second reached flag platform.deep.first',
      'platform.deep.third reached flag platform.deep.first',
    ]);
    const items = (await changesOf(chained, after)).map(itemLines);
    expect(items).toEqual([
      ['production: [rollout] rollout 5 % → 25 %'],
      ['[prerequisite] prerequisite `platform.deep.first` changed'],
      ['[prerequisite] prerequisite `platform.deep.second` changed through `platform.deep.first`'],
    ]);
  });

  it('is read, and what it reaches; nothing else is', async () => {
    const { base, result, files } = await sidesOf(chained, after);
    const read = watchReads(base, result);
    compareSides(base, result, files, () => 'other');
    expect([...read].sort()).toEqual(['platform.deep.first', 'platform.deep.second', 'platform.deep.third']);
  });

  it('among two thousand is read with forty-nine others', async () => {
    const many = (percent: number): Files => {
      const flags = Array.from({ length: 2_000 }, (_, index) =>
        flag(
          `platform.many.f-${index}`,
          production(`    rollout: ${index < 50 ? percent : 1}\n${ruleOf('employees')}`),
        ),
      );
      return Object.assign({ ...chained }, ...flags) as Files;
    };
    const { base, result, files } = await sidesOf(many(5), many(10));
    const read = watchReads(base, result);
    expect(compareSides(base, result, files, () => 'other')).toHaveLength(50);
    expect(read.size).toBe(50);
  });

  it('reaches nothing by a comment', async () => {
    const path = 'flags/platform/deep/first.yaml';
    expect(await reachOf(chained, { ...chained, [path]: `# why\n${chained[path]}` })).toEqual([
      'platform.deep.first changed',
    ]);
  });

  it('that is edited and reached says both', async () => {
    const both = edited(after, 'flags/platform/deep/second.yaml', 'riskTier: low', 'riskTier: high');
    const change = (await changesOf(chained, both)).find(({ key }) => key === 'platform.deep.second');
    expect(change).toMatchObject({ status: 'changed', via: ['flag platform.deep.first'] });
    expect(change && itemLines(change)).toEqual([
      '[tier] tier low → high',
      '[prerequisite] prerequisite `platform.deep.first` changed',
    ]);
  });

  it('does not say twice that a prerequisite is new', async () => {
    const next = {
      ...edited(
        after,
        'flags/platform/deep/alone.yaml',
        'environments:',
        `${needs('platform.deep.first')}environments:`,
      ),
    };
    const change = (await changesOf(chained, next)).find(({ key }) => key === 'platform.deep.alone');
    expect(change?.via).toEqual(['flag platform.deep.first']);
    expect(change && itemLines(change)).toEqual([
      '[prerequisite] prerequisite `platform.deep.first` added: needs `true`',
    ]);
  });
});

describe('an edited guardrail', () => {
  const guardrail = 'owner: platform-team\ndescription: Errors.\nquery: errors\nmax: 0.02\ninterval: 1m\n';
  const before: Files = {
    ...edited(
      chained,
      'flags/platform/web/search.yaml',
      'stage: canary\n',
      'stage: canary\n      guardrails: [errors]\n',
    ),
    'flags/guardrails/errors.yaml': guardrail,
  };

  test.each([
    ['max: 0.02', 'max: 0.5', 'guardrail `errors`: max `0.02` → `0.5`'],
    ['interval: 1m', 'interval: 9m', 'guardrail `errors`: interval `1m` → `9m`'],
    ['interval: 1m\n', 'interval: 1m\nonNoData: pass\n', 'guardrail `errors`: onNoData pass added'],
    ['query: errors', 'query: none', 'guardrail `errors`: query `errors` → `none`'],
  ])('reaches the flags whose plans name it: %s', async (from, to, text) => {
    const changes = await changesOf(before, edited(before, 'flags/guardrails/errors.yaml', from, to));
    expect(changes.map(({ key, status, via }) => [key, status, via])).toEqual([
      ['platform.web.search', 'reached', ['guardrail errors']],
    ]);
    expect(changes.flatMap(itemLines)).toEqual([`[guardrail] ${text}`]);
  });
});

describe('effects', () => {
  it('are of every environment in which the flag is or was, in the order of the policy', async () => {
    const before = {
      ...flagFiles,
      ...flag('platform.a.b', `  staging:\n    enabled: true\n${production('    rollout: 5\n')}`),
    };
    const after = { ...flagFiles, ...flag('platform.a.b', production('    rollout: 25\n')) };
    const asked: string[] = [];
    const direction = (key: string, environment: string): Direction => {
      asked.push(`${key} ${environment}`);
      return environment === 'production' ? 'other' : 'same';
    };
    const [change] = await changesOf(before, after, direction);
    const none = { rest: 0, openRules: new Map() };
    expect(change?.effects).toEqual([
      {
        environment: 'production',
        direction: 'other',
        exposure: { before: { ...none, rest: 5 }, after: { ...none, rest: 25 } },
      },
      { environment: 'staging', direction: 'same', exposure: { before: none, after: none } },
    ]);
    expect(asked).toEqual(['platform.a.b production', 'platform.a.b staging']);
  });

  it("tell each side's exposure by its own segments", async () => {
    const after = edited(chained, SEGMENT, '{ email: { endsWith: "@example.com" } }', '{ email: { exists: true } }');
    const changes = await changesOf(chained, after);
    const search = changes.find(({ key }) => key === 'platform.web.search');
    expect(search?.effects[0]?.exposure).toMatchObject({
      before: { rest: 5, openRules: new Map() },
      after: { rest: 5, openRules: new Map([['internal', 100]]) },
    });
  });
});

describe('sides of another kind', () => {
  const after = edited(chained, 'flags/platform/deep/first.yaml', 'rollout: 5', 'rollout: 25');

  it('that were loaded apart compare as those that were loaded together', async () => {
    const { base, result, files } = await sidesOf(chained, after);
    const apart = await sideOf(after);
    const other = (): Direction => 'other';
    expect(compareSides(base, apart, files, other)).toEqual(compareSides(base, result, files, other));
  });

  it('find a flag that the list of files forgot', async () => {
    const { base, result } = await sidesOf(chained, after);
    expect(compareSides(base, result, [], () => 'same').map(({ key }) => key)).toEqual([
      'platform.deep.first',
      'platform.deep.second',
      'platform.deep.third',
    ]);
  });

  it('list a renamed file as a flag that is gone and one that is new', async () => {
    const path = 'flags/platform/deep/alone.yaml';
    const { [path]: text = '', ...others } = chained;
    const renamed = { ...others, 'flags/platform/deep/lonely.yaml': text.replace('deep.alone', 'deep.lonely') };
    expect(await reachOf(chained, renamed)).toEqual(['platform.deep.alone removed', 'platform.deep.lonely added']);
  });

  const broken = { ...after, 'flags/policy.yaml': 'nonsense: true\n' };

  it.each([
    ['the result', chained, broken, 5, 100],
    ['the base', broken, after, 0, 25],
  ])('of which %s does not load are named, and nothing is concluded', async (side, first, second, was, is) => {
    const { base, result, files } = await sidesOf(first, second);
    const all = files.concat({ path: 'flags/platform/deep/first.yaml', status: 'modified' });
    const unique: readonly ChangedFile[] = [...new Map(all.map((file) => [file.path, file])).values()];
    const changes = compareSides(base, result, unique, () => 'reducing');
    expect(changes.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'platform.deep.first changed',
      'platform.deep.second reached',
      'platform.deep.third reached',
    ]);
    expect(changes.flatMap(itemLines)).toEqual(
      Array.from({ length: 3 }, () => `[key] cannot be compared: ${side} does not load`),
    );
    expect(changes.flatMap(({ effects }) => effects.map(({ direction }) => direction))).toEqual([
      'other',
      'other',
      'other',
    ]);
    expect(changes[0]?.effects[0]?.exposure).toEqual({
      before: { rest: was, openRules: new Map() },
      after: { rest: is, openRules: new Map() },
    });
  });

  it('of which neither loads are named by their files', async () => {
    const { base, result, files } = await sidesOf({ ...broken, 'flags/a/b/c.yaml': '1' }, { 'flags/policy.yaml': '' });
    const keys = compareSides(base, result, files, () => 'same').map(({ key }) => key);
    expect(keys).toContain('a.b.c');
    expect(keys).toContain('platform.deep.third');
  });
});
