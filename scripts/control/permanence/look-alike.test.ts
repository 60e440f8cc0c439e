import { describe, expect, it } from 'vitest';
import { KeyIndex } from './look-alike.js';

const isAlike = (one: string, other: string): boolean => new KeyIndex([one]).lookAlikes(other).length > 0;

describe('look-alikes', () => {
  it.each([
    ['payments.web.flow-1', 'payments.web.flow-l'],
    ['payments.web.flow-i', 'payments.web.flow-l'],
    ['payments.web.flow-I', 'payments.web.flow-1'],
    ['payments.web.go', 'payments.web.g0'],
    ['payments.web.modern', 'payments.web.rnodern'],
    ['payments.web.wide', 'payments.web.vvide'],
    ['payments.web.add', 'payments.web.acld'],
    ['payments.web.s', 'payments.web.5'],
    ['payments.web.new-flow', 'payments.web.newflow'],
    ['payments.web.new-flow', 'payments.web.new_flow'],
    ['payments.web.new-flow', 'payments.webnew.flow'],
    ['payments.web.flow', 'p\u0430yments.web.flow'],
    ['payments.web.flow', 'payments.web.\uFB02ow'],
    ['payments.web.flow', 'payments.web.\uFF46low'],
    ['payments.web.flow', 'payments.web.fl\u03BFw'],
  ])('%s and %s', (one, other) => {
    expect([isAlike(one, other), isAlike(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['payments.web.flow', 'payments.web.flow'],
    ['payments.web.flow', 'payments.web.flows'],
    ['payments.web.flow', 'payments.web.Flow'],
    ['payments.web.v2', 'payments.web.v3'],
    ['payments.web.cart', 'payments.web.card'],
  ])('not %s and %s', (one, other) => {
    expect([isAlike(one, other), isAlike(other, one)]).toEqual([false, false]);
  });
});

it('twins differ by case alone', () => {
  const index = new KeyIndex(['a.B.c', 'a.b.c', 'a.b.d']);
  expect(index.twins('a.b.c')).toEqual(['a.B.c']);
  expect(index.twins('A.b.c')).toEqual(['a.B.c', 'a.b.c']);
  expect(index.twins('a.b.d')).toEqual([]);
});
