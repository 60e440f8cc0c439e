import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasher } from '../../../provider/engine/index.js';
import { openContextFiles } from '../reading/open-files.js';
import { RowReader } from '../row-reader.js';
import { rowText } from '../row-text.js';
import { Merge, type Merged } from './merge.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-merge-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Row {
  readonly targetingKey?: string | number;
  readonly $weight?: number;
  readonly [attribute: string]: unknown;
}

async function all(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

let files = 0;

/** Writes rows as a file. */
async function fileOf(rows: readonly Row[]): Promise<string> {
  const name = `rows-${++files}.jsonl`;
  await writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return name;
}

async function merge(names: readonly string[], limit?: number): Promise<{ rows: readonly Row[]; result: Merged }> {
  const opened = await openContextFiles(names, folder, {});
  const reader = () => new RowReader(opened, {}, () => undefined);
  const [first, plan] = [reader(), new Merge()];
  await plan.plan(first, limit);
  const rows = (await all(plan.lines(reader()))).map((line) => JSON.parse(line) as Row);
  return { rows, result: plan.result(first) };
}

const merged = async (...files: readonly (readonly Row[])[]): Promise<readonly Row[]> =>
  (await merge(await Promise.all(files.map(fileOf)))).rows;

const asSet = (rows: readonly Row[]): readonly string[] => rows.map((row) => JSON.stringify(row)).toSorted();

const weightOf = ({ $weight = 1 }: Row): number => $weight;
const sum = (rows: readonly Row[]): number => rows.reduce((all, row) => all + weightOf(row), 0);

describe('merging', () => {
  it('keeps of each targeting key the row with the smallest weight, and all rows without one', async () => {
    const rows = await merged(
      [{ targetingKey: 'a', $weight: 5, from: 1 }, { from: 1 }, { targetingKey: 'b', $weight: 2, from: 1 }],
      [
        { targetingKey: 'b', $weight: 3, from: 2 },
        { targetingKey: '', from: 2 },
        { targetingKey: 'a', $weight: 4, from: 2 },
      ],
    );
    expect(rows).toEqual([
      { from: 1, $weight: 1 },
      { targetingKey: 'b', from: 1, $weight: 2 },
      { from: 2, $weight: 1 },
      { targetingKey: 'a', from: 2, $weight: 4 },
    ]);
  });

  it('takes a number and its digits for one user, as a rollout does', async () => {
    expect(await merged([{ targetingKey: 17 }, { targetingKey: '17' }])).toHaveLength(1);
  });

  it('writes no weights where there are none', async () => {
    expect(await merged([{ targetingKey: 'a', country: 'DE' }])).toEqual([{ targetingKey: 'a', country: 'DE' }]);
  });

  it('counts what it read and wrote', async () => {
    const names = [
      await fileOf([{ targetingKey: 'a', $weight: 5 }, {}]),
      await fileOf([{ targetingKey: 'a', $weight: 2 }]),
    ];
    await writeFile(join(folder, 'bad.jsonl'), '{"targetingKey":"c"}\nnonsense\n{"$weight":-1}\n');
    const { result } = await merge([...names, 'bad.jsonl']);
    expect(result).toMatchObject({ rows: 4, repeated: 1, users: 3, kept: 3, weightBefore: 4, weightAfter: 4 });
    expect(result.refused.rows).toBe(2);
  });

  it.each([
    ['of fewer rows', '{"targetingKey":"a", "padding":"as long as before"}\n'],
    ['of other users', '{"targetingKey":"a"}\n{"targetingKey":"c"}\n'],
    ['of a user less', '{"targetingKey":"a"}\n{"targetingKey":"a"}\n'],
  ])('says so where a file becomes one %s between its two readings', async (_what, other) => {
    const name = await fileOf([{ targetingKey: 'a' }, { targetingKey: 'b' }]);
    const opened = await openContextFiles([name], folder, {});
    const plan = new Merge();
    await plan.plan(new RowReader(opened, {}, () => undefined), undefined);
    await writeFile(join(folder, name), other);
    const lines = plan.lines(new RowReader(opened, {}, () => undefined));
    await expect(all(lines)).rejects.toThrow('the files changed while they were read');
  });

  it('holds a hundred thousand users apart', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => ({ targetingKey: `user-${index}` }));
    expect((await merged(rows, rows)).length).toBe(100_000);
  });
});

