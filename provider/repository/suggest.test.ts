import { expect, test } from 'vitest';
import { nearest } from './suggest.js';

const KEYS = ['environments', 'enabled', 'rollout', 'rules', 'equals', 'in', 'to', 'semver'];

const cases: readonly (readonly [name: string, expected: string | undefined])[] = [
  ['enviroments', 'environments'],
  ['environmnets', 'environments'],
  ['Environments', 'environments'],
  ['environments', 'environments'],
  ['rolout', 'rollout'],
  ['rollouts', 'rollout'],
  ['ruels', 'rules'],
  ['ni', 'in'],
  ['sevmer', 'semver'],
  ['eq', undefined],
  ['disabledness', undefined],
  ['zzzzzzz', undefined],
  ['', undefined],
  ['e'.repeat(100_000), undefined],
];

test.each(cases)('%.20s is nearest to %s', (name, expected) => {
  expect(nearest(name, KEYS)).toBe(expected);
});

test('the first of equally near names is taken', () => {
  expect(nearest('bat', ['cat', 'hat'])).toBe('cat');
  expect(nearest('bat', ['hat', 'cat'])).toBe('hat');
});

test('a nearer name is taken over an earlier one', () => {
  expect(nearest('enabeld', ['enable', 'enabled'])).toBe('enabled');
});

test('there is nothing near among no names', () => {
  expect(nearest('a', [])).toBeUndefined();
});
