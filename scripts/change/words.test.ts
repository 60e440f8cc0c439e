import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { codeSpan, flow, fromTo, listed, valueWord, word } from './words.js';

/** What CommonMark reads out of a text that is one code span; undefined where it is something else. */
function contentOf(text: string): string | undefined {
  const [, fence = '', content = ''] = /^(`+)([^]*)\1$/.exec(text) ?? [];
  if (fence === '' || text.includes('\n')) return undefined;
  if ([...content.matchAll(/`+/g)].some(([run]) => run === fence)) return undefined;
  if (content.startsWith('`') || content.endsWith('`')) return undefined;
  return content.startsWith(' ') && content.endsWith(' ') && content.trim() !== '' ? content.slice(1, -1) : content;
}

describe('a code span', () => {
  test.each([
    ['employees', '`employees`'],
    ['', '`""`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['``a`', '``` ``a` ```'],
    ['a|b', '`a|b`'],
    ['@acme/payments', '`@acme/payments`'],
    ['<img src=x>', '`<img src=x>`'],
    ['one\ntwo', '`oneU+000Atwo`'],
    ['a\u202Eb\u200B', '`aU+202EbU+200B`'],
    ['\u001B[31m', '`U+001B[31m`'],
    ['x'.repeat(200), `\`${'x'.repeat(200)}\``],
    ['x'.repeat(201), `\`${'x'.repeat(199)}…\``],
  ])('of %j', (text, span) => {
    expect(codeSpan(text)).toBe(span);
  });

  it('is one, whatever is in it', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('`', ' ', 'a', '\n', '|', '\u200B', '@') }));
    fc.assert(
      fc.property(text, (content) => {
        expect(contentOf(codeSpan(content))).toBeDefined();
        expect(codeSpan(content)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('holds the text itself where that can be seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', ' ', 'a', '|'), minLength: 1, maxLength: 20 }), (content) => {
        expect(contentOf(codeSpan(content))?.trim()).toBe(content.trim());
      }),
    );
  });
});

test.each([
  ['payments-team', 'payments-team'],
  ['AT', 'AT'],
  ['2027-03-01', '2027-03-01'],
  ['@acme/payments', '`@acme/payments`'],
  ['www.example.com', '`www.example.com`'],
  ['a_b_', '`a_b_`'],
  ['#12', '`#12`'],
  ['GH-12', '`GH-12`'],
  ['-', '`-`'],
])('the word %j is %s', (name, shown) => {
  expect(word(name)).toBe(shown);
});

test.each([
  [true, 'true'],
  [0.5, '0.5'],
  ['AT', 'AT'],
  ['true', '`"true"`'],
  ['12', '`"12"`'],
  ['', '`""`'],
  ['@example.com', '`"@example.com"`'],
  [[], '`[]`'],
  [{}, '`{}`'],
  ['a b'.repeat(30), `\`"${'a b'.repeat(20).slice(0, 58)}…\``],
  [{ a: [1, 'b c', { 'd e': null }] }, '`{ a: [1, "b c", { "d e": null }] }`'],
])('the value %j is %s', (value, shown) => {
  expect(valueWord(value)).toBe(shown);
});

describe('before and after', () => {
  it('show both whole where they are short', () => {
    expect(fromTo('a', 'b')).toBe('`a` → `b`');
  });

  it('show where long ones differ', () => {
    const [before, after] = [`${'x'.repeat(500)}-old-tail`, `${'x'.repeat(500)}-new-tail`];
    expect(fromTo(before, after)).toBe(`\`…${'x'.repeat(11)}-old-tail\` → \`…${'x'.repeat(11)}-new-tail\``);
  });

  it('show invisible differences', () => {
    expect(fromTo('pay', 'p\u200Bay')).toBe('`pay` → `pU+200Bay`');
  });

  it('never look alike, and stay short', () => {
    const text = fc.string({ maxLength: 300, unit: fc.constantFrom('a', 'b', '`', '\u200B') });
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        const shown = fromTo(before, after);
        expect(shown.length).toBeLessThan(300);
        const [one, other] = shown.split(' → ');
        expect(one).not.toBe(other);
      }),
    );
  });

  it('say so where they differ beyond what is looked at', () => {
    expect(fromTo(`${'x'.repeat(30_000)}a`, `${'x'.repeat(30_000)}b`)).toContain('another that begins alike');
  });
});

it('does not spell out a megabyte', () => {
  expect(flow(Array.from({ length: 100_000 }, () => 'element')).length).toBe(20_000);
});

test.each([
  [['a', 'b'], 'a, b'],
  [['a', 'b', 'c'], 'a, b and 1 more'],
  [Array.from({ length: 1_234 }, () => 'a'), 'a, a and 1,232 more'],
])('a list', (texts, shown) => {
  expect(listed(texts, 2)).toBe(shown);
});
