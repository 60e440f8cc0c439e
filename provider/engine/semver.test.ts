import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRange, rangeTest } from './semver.js';

const isWithin = (version: string, range: string): boolean => rangeTest(range)(version);

describe('precedence', () => {
  // SemVer 2.0, section 11, points 2 to 4, and what they imply; each is lower than all after it.
  const ascending = `
    0.0.0-0 0.0.0 0.0.1 0.1.0 0.9.0 0.10.0 1.0.0-- 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta
    1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 2.0.0 2.1.0 2.1.1-1 2.1.1-2 2.1.1-10 2.1.1-99999999999999999999
    2.1.1-100000000000000000000 2.1.1-1a 2.1.1-A 2.1.1-a 2.1.1-a-b 2.1.1-a0 2.1.1 2.1.10 10.0.0 9007199254740991.0.0
  `
    .trim()
    .split(/\s+/);

  const pairs = ascending.flatMap((lower, index) =>
    ascending.slice(index + 1).map((higher) => [lower, higher] as const),
  );

  it.each(pairs)('%s is lower than %s', (lower, higher) => {
    expect(isWithin(lower, `<${higher}`)).toBe(true);
    expect(isWithin(higher, `>${lower}`)).toBe(true);
    expect(isWithin(higher, `<=${lower}`)).toBe(false);
    expect(isWithin(lower, `>=${higher}`)).toBe(false);
    expect(isWithin(lower, `!=${higher}`)).toBe(true);
    expect(isWithin(lower, `=${higher}`)).toBe(false);
  });

  it.each([
    ['1.2.0', '1.2'],
    ['1.0.0', '1'],
    ['1.2.3', 'v1.2.3'],
    ['1.0.0', 'v1'],
    ['1.2.3+build', '1.2.3'],
    ['1.2.3-rc.1+build.7', '1.2.3-rc.1+other.007'],
    ['1.0.0--', '1.0.0--'],
    ['1.0.0-0a', '1.0.0-0a'],
  ])('%s equals %s', (one, other) => {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ] as const) {
      expect([isWithin(a, `=${b}`), isWithin(a, b), isWithin(a, `<=${b}`), isWithin(a, `>=${b}`)]).toEqual([
        true,
        true,
        true,
        true,
      ]);
      expect([isWithin(a, `!=${b}`), isWithin(a, `<${b}`), isWithin(a, `>${b}`)]).toEqual([false, false, false]);
    }
  });

  it('is a total order: exactly one of <, = and > holds, and opposite ones mirror', () => {
    const identifier = fc.oneof(fc.nat({ max: 12 }).map(String), fc.stringMatching(/^[a-cA-C-][0-9a-cA-C-]{0,2}$/));
    const prerelease = fc
      .array(identifier, { maxLength: 3 })
      .map((parts) => (parts.length === 0 ? '' : `-${parts.join('.')}`));
    const part = fc.nat({ max: 2 });
    const version = fc.tuple(part, part, part, prerelease).map(([a, b, c, rest]) => `${a}.${b}.${c}${rest}`);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [less, equal, more] = [isWithin(a, `<${b}`), isWithin(a, `=${b}`), isWithin(a, `>${b}`)];
        expect([less, equal, more].filter(Boolean)).toHaveLength(1);
        expect(isWithin(b, `>${a}`)).toBe(less);
        expect(isWithin(b, `=${a}`)).toBe(equal);
        expect(isWithin(a, `<=${b}`)).toBe(less || equal);
        expect(isWithin(a, `>=${b}`)).toBe(more || equal);
        expect(isWithin(a, `!=${b}`)).toBe(!equal);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what is no version', () => {
  const longest = `1.0.0-${'a'.repeat(250)}`;

  it('a version of 256 units is looked at, a longer one is not', () => {
    expect(longest).toHaveLength(256);
    expect(isWithin(longest, '>=0.0.1')).toBe(true);
    expect(isWithin(`${longest}a`, '>=0.0.1')).toBe(false);
    expect(isWithin(`1.0.0+${'a'.repeat(1_000_000)}`, '>=0.0.1')).toBe(false);
  });

  it('never throws, whatever the string', () => {
    const test = rangeTest('>=0.0.0-0 || <0.0.0-0');
    const nearly = fc.stringMatching(/^v?[0-9]{0,3}\.?[0-9.]{0,5}[-+.a-z0-9]{0,8}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (text) => typeof test(text) === 'boolean'),
      { numRuns: 2_000 },
    );
  });
});

describe('parseRange', () => {
  it.each([
    ['1.2.3', [[['=', '1.2.3']]]],
    ['=1', [[['=', '1']]]],
    [
      ' >=1.2   <2 ',
      [
        [
          ['>=', '1.2'],
          ['<', '2'],
        ],
      ],
    ],
    ['^1||~2.1', [[['^', '1']], [['~', '2.1']]]],
    ['!=v1.0.0-rc.1+b', [[['!=', 'v1.0.0-rc.1+b']]]],
  ])('reads %j', (range, wanted) => {
    const read = parseRange(range)?.map((comparators) =>
      comparators.map(({ operator, version }) => [operator, version]),
    );
    expect(read).toEqual(wanted);
  });

  const refused = [
    '',
    ' ',
    '||',
    '1 ||',
    '|| 1',
    '1 || || 2',
    '1 | 2',
    '>= 1.0.0',
    '>=',
    '==1',
    '=>1',
    '=<1',
    '<>1',
    '~>1',
    '^~1',
    '>>1',
    '!1',
    '1.x',
    '*',
    '1.2.3 - 2.0.0',
    '1,2',
    '01.0.0',
    '1.0.0-01',
    'latest',
    '>=1.0.0\n',
    '>=1.0.0\t<2',
    `>=1.0.0-${'a'.repeat(260)}`,
    '1.0-beta',
  ];
  it.each(refused)('refuses %j', (range) => {
    expect(parseRange(range)).toBeUndefined();
  });
});

describe('a version that is asked again', () => {
  const test = rangeTest('>=1.2.0-beta.2');

  it.each([
    ['1.2.0', true],
    ['1.2.0-beta.1', false],
    ['1.2.0-beta.10', true],
    ['1.2', true],
    ['latest', false],
    ['01.2.0', false],
    ['', false],
    ['9'.repeat(300), false],
  ])(
    '%s is %s, also right after itself, another, one that is none, and a range that is compiled',
    (version, expected) => {
      const answers = [test(version), test(version)];
      for (const other of ['0.9.0', '3.0.0-rc.1', 'x', '1'.repeat(300)]) {
        test(other);
        answers.push(test(version));
      }
      rangeTest('<0.0.1 || >=7.8.9-z');
      answers.push(test(version));
      expect(answers).toEqual(answers.map(() => expected));
    },
  );
});
