import { expect, it } from 'vitest';
import { hasInvisible, maskInvisible, spellInvisible } from './invisible.js';

it('what is passed over quickly is what is visible', () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code);
    if (character === '\t' || character === '\n') continue;
    // Spelling looks at each character.
    const isInvisible = spellInvisible(character) !== character;
    if (hasInvisible(character) !== isInvisible || (maskInvisible(character) !== character) !== isInvisible) {
      wrong.push(code.toString(16));
    }
  }
  expect(wrong).toEqual([]);
});

it.each(['', 'a\tb\n', 'Ähnliches – für „Kundinnen“ …', '日本 😀', 'it’s'])('%j is visible', (text) => {
  expect(hasInvisible(text)).toBe(false);
});

it.each([
  '\u00a0',
  '\u00ad',
  '\u034f',
  '\u200b',
  '\u2028',
  '\u202e',
  '\u202f',
  '\u205f',
  '\ufeff',
  '\r',
  '\ud800',
  '\u{e0041}',
])('%j is invisible, whatever stands before it', (character) => {
  expect(hasInvisible(character)).toBe(true);
  expect(hasInvisible(`ü – a${character}b`)).toBe(true);
});
