import { describe, expect, test } from 'vitest';
import {
  holdFlag,
  holdSegment,
  Ruleset,
  type ConditionDocument,
  type FlagDocument,
} from '../../provider/engine/index.js';
import { compileToFlagd } from './compile.js';
import { flagdWith } from './testing/comparison.js';

const silent = { error() {}, warn() {}, info() {}, debug() {} };

type Sketch = Partial<FlagDocument> & { readonly when?: ConditionDocument };

/** A ruleset of flags `a.b.<name>`; `when` is short for one rule that serves `true`. */
function rulesetOf(
  sketches: Readonly<Record<string, Sketch>>,
  segments: Readonly<Record<string, ConditionDocument>> = {},
): Ruleset {
  const flags = Object.entries(sketches).map(([name, { when, ...rest }]): [string, FlagDocument] => {
    const key = `a.b.${name}`;
    const rules = when === undefined ? [] : [{ name: 'only', when, serve: true }];
    const governance = {
      key,
      type: 'ops',
      owner: 'team-a',
      riskTier: 'low',
      expiresAt: 'never',
      description: '-',
    } as const;
    return [key, { ...governance, environments: { production: { enabled: true, rules } }, ...rest }];
  });
  const bodies = Object.entries(segments).map(
    ([name, when]) => [name, { owner: 'team-a', description: '-', when }] as const,
  );
  const documents = {
    policy: {
      bucketing: 'flagd-v2',
      environments: ['production', 'staging'],
      teams: { 'team-a': { codeOwner: '@a/a' } },
    },
    flags: new Map(flags.map(([key, flag]) => [key, holdFlag(flag)])),
    segments: new Map(bodies.map(([name, body]) => [name, holdSegment(body)])),
    guardrails: new Map(),
    retired: [],
  } as const;
  return new Ruleset({ id: 'c0ffee', repository: 'shop' }, documents);
}

const compileOne = (sketch: Sketch, segments?: Record<string, ConditionDocument>) => {
  const { flagd, inexpressible, warnings } = compileToFlagd(rulesetOf({ one: sketch }, segments), 'production');
  return { flag: flagd.flags['a.b.one'], reasons: inexpressible[0]?.reasons ?? [], warnings };
};

const withRollout = (rollout: number, rest: Sketch = {}): Sketch => ({
  ...rest,
  environments: { production: { enabled: true, rollout } },
});

