import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sqlite from 'node-sqlite3-wasm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../errors.js';
import { READ_LIMITS } from './limits.js';
import { openContextFiles } from './open-files.js';
import { readContexts } from './testing/read-contexts.js';
import type { ReadOptions } from '../contexts.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'contexts-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

function write(sql: string): void {
  const database = new sqlite.Database(join(directory, 'a.db'));
  database.exec(sql);
  database.close();
}

async function read(options: ReadOptions = {}, limits = READ_LIMITS) {
  return readContexts((await openContextFiles(['a.db'], directory, options, limits))[0], options);
}

describe('SQLite', () => {
  it('has its only table read', async () => {
    write(`
      CREATE TABLE "people" (targetingKey TEXT, "address.city" TEXT, age INTEGER, score REAL, beta BOOLEAN, tags JSON, "$run" INTEGER);
      INSERT INTO people VALUES ('u-1', 'Bern', 30, 0.5, 1, '["a"]', 7), (NULL, NULL, NULL, NULL, 0, NULL, 7);
      CREATE VIEW seniors AS SELECT * FROM people WHERE age > 60;
    `);
    const { contexts, progress } = await read();
    expect(contexts).toEqual([
      { targetingKey: 'u-1', address: { city: 'Bern' }, age: 30, score: 0.5, beta: true, tags: ['a'] },
      { beta: false },
    ]);
    expect(progress).toEqual([(await stat(join(directory, 'a.db'))).size]);
  });

  it('has any table read that is named, however it is called', async () => {
    const name = `it's "x"; DROP TABLE b --`;
    write(`CREATE TABLE "${name.replaceAll('"', '""')}" ("a""b" TEXT); INSERT INTO "${name.replaceAll('"', '""')}" VALUES ('x');
      CREATE TABLE b (c TEXT); INSERT INTO b VALUES ('y');`);
    expect((await read({ table: name })).contexts).toEqual([{ 'a"b': 'x' }]);
    expect((await read({ table: 'b' })).contexts).toEqual([{ c: 'y' }]);
    await expect(read()).rejects.toThrow('a.db has 2 tables; name one with --table: "b", "it\'s ?x?; DROP TABLE b --"');
    await expect(read({ table: 'c' })).rejects.toThrow('a.db has no table "c"; it has "b"');
    await expect(read({ table: 'sqlite_schema' })).rejects.toThrow('a.db has no table "sqlite_schema"');
  });

  it('keeps whole numbers exact, and refuses bytes and long texts', async () => {
    write(
      `CREATE TABLE a (targetingKey INTEGER, v); INSERT INTO a VALUES (1, 'x'), (9007199254740993, 1), (3, x'00'), (4, hex(zeroblob(600000)))`,
    );
    const { contexts, refused } = await read();
    expect(contexts).toEqual([
      { targetingKey: 1, v: 'x' },
      { targetingKey: '9007199254740993', v: 1 },
    ]);
    expect(refused).toEqual(
      [3, 4].map((row) => `${row}: its "v" is bytes, broken JSON or too long a text: no attribute can be that`),
    );
  });

  it('is weighed by a column, and read by types', async () => {
    write(`CREATE TABLE a (k TEXT, users, at TEXT, ok BOOLEAN);
      INSERT INTO a VALUES ('u-1', 3, '2027-03-01 09:30:00', 'true'), ('u-2', 'many', '', 0), ('u-3', 1, 'today', 0), ('u-4', 1, NULL, 'maybe')`);
    const { contexts, weights, refused } = await read({ weight: 'users', types: new Map([['at', 'date']]) });
    expect(contexts).toEqual([{ k: 'u-1', at: new Date('2027-03-01T09:30:00Z'), ok: true }]);
    expect(weights).toEqual([3]);
    expect([...refused].sort()).toEqual([
      '2: its weight must be a finite number above 0, found the text "many"',
      '3: its "at" is "today", expected a date such as 2027-03-01 or 2027-03-01T09:30:00Z',
      '4: its "ok" is "maybe", expected true or false, as in the rows before; if text is right, say so by --type ok=string',
    ]);
  });

  it('is left as it was, with nothing next to it, even where reading stops early', async () => {
    write(
      `CREATE TABLE a (n); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 5000) INSERT INTO a SELECT n FROM c`,
    );
    const [before, bytes] = [await stat(join(directory, 'a.db')), await readFile(join(directory, 'a.db'))];
    const temporary = await mkdtemp(join(tmpdir(), 'temporary-'));
    vi.stubEnv('TMPDIR', temporary);
    const [file] = await openContextFiles(['a.db'], directory, {});
    const seen: string[][] = [];
    for await (const batch of file?.batches(() => undefined) ?? []) {
      expect(batch).toMatchObject({ kind: 'rows', first: seen.length * 1000 + 1 });
      seen.push(await readdir(directory));
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([['a.db'], ['a.db'], ['a.db']]);
    expect((await read()).contexts).toHaveLength(5000);
    expect(await readdir(directory)).toEqual(['a.db']);
    expect((await stat(join(directory, 'a.db'))).mtimeMs).toBe(before.mtimeMs);
    expect(await readFile(join(directory, 'a.db'))).toEqual(bytes);
    expect(await readdir(temporary)).toEqual([]);
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });

  it.each([
    ['CREATE TABLE a (b); DROP TABLE a', 'a.db holds no contexts: it has no tables'],
    ['CREATE TABLE a (b)', 'a.db holds no contexts: its table "a" has no rows'],
    ['CREATE TABLE a (b, "b.c"); INSERT INTO a VALUES (1, 2)', 'a.db has a column "b" and a column "b.c"'],
    ['CREATE TABLE a ("__proto__"); INSERT INTO a VALUES (1)', 'column 1, "__proto__", has the part __proto__'],
  ])('%s is refused', async (sql, message) => {
    write(sql);
    await expect(read()).rejects.toThrow(message);
  });

  it('must have no more rows than the limit', async () => {
    write('CREATE TABLE a (b); INSERT INTO a VALUES (1), (2)');
    await expect(read({}, { ...READ_LIMITS, contexts: 1 })).rejects.toThrow(
      'a.db: 2 rows, at most 1; take a sample of them',
    );
  });

  it('that is being written, or kept with a log, is refused with what to do', async () => {
    write('CREATE TABLE a (b); INSERT INTO a VALUES (1)');
    await writeFile(join(directory, 'a.db-wal'), 'x');
    await expect(read()).rejects.toThrow('there is a a.db-wal next to it; make a copy in one file');
    await rm(join(directory, 'a.db-wal'));
    const bytes = await readFile(join(directory, 'a.db'));
    bytes.fill(2, 18, 20);
    await writeFile(join(directory, 'a.db'), bytes);
    await expect(read()).rejects.toThrow("a.db is kept with a write-ahead log, which can't be read; make a copy");
  });

  it('that ends too early is refused, though its last page would be read as zeros', async () => {
    write(`CREATE TABLE a (targetingKey TEXT); INSERT INTO a VALUES ('u-1'), ('u-2')`);
    const bytes = await readFile(join(directory, 'a.db'));
    await writeFile(join(directory, 'a.db'), bytes.subarray(0, bytes.length - 1000));
    await expect(read()).rejects.toThrow('a.db ends too early: it was not copied to its end');
  });

  it('in UTF-16 is refused with what to do', async () => {
    write(`CREATE TABLE a (targetingKey TEXT); INSERT INTO a VALUES ('u-1')`);
    const bytes = await readFile(join(directory, 'a.db'));
    bytes.writeUInt32BE(2, 56);
    await writeFile(join(directory, 'a.db'), bytes);
    await expect(read()).rejects.toThrow('a.db holds texts in UTF-16, expected UTF-8; make a copy: sqlite3 FILE .dump');
  });

  it('that is damaged anywhere is read or refused, never worse', async () => {
    write(`CREATE TABLE a (targetingKey TEXT, n INTEGER); INSERT INTO a VALUES ('u-1', 1), ('u-2', 2), ('u-3', NULL)`);
    const whole = await readFile(join(directory, 'a.db'));
    const used = whole.map((byte, offset) => (byte === 0 && offset > 100 ? 0 : offset)).filter((offset) => offset > 16);
    const change = fc.tuple(fc.constantFrom(...used), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [offset, mask] of changes) bytes[offset] = (bytes[offset] ?? 0) ^ mask;
        await writeFile(join(directory, 'a.db'), bytes);
        await read().catch((error: unknown) => expect(error).toBeInstanceOf(UsageError));
        expect(await readdir(directory)).toEqual(['a.db']);
      }),
      { numRuns: 40 },
    );
  });
});
