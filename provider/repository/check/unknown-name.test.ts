import { expect, test } from 'vitest';
import { unknownName } from './unknown-name.js';

const names = (count: number) => Array.from({ length: count }, (_, index) => `segment-${index}`);

test.each<[string, readonly string[], string, string, string]>([
  ['none', [], 'there is no team `web`', 'a team that exists; there is none yet', 'correct the name, or add the team'],
  ['one', ['mobile'], 'there is no team `web`', '`mobile`', 'correct the name, or add the team'],
  ['a near one', ['wem', 'a'], 'there is no team `web`; did you mean `wem`?', 'one of `wem`, `a`', 'write `wem`'],
  ['twelve', names(12), 'there is no team `web`', 'one of `segment-0`, ', 'correct the name, or add the team'],
  ['thirteen', names(13), 'there is no team `web`', 'one of the 13 that exist', 'correct the name, or add the team'],
])('of %s', (_, known, message, expected, fix) => {
  const wording = unknownName('team', 'web', known);
  expect(wording).toMatchObject({ message, found: '`web`', fix });
  expect(wording.expected.startsWith(expected)).toBe(true);
});

test('a long name, or one that would act on a terminal, is cut and escaped', () => {
  const { message } = unknownName('flag', `\u001b[31m${'x'.repeat(1_000)}`, []);
  expect(message.length).toBeLessThan(100);
  expect(message).toContain('\\u001b');
});
