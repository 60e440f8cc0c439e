import { describe, expect, it } from 'vitest';
import { parseBatch } from './parse-batch.js';
import type { LinesBatch, RowsBatch } from '../contexts.js';

function lines(text: string, first = 1): LinesBatch {
  return { kind: 'lines', file: 'a.jsonl', first, bytes: new Uint8Array(Buffer.from(text)), refused: [] };
}

function rows(...rows: Record<string, unknown>[]): RowsBatch {
  return { kind: 'rows', file: 'a.csv', first: 2, rows, refused: [] };
}

const deep = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const KEY = 'its targetingKey must be text or a whole number up to 2^53';
const WEIGHT = 'its weight must be a finite number above 0';

describe('a line', () => {
  it.each<[string, object]>([
    [
      '{"targetingKey":"u-1","country":"DE"}',
      { context: { targetingKey: 'u-1', country: 'DE' }, weight: 1, isWeighted: false },
    ],
    ['{"targetingKey":7}', { context: { targetingKey: 7 }, weight: 1, isWeighted: false }],
    ['{"country":"DE"}', { context: { country: 'DE' }, weight: 1, isWeighted: false }],
    ['{"targetingKey":""}', { context: {}, weight: 1, isWeighted: false }],
    ['{"targetingKey":null,"plan":null}', { context: { plan: null }, weight: 1, isWeighted: false }],
    ['{"$weight":2.5,"$environment":"x","a.b":1}', { context: { 'a.b': 1 }, weight: 2.5, isWeighted: true }],
    ['{"$weight":1e10}', { context: {}, weight: 1e10, isWeighted: true }],
    ['{"$weight":1e-10}', { context: {}, weight: 1e-10, isWeighted: true }],
    ['{"$weight":1}', { context: {}, weight: 1, isWeighted: true }],
    ['{"a":{"$weight":1}}', { context: { a: { $weight: 1 } }, weight: 1, isWeighted: false }],
    [deep(32), { context: JSON.parse(deep(32)), weight: 1, isWeighted: false }],
    ['{"constructor":1,"toString":[1]}', { context: { constructor: 1, toString: [1] }, weight: 1, isWeighted: false }],
  ])('%s is a context', (line, context) => {
    expect(parseBatch(lines(line), {})).toEqual({ contexts: [context], refused: [] });
  });

  it('has its targeting key under another name', () => {
    const text = '{"user_id":"u-1","targetingKey":"else","plan":"pro"}\n{"plan":"pro"}\n{"user_id":true}';
    const { contexts, refused } = parseBatch(lines(text), { key: 'user_id' });
    expect(contexts.map(({ context }) => context)).toEqual([{ plan: 'pro', targetingKey: 'u-1' }, { plan: 'pro' }]);
    expect(refused.map(({ message }) => message)).toEqual([`${KEY}, found a boolean`]);
    const columns = parseBatch(rows({ 'account.id': 7, targetingKey: 'else', 'account.plan': 'pro' }), {
      key: 'account.id',
    });
    expect(columns.contexts.map(({ context }) => context)).toEqual([{ targetingKey: 7, account: { plan: 'pro' } }]);
  });

  it.each([
    ['null', 'expected a JSON object such as {"targetingKey": "u-1"}, found null'],
    ['[{}]', 'expected a JSON object such as {"targetingKey": "u-1"}, found a list'],
    ['"u-1"', 'expected a JSON object such as {"targetingKey": "u-1"}, found a string'],
    ['12', 'expected a JSON object such as {"targetingKey": "u-1"}, found a number'],
    ['{"a":1', 'expected a JSON object on one line, found only its beginning'],
    ['{"a":1,}', 'expected a JSON object on one line, found "}" at column 8'],
    ["{'a':1}", `expected a JSON object on one line, found "'" at column 2`],
    ['{"a":NaN}', 'expected a JSON object on one line, found "N" at column 6'],
    ['targetingKey,country', 'expected a JSON object on one line, found "t" at column 1'],
    ['x'.repeat(30_000), 'expected a JSON object on one line, found a long line that is no JSON'],
    ['{"targetingKey":true}', `${KEY}, found a boolean`],
    ['{"targetingKey":["u-1"]}', `${KEY}, found a list`],
    ['{"targetingKey":{}}', `${KEY}, found an object`],
    ['{"targetingKey":1.5}', `${KEY}, found another number`],
    ['{"targetingKey":1e999}', `${KEY}, found another number`],
    ['{"targetingKey":12345678901234567890}', `${KEY}, found a larger one; write it as text`],
    ['{"$weight":0}', `${WEIGHT}, found 0`],
    ['{"$weight":-1}', `${WEIGHT}, found -1`],
    ['{"$weight":1e999}', `${WEIGHT}, found Infinity`],
    ['{"$weight":1e308}', `${WEIGHT}, at most 10,000,000,000, found 1e+308`],
    ['{"$weight":1e-300}', `${WEIGHT}, at least 1e-10, found 1e-300`],
    ['{"age":1e999}', 'it has a number that is not finite'],
    ['{"a":{"b":[-1e999]}}', 'it has a number that is not finite'],
    ['{"$weight":"NaN"}', `${WEIGHT}, found the text "NaN"`],
    ['{"$weight":"2"}', `${WEIGHT}, found the text "2"`],
    ['{"$weight":"`<script>`alert(1)"}', `${WEIGHT}, found the text "??script??al…"`],
    ['{"$weight":null}', `${WEIGHT}, found null`],
    ['{"$weight":[1]}', `${WEIGHT}, found a list`],
    ['{"__proto__":{"isAdmin":true}}', 'it has an attribute __proto__, which no attribute may be called'],
    ['{"a":[{"\\u005f_proto__":1}]}', 'it has an attribute __proto__, which no attribute may be called'],
    [deep(33), 'it is nested deeper than 32 levels'],
    [`{"a":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, 'it is nested deeper than 32 levels'],
    [
      JSON.stringify({ a: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`a${n}`, n])) }),
      'it has more than 1000 attributes',
    ],
  ])('%.60s is refused', (line, message) => {
    expect(parseBatch(lines(`{}\n${line}\n{}`, 10), {})).toEqual({
      contexts: [
        { context: {}, weight: 1, isWeighted: false },
        { context: {}, weight: 1, isWeighted: false },
      ],
      refused: [{ file: 'a.jsonl', row: 11, message }],
    });
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it('takes its weight from the column that is named', () => {
    const { contexts, refused } = parseBatch(lines('{"users":3,"$weight":9,"a":1}\n{"a":1}\n{"users":null}'), {
      weight: 'users',
    });
    expect(contexts).toEqual([{ context: { a: 1 }, weight: 3, isWeighted: true }]);
    expect(refused.map(({ row, message }) => [row, message])).toEqual([
      [2, 'it has no weight: "users" is missing in it'],
      [3, `${WEIGHT}, found null`],
    ]);
  });

  it('that is not UTF-8 is refused alone', () => {
    const bytes = Buffer.concat([
      Buffer.from('\uFEFF{"a":"ä"}\n{"a":"'),
      Buffer.from([0xe4]),
      Buffer.from('"}\n\n{"a":"ö"}'),
    ]);
    const { contexts, refused } = parseBatch({ ...lines(''), bytes: new Uint8Array(bytes) }, {});
    expect(contexts.map(({ context }) => context)).toEqual([{ a: 'ä' }, { a: 'ö' }]);
    expect(refused).toEqual([{ file: 'a.jsonl', row: 2, message: 'expected UTF-8, found other bytes' }]);
  });

  it('keeps what the reader refused', () => {
    const long = { file: 'a.jsonl', row: 1, message: 'too long' };
    expect(parseBatch({ ...lines('{}', 2), refused: [long] }, {}).refused).toEqual([long]);
  });
});

describe('a row of columns', () => {
  it('nests what has dots, leaves out what is empty, and keeps dates', () => {
    const day = new Date('2027-03-01T00:00:00Z');
    const row = {
      targetingKey: 'u-1',
      'address.city': 'Bern',
      'address.zip': null,
      plan: undefined,
      since: day,
      $run: 7,
    };
    expect(parseBatch(rows(row, { ...row, targetingKey: null, 'address.geo.lat': 47 }), {}).contexts).toEqual([
      { context: { targetingKey: 'u-1', address: { city: 'Bern' }, since: day }, weight: 1, isWeighted: false },
      { context: { address: { city: 'Bern', geo: { lat: 47 } }, since: day }, weight: 1, isWeighted: false },
    ]);
  });

  it.each([
    [2, 2],
    ['2', 2],
    ['1e3', 1000],
    ['0.5', 0.5],
  ])('may weigh %j', (users, weight) => {
    expect(parseBatch(rows({ users }), { weight: 'users' }).contexts).toEqual([
      { context: {}, weight, isWeighted: true },
    ]);
  });

  it.each([
    [NaN, `${WEIGHT}, found NaN`],
    ['NaN', `${WEIGHT}, found the text "NaN"`],
    ['', `${WEIGHT}, found the text ""`],
    [' 1', `${WEIGHT}, found the text " 1"`],
    ['0x10', `${WEIGHT}, found the text "0x10"`],
    ['-3', `${WEIGHT}, found -3`],
    [true, `${WEIGHT}, found a boolean`],
    [null, 'it has no weight: "users" is missing in it'],
  ])('may not weigh %j', (users, message) => {
    expect(parseBatch(rows({ users }), { weight: 'users' }).refused).toEqual([{ file: 'a.csv', row: 2, message }]);
  });

  it.each([
    [{ a: 1, 'a.b': 2 }],
    [{ 'a.b': 2, a: 1 }],
    [{ 'a.b': 2, a: { c: 1 } }],
    [{ 'a.__proto__.b': 2 }],
    [{ '__proto__.b': 2 }],
    [{ 'a.__proto__': 2 }],
  ])('%j has columns that can not be there', (row) => {
    expect(parseBatch(rows(row), {}).refused[0]?.message).toMatch(/^its column ".+" can't be there beside the others$/);
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });
});
