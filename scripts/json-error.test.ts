import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonErrorOffset } from './json-error.js';

describe('jsonErrorOffset', () => {
  const rows: readonly (readonly [text: string, offset: number])[] = [
    ['', 0],
    ['{', 1],
    ['{"a"', 4],
    ['{"a":', 5],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{,}', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[1}', 2],
    ['{]', 1],
    ['1 2', 2],
    ['{} x', 3],
    ["{'a':1}", 1],
    ['{a:1}', 1],
    ['[01]', 1],
    ['[1.]', 1],
    ['[+1]', 1],
    ['[NaN]', 1],
    ['[True]', 1],
    ['[truee]', 1],
    ['["a\nb"]', 1],
    ['["\\x"]', 1],
    ['"open', 0],
    ['[1,\n\t2,,3]', 7],
  ];

  it.each(rows)('%j', (text, offset) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(jsonErrorOffset(text)).toBe(offset);
  });

  it('finds nothing wrong with JSON, however it is written', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), undefined, indent);
        expect(jsonErrorOffset(text)).toBe(text.length);
      }),
    );
  });

  it('finds a foreign character, or the token that it spoils', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.boolean()), { minLength: 1 }), fc.nat(), (value, seed) => {
        const text = JSON.stringify(value);
        const at = seed % text.length;
        const offset = jsonErrorOffset(`${text.slice(0, at)}@${text.slice(at)}`);
        expect(offset).toBeLessThanOrEqual(at);
        expect(text.slice(offset, at)).toMatch(/^[-\w]*$/);
      }),
    );
  });

  it('takes a megabyte of brackets', () => {
    expect(jsonErrorOffset('['.repeat(1024 * 1024))).toBe(1024 * 1024);
  });
});