/** Rows of few users, so that they meet; few weights and contents, so that ties are broken too. */
const rowsOfFew = fc.array(
  fc.record(
    {
      targetingKey: fc.oneof(fc.constantFrom('a', 'b', 'c', 'd', ''), fc.integer({ min: 1, max: 3 })),
      country: fc.constantFrom('DE', 'AT', 'CH'),
      $weight: fc.constantFrom(1, 2, 2.5, 40),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 8 },
) as fc.Arbitrary<Row[]>;

describe('merges of merges', () => {
  it('are the same in any order and grouping, but for the order of the rows', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOfFew, rowsOfFew, rowsOfFew, async (a, b, c) => {
        const all = asSet(await merged(a, b, c));
        // Whether weights are written is a matter of the whole file: compared is what they say.
        const explicit = (rows: readonly Row[]) => asSet(rows.map(({ $weight = 1, ...row }) => ({ ...row, $weight })));
        expect(explicit(await merged(c, a, b))).toEqual(explicit(await merged(a, b, c)));
        expect(explicit(await merged(await merged(a, b), c))).toEqual(explicit(await merged(a, b, c)));
        expect(explicit(await merged(a, await merged(b, c)))).toEqual(explicit(await merged(a, b, c)));
        expect(asSet(await merged(a, b, c))).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  it('of a merge by itself change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOfFew, async (rows) => {
        const keyed = rows.filter(({ targetingKey }) => targetingKey !== undefined && targetingKey !== '');
        if (keyed.length === 0) return;
        const once = await merged(keyed);
        expect(await merged(once, once)).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });
});

describe('coordinated samples', () => {
  const USERS = 4_000;
  const users = Array.from({ length: USERS }, (_, index) => `u-${index}`);

  /** A bottom-k sample as a process's sampler writes it: of `among`, those with the smallest priorities; each weighs 1/τ. */
  function sample(seed: string, among: readonly string[], size: number): readonly Row[] {
    const hash = hasher(`priority:${seed}:`);
    const sorted = among.map((key) => [(hash(key) >>> 0) / 2 ** 32, key] as const).toSorted(([a], [b]) => a - b);
    const [threshold] = sorted[size] ?? [1];
    return sorted.slice(0, size).map(([, targetingKey]) => ({ targetingKey, $weight: 1 / threshold }));
  }

  it('weigh together as much as there are users: a mean of forty samples within four standard errors', async () => {
    const sums: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      // Three processes that see the same users, and keep as many as they may.
      const parts = [100, 250, 400].map((size) => sample(String(seed), users, size));
      const rows = await merged(...parts);
      // The largest sample holds the others.
      expect(rows).toHaveLength(400);
      sums.push(sum(rows));
    }
    expectMean(sums, USERS);
  });

  it('of which each process saw some users weigh as much as all of them', async () => {
    const sums: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const [odd, even] = [users.filter((_, index) => index % 2 === 1), users.filter((_, index) => index % 2 === 0)];
      sums.push(sum(await merged(sample(String(seed), odd, 200), sample(String(seed), even, 300))));
    }
    expectMean(sums, USERS);
  });
});

describe('a limit', () => {
  const rows = Array.from({ length: 3_000 }, (_, index): Row => ({
    ...(index % 10 === 0 ? {} : { targetingKey: `u-${index}` }),
    $weight: 1 + (index % 7),
    group: index % 3,
  }));

  it('keeps at most so many, the same each time, and unbiased sums: forty sets of users within four standard errors', async () => {
    const sums: number[] = [];
    const groups: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const own = rows.map((row) =>
        'targetingKey' in row ? { ...row, targetingKey: `${row.targetingKey}-${seed}` } : row,
      );
      const name = await fileOf(own);
      const { rows: kept, result } = await merge([name], 300);
      expect(kept).toHaveLength(300);
      expect(result).toMatchObject({ users: 3_000, kept: 300, weightBefore: sum(rows) });
      expect(result.weightAfter).toBeCloseTo(sum(kept), 6);
      expect((await merge([name], 300)).rows).toEqual(kept);
      sums.push(sum(kept));
      groups.push(sum(kept.filter(({ group }) => group === 0)));
    }
    expectMean(sums, sum(rows));
    expectMean(groups, sum(rows.filter(({ group }) => group === 0)));
  });

  it('beyond what there is changes nothing', async () => {
    const { rows: kept } = await merge([await fileOf(rows)], 3_000);
    expect(asSet(kept)).toEqual(asSet(rows.map(({ $weight = 1, ...row }) => ({ ...row, $weight }))));
  });

  it('keeps the users of a smaller limit within a larger one', async () => {
    const name = await fileOf(rows);
    const keys = async (limit: number) =>
      (await merge([name], limit)).rows.map(({ targetingKey, group }) => `${targetingKey}/${String(group)}`);
    const many = new Set(await keys(500));
    expect((await keys(200)).filter((key) => !many.has(key))).toEqual([]);
  });

  it('has nothing to do with the sampler’s choice: of its smallest priorities it keeps its share', async () => {
    const highPriority = hasher('guidon:sample:1:');
    const keys = Array.from({ length: 20_000 }, (_, index) => `user-${index}`);
    const sampled = keys.toSorted((a, b) => (highPriority(a) >>> 0) - (highPriority(b) >>> 0)).slice(0, 2_000);
    const { rows: kept } = await merge([await fileOf(keys.map((targetingKey) => ({ targetingKey })))], 10_000);
    const names = new Set(kept.map(({ targetingKey }) => targetingKey));
    const both = sampled.filter((key) => names.has(key)).length;
    // Of 2,000, half; four standard errors of a hypergeometric distribution.
    expect(Math.abs(both - 1_000)).toBeLessThan(4 * Math.sqrt(2_000 * 0.25 * 0.9));
  });
});

it('a row’s text is the same after a merge', async () => {
  const row = { targetingKey: 'a', order: { at: '2026-01-01' }, list: [1, { b: null }] };
  const [once] = await merged([row]);
  expect(rowText(once as never, undefined)).toBe(JSON.stringify(row));
});

function expectMean(values: readonly number[], expected: number): void {
  const mean = values.reduce((all, value) => all + value, 0) / values.length;
  const variance = values.reduce((all, value) => all + (value - mean) ** 2, 0) / (values.length - 1);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / values.length));
}
