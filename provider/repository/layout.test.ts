import { describe, expect, test } from 'vitest';
import { anyNaming, isName, namingOf, placeOf } from './layout.js';

const standard = namingOf();

describe('placeOf', () => {
  test.each<[string, string]>([
    ['policy.yaml', 'policy'],
    ['retired.yaml', 'retired'],
    ['segments/employees.yaml', 'segment employees'],
    ['guardrails/errors-5xx.yaml', 'guardrail errors-5xx'],
    ['web/cart/banner.yaml', 'flag web.cart.banner'],
    ['web/cart/banner.cases.yaml', 'cases web.cart.banner'],
    ['web/cart/cases.yaml', 'flag web.cart.cases'],
    ['web/policy/retired.yaml', 'flag web.policy.retired'],
    ['constructor/segments/0.yaml', 'flag constructor.segments.0'],
    ['.github/workflows/ci.yml', 'ignored'],
    ['README.md', 'ignored'],
    ['web/cart/banner.yaml.orig', 'ignored'],
    ['web/cart/yaml', 'ignored'],
    ['.hidden.yaml', 'unexpected'],
    ['.yaml', 'unexpected'],
    ['web/cart/.yaml', 'unexpected'],
    ['web/cart/.cases.yaml', 'unexpected'],
    ['web//banner.yaml', 'unexpected'],
    ['policy.cases.yaml', 'unexpected'],
    ['policy/cart/banner.yaml', 'unexpected'],
    ['retired/cart/banner.yaml', 'unexpected'],
    ['segments.yaml', 'unexpected'],
    ['segments/a/b.yaml', 'unexpected'],
    ['segments/employees.cases.yaml', 'unexpected'],
    ['guardrails/.yaml', 'unexpected'],
    ['web/cart/banner.YAML', 'unexpected'],
    ['web/cart/banner.yml', 'unexpected'],
    ['web/cart/-banner.yaml', 'unexpected'],
    ['web/cart/banner-.yaml', 'unexpected'],
    ['web/cart/bännér.yaml', 'unexpected'],
    ['web/cart/__proto__.yaml', 'unexpected'],
    ['web/cart/new banner.yaml', 'unexpected'],
    ['web.cart/banner.yaml', 'unexpected'],
    ['web/cart/banner/new.yaml', 'unexpected'],
    ['web/banner.yaml', 'unexpected'],
  ])('%s: %s', (path, expected) => {
    const place = placeOf(path, standard);
    expect('name' in place ? `${place.kind} ${place.name}` : place.kind).toBe(expected);
  });
});

describe('namingOf', () => {
  test.each<[string, string, boolean]>([
    ['[a-z]+', 'abc', true],
    ['[a-z]+', 'abc1', false],
    ['a|b', 'ab', false],
    ['.*', 'Imported_Flag-2@v1+x=~', true],
    ['.*', 'a b', false],
    ['.*', 'a/b', false],
    ['.*', 'ä', false],
    ['.*', 'a..b', false],
    ['.*', '.a', false],
    ['.*', 'x'.repeat(200), true],
    ['.*', 'x'.repeat(201), false],
    ['(?s).*', 'a\n', false],
  ])('%s allows %.20j: %s', (pattern, key, isAllowed) => {
    expect(namingOf(pattern)(key)).toBe(isAllowed);
    if (isAllowed) expect(anyNaming(key)).toBe(true);
  });

  test('a pattern that backtracks elsewhere takes linear time', () => {
    expect(namingOf('(a+)+b')('a'.repeat(200))).toBe(false);
  });
});

test.each<[string, boolean]>([
  ['a', true],
  ['0-9', true],
  ['x'.repeat(200), true],
  ['x'.repeat(201), false],
  ['', false],
  ['-a', false],
  ['a-', false],
  ['A', false],
  ['a.b', false],
  ['a\n', false],
])('the name %.20j is allowed: %s', (name, expected) => {
  expect(isName(name)).toBe(expected);
});