describe('what flagd cannot express is left out, with every reason', () => {
  const inRule = 'rule `only`: ';
  const rows: readonly (readonly [what: string, sketch: Sketch, reasons: readonly string[]])[] = [
    [
      'regular expressions',
      { when: { email: { matches: '@' } } },
      [`${inRule}\`matches\` on \`email\`: flagd has no regular expressions`],
    ],
    [
      'dates',
      { when: { at: { before: '2026-01-01', after: '2025-01-01' } } },
      [`${inRule}\`before\` on \`at\`: flagd has no dates`, `${inRule}\`after\` on \`at\`: flagd has no dates`],
    ],
    [
      'deep inside',
      { when: { any: [{ not: { all: [{ a: { matches: 'x' } }] } }] } },
      [`${inRule}\`matches\` on \`a\`: flagd has no regular expressions`],
    ],
    [
      'a length',
      { when: { 'tags.length': 2 } },
      [`${inRule}the attribute \`tags.length\`: flagd reads \`length\` of a string or list as its length`],
    ],
    [
      'a position',
      { when: { 'tags.0': 'x' } },
      [`${inRule}the attribute \`tags.0\`: flagd reads \`0\` as a position in a string or list`],
    ],
    [
      'what is inherited',
      { when: { 'constructor.name': 'Object' } },
      [
        `${inRule}the attribute \`constructor.name\`: flagd in JavaScript reads \`constructor.name\` of what every value inherits`,
      ],
    ],
    [
      "flagd's own attributes",
      { when: { '$flagd.timestamp': { gt: 5 } } },
      [`${inRule}the attribute \`$flagd.timestamp\`: flagd puts facts of its own there`],
    ],
    [
      'a backslash',
      { when: { 'a\\b': 1 } },
      [`${inRule}the attribute \`a\\b\`: flagd's engines disagree about the backslash`],
    ],
    [
      'huge prerelease numbers',
      { when: { v: { semver: '>1.0.0-9007199254740993' } } },
      [`${inRule}\`semver\` on \`v\`: flagd compares numbers above 2^53 in a prerelease inexactly`],
    ],
    [
      'bucketing by it',
      withRollout(5, { bucketBy: 'tags.length' }),
      ['rollout: `bucketBy: tags.length`: flagd reads `length` of a string or list as its length'],
    ],
    [
      'lists as values',
      { default: 'x', variants: { x: [1] } },
      ['the variant "x" is a list: flagd\'s object values are JSON objects'],
    ],
    [
      'references as values',
      { default: 'x', variants: { x: { deep: [{ $ref: 'y' }] } } },
      ['the variant "x" has `$ref` as a name or key: flagd would put an evaluator there'],
    ],
    [
      'a reference as a name',
      { default: '$ref', variants: { $ref: 'y' } },
      ['the variant "$ref" has `$ref` as a name or key: flagd would put an evaluator there'],
    ],
    [
      'line breaks in names',
      { default: 'x\ny', variants: { 'x\ny': 1 } },
      ['the variant "x\\ny" has a line break in its name: flagd\'s schema refuses it'],
    ],
  ];

  test.each(rows)('%s', (_what, sketch, reasons) => {
    const compiled = compileOne(sketch);
    expect(compiled.flag).toBeUndefined();
    expect(compiled.reasons).toEqual(reasons);
  });

  test('a segment or a prerequisite takes along whatever refers to it', () => {
    const segments = { dated: { at: { before: '2026-01-01' } }, nested: { segment: ['dated'] } };
    const ruleset = rulesetOf(
      { base: { when: { segment: 'nested' } }, dependent: { prerequisites: { 'a.b.base': true } }, other: {} },
      segments,
    );
    const { flagd, inexpressible } = compileToFlagd(ruleset, 'production');
    const reason = 'rule `only`: segment `dated`: `before` on `at`: flagd has no dates';
    expect(inexpressible).toEqual([
      { key: 'a.b.base', reasons: [reason] },
      { key: 'a.b.dependent', reasons: ['prerequisite a.b.base is left out itself'] },
    ]);
    expect(Object.keys(flagd.flags)).toEqual(['a.b.other']);
  });

  test('what is not reached in the environment is no obstacle', () => {
    const sketch: Sketch = {
      environments: {
        production: { enabled: false, rules: [{ name: 'r', when: { a: { matches: 'x' } }, serve: true }] },
      },
    };
    expect(compileOne(sketch).reasons).toEqual([]);
  });
});

describe('limits', () => {
  test('prerequisites that double with every flag are refused, not written out', () => {
    const sketches = Array.from({ length: 60 }, (_, i): [string, Sketch] => {
      const prerequisites = { [`a.b.f${i - 1}`]: true, [`a.b.f${i - 2}`]: true };
      return [`f${i}`, withRollout(50, i < 2 ? {} : { prerequisites })];
    });
    const { flagd, inexpressible } = compileToFlagd(rulesetOf(Object.fromEntries(sketches)), 'production');
    expect(inexpressible[0]?.reasons).toEqual(['its JSON would be longer than 1048576 characters']);
    expect(Object.keys(flagd.flags).length).toBeGreaterThan(10);
    expect(Object.keys(flagd.flags).length + inexpressible.length).toBe(60);
  });

  test('so are segments that do, each reason once', () => {
    const segments = Object.fromEntries(
      Array.from({ length: 60 }, (_, i): [string, ConditionDocument] => {
        const inner = `s${i - 1}`;
        return [
          `s${i}`,
          i === 0
            ? { a: 1 }
            : {
                any: [
                  { segment: inner, a: i },
                  { not: { segment: inner }, b: i },
                ],
              },
        ];
      }),
    );
    const reasons = compileOne({ when: { segment: ['s58', 's59'] } }, segments).reasons;
    expect(reasons).toEqual([
      expect.stringMatching(/^rule `only`: segment `s[0-9]+`: its JSON would be longer than 1048576/),
    ]);
  });

  test('a chain that nests too deep is refused where it does, and flagd takes the deepest that is left', () => {
    const segments = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`s${i}`, i === 0 ? { a: 1 } : { not: { segment: `s${i - 1}`, a: i } }]),
    );
    const sketches = Object.fromEntries(
      Array.from({ length: 500 }, (_, i): [string, Sketch] => [`f${i}`, { when: { segment: `s${i}` } }]),
    );
    const { flagd, inexpressible } = compileToFlagd(rulesetOf(sketches, segments), 'production');
    expect(inexpressible[0]?.reasons[0]).toMatch(/its JSON would nest deeper than 400$/);
    const deepest = Object.keys(flagd.flags).at(-1) as string;
    expect(flagdWith(flagd).resolveBooleanEvaluation(deepest, false, {}, silent).errorCode).toBeUndefined();
  });

  test('a list of thousands of prefixes still compiles in flagd', () => {
    const startsWith = Array.from({ length: 6_000 }, (_, i) => `prefix-${i}-`);
    const { flagd } = compileToFlagd(rulesetOf({ one: { when: { id: { startsWith } } } }), 'production');
    const core = flagdWith(flagd);
    const valueFor = (id: string) => core.resolveBooleanEvaluation('a.b.one', false, { id }, silent).value;
    expect([valueFor('prefix-0-x'), valueFor('prefix-5999-x'), valueFor('prefix-6000-x')]).toEqual([true, true, false]);
  });
});

