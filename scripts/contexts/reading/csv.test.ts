import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../errors.js';
import { readCsv } from './csv.js';
import { parseBatch } from './parse-batch.js';
import type { ColumnType, ReadOptions } from '../contexts.js';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string | Uint8Array, options: ReadOptions = {}, form: object = {}, size = 1 << 16) {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const contexts: unknown[] = [];
  const weights: number[] = [];
  const refused: string[] = [];
  const whole = { delimiter: ',' as const, maxRecordBytes: 1024 * 1024, ...form };
  for await (const batch of readCsv('a.csv', chunksOf(bytes, size), whole, options)) {
    const parsed = parseBatch(batch, options);
    contexts.push(...parsed.contexts.map(({ context }) => context));
    weights.push(...parsed.contexts.map(({ weight }) => weight));
    refused.push(...parsed.refused.map(({ row, message }) => `${row}: ${message}`));
  }
  return { contexts, weights, refused };
}

const types = (types: Record<string, ColumnType>): ReadOptions => ({ types: new Map(Object.entries(types)) });

describe('CSV', () => {
  it.each([
    ['a plain file', 'targetingKey,plan\nu-1,pro\nu-2,free\n'],
    ['no newline at the end', 'targetingKey,plan\nu-1,pro\nu-2,free'],
    ['carriage returns', 'targetingKey,plan\r\nu-1,pro\r\nu-2,free\r\n'],
    ['both ends of lines', 'targetingKey,plan\r\nu-1,pro\nu-2,free\r\n'],
    ['a byte order mark', '\uFEFFtargetingKey,plan\nu-1,pro\nu-2,free\n'],
    ['quotes', '"targetingKey","plan"\n"u-1","pro"\n"u-2",free\n'],
    ['blank lines', '\ntargetingKey,plan\n\nu-1,pro\n\nu-2,free\n\n'],
  ])('is read with %s', async (_, text) => {
    expect(await read(text)).toEqual({
      contexts: [
        { targetingKey: 'u-1', plan: 'pro' },
        { targetingKey: 'u-2', plan: 'free' },
      ],
      weights: [1, 1],
      refused: [],
    });
  });

  it('has tabs where it is TSV, and cells with anything in them where they are quoted', async () => {
    expect((await read('a\tb\n1,5\t"x\ty ""z""\n!"\n', {}, { delimiter: '\t' })).contexts).toEqual([
      { a: '1,5', b: 'x\ty "z"\n!' },
    ]);
  });

  it('leaves out what is empty, and nests what has dots', async () => {
    expect(
      (await read('targetingKey,address.city,address.geo.lat,plan\n,Bern,47,\nu-2,,,pro\n,,,""\n')).contexts,
    ).toEqual([{ address: { city: 'Bern', geo: { lat: 47 } } }, { targetingKey: 'u-2', plan: 'pro' }, {}]);
  });

  it.each<[string, readonly string[], readonly unknown[]]>([
    ['numbers', ['1', '-2.5', '', '0'], [1, -2.5, undefined, 0]],
    ['truth values', ['true', 'False', 'TRUE'], [true, false, true]],
    ['text', ['true', '1'], ['true', '1']],
    ['postcodes', ['01067', '10115'], ['01067', '10115']],
    ['versions', ['4.9', '4.10'], ['4.9', '4.10']],
    ['long ids', ['1', '9007199254740993'], ['1', '9007199254740993']],
    ['phone numbers', ['+491', '+492'], ['+491', '+492']],
    ['what are no numbers to a flag', ['1', 'NaN', 'Infinity'], ['1', 'NaN', 'Infinity']],
    ['exponents', ['1e5', '2'], ['1e5', '2']],
    ['dates', ['2027-03-01', '2027-03-02'], ['2027-03-01', '2027-03-02']],
    ['nothing', ['', ''], [undefined, undefined]],
  ])('tells that a column has %s', async (_, cells, values) => {
    const { contexts } = await read(`k,v\n${cells.map((cell) => `k,${cell}\n`).join('')}`);
    expect(contexts.map((context) => (context as { v?: unknown }).v)).toEqual(values);
  });

  it.each<[ColumnType, string, unknown]>([
    ['string', '12', '12'],
    ['number', '012', 12],
    ['number', '1e3', 1000],
    ['boolean', 'TRUE', true],
    ['date', '2027-03-01', new Date('2027-03-01T00:00:00Z')],
    ['date', '2027-03-01 09:30:00', new Date('2027-03-01T09:30:00Z')],
    ['list', 'a|b', ['a', 'b']],
    ['list', '"[""a|b"",1]"', ['a|b', 1]],
    ['json', '"{""a"":[1]}"', { a: [1] }],
  ])('reads a column as %s where it is told to: %s', async (type, cell, value) => {
    expect((await read(`k,v\nk,${cell}\n`, types({ v: type }))).contexts).toEqual([{ k: 'k', v: value }]);
  });

  it.each<[ColumnType, string, string]>([
    ['number', 'twelve', 'its "v" is "twelve", expected a number such as 12.5'],
    ['number', 'Infinity', 'its "v" is "Infinity", expected a number such as 12.5'],
    ['boolean', 'yes', 'its "v" is "yes", expected true or false'],
    ['date', '03/01/2027', 'its "v" is "03/01/2027", expected a date such as 2027-03-01 or 2027-03-01T09:30:00Z'],
    ['list', '[1', 'its "v" is "?1", expected a list such as a|b or ["a","b"]'],
    ['json', '{', 'its "v" is "{", expected JSON'],
  ])('refuses a row whose cell is no %s: %s', async (type, cell, message) => {
    const { contexts, refused } = await read(`k,v\nk,\nk,${cell}\n`, types({ v: type }));
    expect(contexts).toEqual([{ k: 'k' }]);
    expect(refused).toEqual([`3: ${message}`]);
  });

  it('always has text for targeting keys', async () => {
    expect((await read('targetingKey\n1\n2\n')).contexts).toEqual([{ targetingKey: '1' }, { targetingKey: '2' }]);
    await expect(read('targetingKey\n1\n', types({ targetingKey: 'number' }))).rejects.toThrow(
      'targetingKey is always read as text',
    );
  });

  it('refuses rows that are not as those before', async () => {
    const rows = Array.from({ length: 1000 }, (_, n) => `u-${n},${n}\n`).join('');
    const { contexts, refused } = await read(`targetingKey,age\n${rows}u-x,old\nu-y,\nu-z,7,7\nu-z\n`);
    expect(contexts).toHaveLength(1001);
    expect(refused).toEqual([
      '1002: its "age" is "old", expected a number such as 12.5, as in the rows before; if text is right, say so by --type age=string',
      '1004: it has 3 cells, expected 2',
      '1005: it has 1 cells, expected 2',
    ]);
  });

  it('weighs rows', async () => {
    const text = 'targetingKey,$weight,users\nu-1,2,10\nu-2,,20\nu-3,NaN,30\nu-4,-1,\n';
    const own = await read(text);
    expect(own.weights).toEqual([2, 1]);
    expect(own.refused).toEqual([
      '4: its weight must be a finite number above 0, found the text "NaN"',
      '5: its weight must be a finite number above 0, found -1',
    ]);
    const named = await read(text, { weight: 'users' });
    expect(named.contexts).toEqual([{ targetingKey: 'u-1' }, { targetingKey: 'u-2' }, { targetingKey: 'u-3' }]);
    expect(named.weights).toEqual([10, 20, 30]);
    expect(named.refused).toEqual(['5: it has no weight: "users" is missing in it']);
  });

  it('counts the line that a row ends on', async () => {
    const { refused } = await read('a,b\n"x\ny",1\n\n1\n"x\ny\nz",2,3\n2\n');
    expect(refused.map((text) => text.split(':')[0])).toEqual(['5', '8', '9']);
  });

  it('refuses a row with a stray quote, and with bytes that are not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,5" disk "x"\n2,'), Buffer.from([0xe4]), Buffer.from('\n3,ä\n')]);
    for (const size of [1, 3, 1000]) {
      expect(await read(bytes, {}, {}, size)).toEqual({
        contexts: [{ a: 3, b: 'ä' }],
        weights: [1],
        refused: [
          '2: a quote in the middle of a cell; a cell with quotes is quoted itself',
          '3: expected UTF-8, found other bytes',
        ],
      });
    }
  });

  it.each([
    ['\n\n', 'a.csv holds no contexts: there is no row under its header'],
    ['a,b\n', 'a.csv holds no contexts: there is no row under its header'],
    ['a,,b\n1,2,3\n', 'a.csv: column 2, "", has no name'],
    ['a,b,a\n1,2,3\n', 'a.csv: column 3, "a", is there twice'],
    ['a,b..c\n1,2\n', 'a.csv: column 2, "b..c", has an empty part between its dots'],
    ['a,__proto__.b\n1,2\n', 'has the part __proto__, which no attribute may have'],
    [`a,${Array(40).fill('b').join('.')}\n1,2\n`, 'is nested deeper than 32 levels'],
    ['a.b,a\n1,2\n', `a.csv has a column "a" and a column "a.b": one of them can't be an attribute`],
    ['a;b\n1;2\n', 'a.csv: expected commas between the columns, found ";"'],
    ['a\tb\n1\t2\n', 'a.csv: expected commas between the columns, found "\\t"'],
    [`${Array.from({ length: 1001 }, (_, n) => `c${n}`).join(',')}\n`, 'a.csv has 1001 columns, at most 1000'],
    ['a,b\n1,2\n3,"4\n5,6\n', 'a.csv: line 3 begins a quoted cell that does not end; quotes within it must be doubled'],
    ['a,b\n1,2\n3,"4"x\n5,6\n', 'a.csv: line 3 begins a quoted cell that does not end'],
    ['a"b,c\n1,2\n', 'a.csv: its first line must name the columns: a quote in the middle of a cell'],
  ])('%j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('must have the columns that options name', async () => {
    await expect(read('a,b\n1,2\n', { weight: 'users' })).rejects.toThrow(
      'a.csv has no column "users"; it has "a", "b"',
    );
    await expect(read('a,b\n1,2\n', types({ c: 'json' }))).rejects.toThrow('a.csv has no column "c"; it has "a", "b"');
  });

  it.each([
    ['x', 'text'],
    ['"x', 'quoted text'],
    [',', 'empty cells'],
    ['"",', 'empty quoted cells'],
    ['x"y,', 'stray quotes'],
    ['x\r', 'carriage returns'],
  ])('does not go on for ever with %j', async (piece, _what) => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a,b\n1,2\n');
      if (piece === '"x') yield Buffer.from('"');
      for (;;) yield Buffer.from((piece === '"x' ? 'x' : piece).repeat(10_000));
    }
    const form = { delimiter: ',' as const, maxRecordBytes: 100_000 };
    const reading = (async () => {
      for await (const batch of readCsv('a.csv', endless(), form, {})) expect(batch.rows.length).toBeLessThan(2);
    })();
    await expect(reading).rejects.toThrow('begins a row of more than 100,000 bytes, the most that a context may have');
  });

  it('gives the same rows wherever the chunks end, whatever they are', async () => {
    const cell = fc.oneof(
      fc.constantFrom('', '1', '"', 'ä', '\n', '\r\n', ',', '\uFEFF', '__proto__', '"x"', '""', '"x,y"', 'a b'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    );
    const outcome = async (bytes: Uint8Array, size: number) => {
      try {
        return await read(bytes, {}, { maxRecordBytes: 200 }, size);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        return error.message;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), async (cells, size) => {
        const bytes = Buffer.from(`a,b\n${cells.join('')}`);
        expect(await outcome(bytes, size)).toEqual(await outcome(bytes, 1000));
      }),
    );
  });

  it('reads back what was written', async () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !text.includes('\uFFFD') && Buffer.from(text).toString() === text);
    const value = fc.record({
      a: text,
      b: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1 }), async (rows) => {
        const written = rows.map(({ a, b }) => `"${a.replaceAll('"', '""')}","${b}"\n`).join('');
        const { contexts, refused } = await read(`a,b\n${written}`, types({ a: 'string', b: 'string' }));
        expect(refused).toEqual([]);
        expect(contexts).toEqual(rows.map(({ a, b }) => (a === '' ? { b: String(b) } : { a, b: String(b) })));
      }),
    );
  });
});
