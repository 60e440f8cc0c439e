import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { setIn } from '../edit.js';
import { restore } from './restore.js';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const scalar = fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 100 }), fc.constantFrom('x', 'y: z', '#', ''));
const named = fc.uniqueArray(fc.record({ name, value: scalar }), { selector: (item) => item.name, maxLength: 4 });
const value = fc.oneof(
  scalar,
  named,
  fc.dictionary(name, fc.oneof(scalar, named, fc.array(scalar, { maxLength: 3 })), { maxKeys: 4 }),
);
const environments = fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 });

it('any document can be put back to any other, and nothing beside it changes', () => {
  fc.assert(
    fc.property(environments, environments, (now, then) => {
      const text = setIn('# first\nkey: x # own\nlast: 1\n', ['environments'], now);
      const restored = restore(text, ['environments'], now, then);
      expect(parse(restored)).toEqual({ key: 'x', last: 1, environments: then });
      expect(restored).toMatch(/^# first\nkey: x # own\nlast: 1\n/);
    }),
    { numRuns: 300 },
  );
});

it('what is the same is not touched', () => {
  fc.assert(
    fc.property(environments, (now) => {
      const text = setIn('key: x\n', ['environments'], now);
      expect(restore(text, ['environments'], now, structuredClone(now))).toBe(text);
    }),
    { numRuns: 50 },
  );
});