describe('the definition', () => {
  test('says where it comes from, and each flag whose it is', () => {
    const { flagd } = compileToFlagd(rulesetOf({ one: { when: { a: 1 } } }), 'production');
    expect(flagd.$schema).toBe('https://flagd.dev/schema/v0/flags.json');
    const { flagMetadata } = flagdWith(flagd).resolveBooleanEvaluation('a.b.one', false, { a: 1 }, silent);
    expect(flagMetadata).toEqual({
      flagSetId: 'shop/production',
      version: 'c0ffee',
      owner: 'team-a',
      type: 'ops',
      riskTier: 'low',
      environment: 'production',
    });
  });

  test('has no targeting where every context gets the same, and never a disabled flag', () => {
    const variants = { on: 1, off: 0 };
    const shape = (sketch: Sketch) => {
      const flag = compileOne({ variants, default: 'off', ...sketch }).flag;
      return [flag?.state, flag?.defaultVariant, flag?.targeting];
    };
    expect(shape({ environments: {} })).toEqual(['ENABLED', 'off', undefined]);
    expect(shape({ environments: { production: { enabled: false, rollout: 100 } } })).toEqual([
      'ENABLED',
      'off',
      undefined,
    ]);
    expect(shape(withRollout(100))).toEqual(['ENABLED', 'on', undefined]);
    expect(shape({ ...withRollout(0), default: null })).toEqual(['ENABLED', null, undefined]);
  });

  test('names a segment once, and puts inner segments and `$` texts in', () => {
    const segments = { inner: { a: 1 }, outer: { segment: 'inner', b: 2 }, dollar: { c: '$&' }, unused: { d: 4 } };
    const { flagd } = compileToFlagd(
      rulesetOf({ one: { when: { segment: ['outer', 'dollar'] } }, two: { when: { segment: 'outer' } } }, segments),
      'production',
    );
    expect(flagd.$evaluators).toEqual({ outer: { and: [{ '===': [{ var: 'a' }, 1] }, { '===': [{ var: 'b' }, 2] }] } });
    expect(flagd.flags['a.b.two']?.targeting).toEqual({ if: [{ $ref: 'outer' }, 'true', null] });
    expect(flagd.flags['a.b.one']?.targeting).toEqual({
      if: [{ or: [{ $ref: 'outer' }, { '===': [{ var: 'c' }, '$&'] }] }, 'true', null],
    });
  });

  test('has one `fractional` for who is in, and one for which variant, in thousandths of a percent', () => {
    const variants = { off: 0, on: 1, blue: 2 };
    const rollout = { blue: 12.5, on: 0.001 };
    const { flag } = compileOne({
      variants,
      default: 'off',
      salt: 's',
      environments: { production: { enabled: true, rollout } },
    });
    const key = { var: 'targetingKey' };
    const choice = { fractional: [{ cat: ['s:variant:', key] }, ['on', 1], ['blue', 12_500]] };
    const split = { fractional: [{ cat: ['s', key] }, [choice, 12_501], ['off', 87_499]] };
    expect(flag?.targeting).toEqual({ if: [expect.anything(), split, null] });
  });

  test('warns of a salt that flagd in JavaScript hashes differently', () => {
    const ruleset = rulesetOf({
      salted: withRollout(50, { salt: 'Zürich' }),
      dependent: { prerequisites: { 'a.b.salted': true } },
      whole: withRollout(100, { salt: 'Zürich' }),
    });
    const message = 'rollout: the salt "Zürich" is not ASCII, and flagd in JavaScript hashes it differently';
    expect(compileToFlagd(ruleset, 'production').warnings).toEqual([
      { key: 'a.b.salted', message },
      { key: 'a.b.dependent', message: `prerequisite a.b.salted: ${message}` },
    ]);
  });

  test('needs an environment that the policy has', () => {
    expect(() => compileToFlagd(rulesetOf({}), 'elsewhere')).toThrow(RangeError);
  });
});
