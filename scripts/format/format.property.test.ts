import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from '../../provider/repository/parse.js';
import { findComments } from './comments.js';
import { format } from './format.js';
import { hasSameMeaning } from './meaning.js';
import { styles, type DocumentKind } from './style.js';
import { kinds, messyTexts } from './testing/messy-text.js';

const runs = { numRuns: 3_000 };
const load = (text: string) => parse('flags/a/b/c.yaml', new TextEncoder().encode(text));

test('formatting keeps values and comments, and formatting twice is formatting once', () => {
  fc.assert(
    fc.property(kinds, messyTexts, (kind, text) => {
      const once = format(kind, text);
      expect(hasSameMeaning(kind, text, once), once).toBe(true);
      expect(format(kind, once)).toBe(once);
    }),
    runs,
  );
});

test('a flag repository reads the same values before and after', () => {
  let accepted = 0;
  fc.assert(
    fc.property(kinds, messyTexts, (kind, text) => {
      const before = load(text);
      if (!before.ok) return;
      accepted += 1;
      expect(load(format(kind, text))).toEqual(before);
    }),
    runs,
  );
  expect(accepted).toBeGreaterThan(runs.numRuns / 10);
});

test('what is formatted has line feeds, one at its end, and no white space before them', () => {
  fc.assert(
    fc.property(kinds, messyTexts, (kind, text) => {
      const lines = format(kind, text).split('\n');
      expect(lines.pop()).toBe('');
      expect(lines.at(-1)).not.toBe('');
      expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
      expect(lines[0]).not.toMatch(/^\uFEFF/);
    }),
    runs,
  );
});

test('the messy texts are messy enough to find something', () => {
  const texts = fc.sample(messyTexts, { numRuns: 500, seed: 1 });
  const withComments = texts.filter((text) => findComments(text).length > 0);
  const changed = texts.filter((text) =>
    Object.keys(styles).some((kind) => format(kind as DocumentKind, text) !== text),
  );
  expect(withComments.length).toBeGreaterThan(200);
  expect(changed.length).toBeGreaterThan(400);
});
