import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../errors.js';
import { READ_LIMITS } from './limits.js';
import { openContextFiles } from './open-files.js';
import { readContexts } from './testing/read-contexts.js';
import type { ReadOptions } from '../contexts.js';

const FIXTURES = fileURLToPath(new URL('testing/', import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'contexts-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function read(name: string, options: ReadOptions = {}, folder = FIXTURES, limits = READ_LIMITS) {
  return readContexts((await openContextFiles([name], folder, options, limits))[0], options);
}

/** Changed bits of groups.parquet: offsets and masks. */
const DAMAGES: readonly (readonly (readonly [number, number])[])[] = [
  [[1759, 225]],
  [
    [1517, 186],
    [281, 119],
    [478, 166],
  ],
  [
    [440, 43],
    [755, 127],
    [1283, 34],
  ],
];

const PEOPLE = [
  { targetingKey: 'user-0', country: 'DE', age: 30, beta: true },
  { targetingKey: 'user-1', country: 'AT', beta: false },
  { targetingKey: 'user-2', age: 41 },
  { targetingKey: 'user-3', country: 'CH', age: 25, beta: true },
  { targetingKey: 'user-4', country: 'DE', age: 67, beta: false },
];

describe('Parquet', () => {
  it.each(['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'])(
    'is read where it is compressed by %s',
    async (codec) => {
      expect(await read(`people-${codec}.parquet`)).toMatchObject({ contexts: PEOPLE, refused: [] });
    },
  );

  it('is read by its row groups', async () => {
    const { contexts, batches, progress } = await read('groups.parquet');
    expect(contexts).toEqual(PEOPLE);
    expect(batches).toBe(3);
    expect(progress.at(-1)).toBe((await readFile(join(FIXTURES, 'groups.parquet'))).length);
  });

  it('is read in stretches of a large row group', async () => {
    const { contexts, batches } = await read('many.parquet');
    expect(contexts).toHaveLength(70_000);
    expect(contexts.every((context, n) => (context as { targetingKey: string }).targetingKey === `user-${n}`)).toBe(
      true,
    );
    expect(batches).toBe(66 + 5);
  });

  it('keeps structs, lists, dates and exact numbers', async () => {
    const day = new Date('2027-03-01T00:00:00Z');
    const since = new Date('2027-03-01T09:30:00Z');
    expect((await read('kinds.parquet')).contexts).toEqual([
      {
        targetingKey: 1,
        ratio: 0.5,
        price: 19.99,
        since,
        born: day,
        address: { city: 'Bern', geo: { lat: 46.9 } },
        groups: ['a', 'b'],
        ids: [1, '1152921504606846976'],
        labels: { plan: 'pro' },
        orders: { count: 3 },
      },
      {
        targetingKey: '1152921504606846976',
        price: -0.1,
        since,
        born: day,
        address: {},
        groups: [],
        labels: {},
      },
      { orders: { count: 5 } },
    ]);
  });

  it('is weighed by a column, and read by types', async () => {
    const options: ReadOptions = { weight: 'ratio', types: new Map([['orders.count', 'string']]) };
    const { contexts, weights, refused } = await read('kinds.parquet', options);
    expect(weights).toEqual([0.5]);
    expect(contexts[0]).toMatchObject({ orders: { count: '3' } });
    expect(refused).toEqual([
      '2: its weight must be a finite number above 0, found NaN',
      '3: it has no weight: "ratio" is missing in it',
    ]);
  });

  it('has rows refused whose dates or numbers nothing can be written as', async () => {
    const { contexts, refused } = await read('moments.parquet');
    expect(contexts).toEqual([{ targetingKey: 'u-1', seen: new Date(0), score: 1.5 }]);
    expect(refused).toEqual([
      "2: it has a date that RFC 3339 can't write: its years are 0000 to 9999",
      "3: it has a date that RFC 3339 can't write: its years are 0000 to 9999",
    ]);
  });

  it('has rows refused whose JSON is broken, and not the file', async () => {
    const { contexts, refused } = await read('json.parquet');
    expect(contexts).toEqual([{ targetingKey: 'u-1', tags: { a: [1] } }]);
    expect(refused).toEqual(['2: its "tags" is bytes, broken JSON or too long a text: no attribute can be that']);
  });

  it('has rows refused that hold bytes', async () => {
    const { contexts, refused } = await read('bytes.parquet');
    expect(contexts).toEqual([{ targetingKey: 'u-1' }]);
    expect(refused).toEqual(['2: its "digest" is bytes, broken JSON or too long a text: no attribute can be that']);
  });

  it.each([
    ['empty.parquet', 'empty.parquet holds no contexts: it has no rows'],
    ['twice.parquet', 'twice.parquet: column 2, "a", is there twice'],
    ['conflict.parquet', 'conflict.parquet has a column "a" and a column "a.b"'],
  ])('%s is refused', async (name, message) => {
    await expect(read(name)).rejects.toThrow(message);
  });

  it('must have the columns that options name, and no more rows than the limit', async () => {
    await expect(read('groups.parquet', { weight: 'users' })).rejects.toThrow(
      'groups.parquet has no column "users"; it has',
    );
    const limits = { ...READ_LIMITS, contexts: 4 };
    await expect(read('groups.parquet', {}, FIXTURES, limits)).rejects.toThrow('groups.parquet: 5 rows, at most 4');
  });

  it.each([
    [(bytes: Buffer) => bytes.subarray(0, -1), 'it does not end with PAR1'],
    [(bytes: Buffer) => bytes.subarray(0, 6), 'it is too short'],
    [(bytes: Buffer) => Buffer.concat([bytes.subarray(0, 4), bytes.subarray(-8)]), "can't be read as Parquet"],
  ])('that was cut is refused: %#', async (cut, message) => {
    await writeFile(join(directory, 'cut.parquet'), cut(await readFile(join(FIXTURES, 'groups.parquet'))));
    await expect(read('cut.parquet', {}, directory)).rejects.toThrow(message);
  });

  it('that ends anywhere before its end is refused', async () => {
    const whole = await readFile(join(FIXTURES, 'groups.parquet'));
    for (let length = 1; length < whole.length; length += 97) {
      await writeFile(join(directory, 'short.parquet'), whole.subarray(0, length));
      await expect(read('short.parquet', {}, directory)).rejects.toBeInstanceOf(UsageError);
    }
  });

  it('that refers to what is not there is refused, with nothing left to fail later', async () => {
    const whole = await readFile(join(FIXTURES, 'groups.parquet'));
    const failed: unknown[] = [];
    const listen = (reason: unknown): number => failed.push(reason);
    process.on('unhandledRejection', listen);
    // Found by flipping bits: offsets of column chunks far beyond the end, next to a damaged one that fails first.
    for (const changes of DAMAGES) {
      const bytes = Buffer.from(whole);
      for (const [offset, mask] of changes) bytes[offset] = (bytes[offset] ?? 0) ^ mask;
      await writeFile(join(directory, 'damaged.parquet'), bytes);
      await expect(read('damaged.parquet', {}, directory)).rejects.toBeInstanceOf(UsageError);
    }
    process.off('unhandledRejection', listen);
    expect(failed).toEqual([]);
  });
});
