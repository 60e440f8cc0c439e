import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coAuthorsOf } from './co-authors.js';

describe('the co-authors of a message', () => {
  it.each([
    ['Co-authored-by: Ann <ann@x>', ['ann@x']],
    ['co-authored-by:ann@x', ['ann@x']],
    ['CO-AUTHORED-BY\t: Ann <ann@x>', ['ann@x']],
    ['Co-Authored-By: Ann <ann@x>\r\nCo-authored-by: Bo <bo@x>\r\n', ['ann@x', 'bo@x']],
    ['Coauthored-by: Ann <ann@x>', ['ann@x']],
    ['Co authored by: Ann <ann@x>', ['ann@x']],
    ['Co_Authored_By: Ann <ann@x>', ['ann@x']],
    ['Co\u2011authored\u2010by: Ann <ann@x>', ['ann@x']],
    ['Co-auth\u200dored-by: Ann <ann@x>', ['ann@x']],
    ['feat: x Co-authored-by: Ann <ann@x>', ['ann@x']],
    ['Co-authored-by: Ann <ann@x>, Bo <bo@x>; Cy <cy@x> and dan@x', ['ann@x', 'bo@x', 'cy@x', 'dan@x']],
    ['Co-authored-by: <ann@x, bo@x>', ['ann@x', 'bo@x']],
    ['Co-authored-by: Ann <ann@x> Co-authored-by: Bo <bo@x>', ['ann@x', 'bo@x']],
    ['Co-authored-by: Ann <ann@x>\n Bo <bo@x>\n\tCy <cy@x>\nDan <dan@x>', ['ann@x', 'bo@x', 'cy@x']],
    ['Co-authored-by:\n  Ann\n  <ann@x>', ['ann@x']],
    ['  Co-authored-by: Ann <ann@x>\n  Signed-off-by: Bo <bo@x>', ['ann@x']],
    ['* x\n\n  > - Co-authored-by: Ann <ann@x>', ['ann@x']],
    ['x\rCo-authored-by: Ann <ann@x>\u2028Co-authored-by: Bo <bo@x>', ['ann@x', 'bo@x']],
    ['Co-authored-by: Ann <ann>', ['ann']],
    ['Co-authored-by: Ann <ann@x', ['ann@x']],
    ['Co-authored-by: Ann <<ann@x>>', ['ann@x']],
    ['Co-authored-by: Ann > <ann@x>', ['ann@x']],
    ['Co-authored-by: Ann (mailto:ann@x).', ['ann@x']],
    ['Co-authored-by: "Ann @ Acme" <ann@x>', ['ann@x']],
    ['Co-authored-by: Ann <ann@x>\nCo-authored-by: Ann <ann@x>', ['ann@x']],
    ['Signed-off-by: Ann <ann@x>\nReviewed-by: Bo <bo@x>', []],
    ['The Co-authored-by line of ann@x', []],
    ['', []],
  ])('%j: %j', (message, addresses) => {
    expect(coAuthorsOf(message)).toEqual({ addresses, nameless: [] });
  });

  it.each([
    ['Co-authored-by: Ann', ['Ann']],
    ['Co-authored-by:', ['']],
    ['> Co-authored-by: <> @ann', ['<> @ann']],
    ['it has a Co-authored-by: line', []],
  ])('%j names somebody without an address: %j', (message, nameless) => {
    expect(coAuthorsOf(message)).toEqual({ addresses: [], nameless });
  });
});

describe('a hostile message', () => {
  it.each([
    '<',
    '>',
    '<>',
    ' ',
    '@',
    '\n ',
    'Co-authored-by',
    'Co-authored-by: ',
    'co',
    ',',
    '.',
    'a@b',
    '\u200b',
    '\n',
  ])('is read in time linear in its length: %j', (filling) => {
    const text = filling.repeat(300_000 / filling.length);
    for (const message of [text, `Co-authored-by: ${text}`, `Co-authored-by: a <${text}>`]) coAuthorsOf(message);
    expect(coAuthorsOf(`${text}\nCo-authored-by: <ann@x>`).addresses).toContain('ann@x');
  });

  it('hides no trailer, whatever stands above it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        const { addresses } = coAuthorsOf(`${before}\nCo-authored-by: Ann <ann@x>\n${after}`);
        expect(addresses).toContain('ann@x');
      }),
    );
  });
});
