import { describe, expect, it } from 'vitest';
import { codeBlock, inert } from './inert-markdown.js';

describe('inert', () => {
  it.each<[name: string, text: string, expected: string]>([
    ['a code span as it is', 'the tier `high` asks', 'the tier `high` asks'],
    ['HTML in a code span as it is', 'outside of `<!-- -->`', 'outside of `<!-- -->`'],
    ['HTML as text', '<details open>&amp;', '\\<details open\\>\\&amp;'],
    ['a mention in a code span', 'one of @acme/payments or @pat', 'one of `@acme/payments` or `@pat`'],
    ['an address as it is', 'pat@acme.example', 'pat@acme.example'],
    ['references in code spans', '#7: as acme/flags#8, gh-9, !10', '`#7`: as `acme/flags#8`, `gh-9`, `!10`'],
    ['mentions in a row in code spans', '#1@pat@pia', '`#1` `@pat` `@pia`'],
    ['links and images as text', '![x](y) [z]', '!\\[x\\](y) \\[z\\]'],
    ['emphasis as text', '*a* _b_ ~c~', '\\*a\\* \\_b\\_ \\~c\\~'],
    ['a backtick without its other as text', 'a ` @pat', 'a \\` `@pat`'],
    ['runs of other lengths as text', 'a ``` b ` @pat `` c', 'a \\`\\`\\` b \\` `@pat` \\`\\` c'],
    ['a span with backticks in it', 'a ``b ` @pat`` c', 'a ``b ` @pat`` c'],
    ['a span behind a backslash', 'a \\`@pat` c', 'a \\\\`@pat` c'],
    ['several lines as one', 'a\n\n- b\r\n# c', 'a - b # c'],
  ])('gives %s', (_, text, expected) => {
    expect(inert(text)).toBe(expected);
  });

  it('cuts, and leaves no span open', () => {
    expect(inert('ab `cdef` @pat', 6)).toBe('ab \\`c…');
  });
});

describe('codeBlock', () => {
  it('cannot be ended by what is in it', () => {
    expect(codeBlock(['a: 1', '```', '````x'], 'yaml', '  ')).toBe('  `````yaml\n  a: 1\n  ```\n  ````x\n  `````');
  });
});
