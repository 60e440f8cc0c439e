import { describe, expect, it } from 'vitest';
import { MAX_MATCHED_LENGTH, compilePattern, operators } from './operators.js';

// What each operator says is in conformance/operators-*.yaml; here are the limits.
describe('matches', () => {
  it('looks at strings up to its limit', () => {
    const matches = operators.matches('b$');
    expect(matches(`${'a'.repeat(MAX_MATCHED_LENGTH - 1)}b`)).toBe(true);
    expect(matches(`${'a'.repeat(MAX_MATCHED_LENGTH)}b`)).toBe(false);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(.*a){20}$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(x+x+)+y'])(
    '%s ends on what a backtracking engine would not',
    (pattern) => {
      expect(operators.matches(pattern)(`${'a'.repeat(MAX_MATCHED_LENGTH - 1)}!`)).toBe(false);
    },
  );

  it.each(['(?=a)', '(?!a)', '(?<=a)', '(a)\\1', '(', '[', 'a{2,1}', '*', 'a**', '\\'])(
    'the pattern %s is refused',
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow();
    },
  );
});

describe('a list operand of the largest size', () => {
  const members = Array.from({ length: 50_000 }, (_, index) => `member-${index}`);

  it('is asked without being walked', () => {
    const test = operators.in(members);
    for (const member of members) expect(test(member)).toBe(true);
    expect(test('member-50000')).toBe(false);
  });
});
