import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { EvaluationContext } from '../../../provider/engine/index.js';
import { keyedHash } from '../../../provider/sampler/index.js';
import type { Redaction } from './redaction.js';
import { Redactor } from './redact.js';

const SECRET = 'a secret of many characters';

const redactionOf = (
  options: Partial<Record<'keep' | 'drop' | 'hash' | 'emailDomain', readonly string[]>>,
): Redaction => ({
  keep: options.keep && new Set(options.keep),
  drop: new Set(options.drop),
  hash: new Set(options.hash),
  emailDomain: new Set(options.emailDomain),
  secret: SECRET,
});

const redacted = (options: Parameters<typeof redactionOf>[0], context: object): unknown =>
  new Redactor(redactionOf(options)).redact(context as EvaluationContext);

const h = (value: string | number): string => keyedHash(SECRET, value);

describe('redacting', () => {
  const rows: readonly (readonly [
    what: string,
    options: Parameters<typeof redactionOf>[0],
    before: object,
    after: object,
  ])[] = [
    ['drops an attribute', { drop: ['a'] }, { a: 1, b: 2 }, { b: 2 }],
    ['drops what is within an attribute', { drop: ['a.b'] }, { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
    ['drops all within an attribute', { drop: ['a'] }, { a: { b: 1, c: { d: 2 } }, e: 1 }, { e: 1 }],
    ['drops within lists', { drop: ['a.b'] }, { a: [{ b: 1, c: 2 }, 3] }, { a: [{ c: 2 }, 3] }],
    ['drops a name that has a dot itself', { drop: ['a.b'] }, { 'a.b': 1, c: 2 }, { c: 2 }],
    ['keeps only some', { keep: ['a', 'b.c'] }, { a: { x: 1 }, b: { c: 1, d: 2 }, e: 3 }, { a: { x: 1 }, b: { c: 1 } }],
    ['keeps no empty objects', { keep: ['a', 'b.c'] }, { a: 1, b: { d: 2 } }, { a: 1 }],
    ['keeps objects that were empty', { drop: ['x'] }, { a: {}, x: 1 }, { a: {} }],
    ['keeps what is within a list', { keep: ['a.b'] }, { a: [{ b: 1, c: 2 }, 'x'] }, { a: [{ b: 1 }] }],
    ['drops within what it keeps', { keep: ['a'], drop: ['a.b'] }, { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
    ['keeps what it hashes', { keep: ['a'], hash: ['b.c'] }, { a: 1, b: { c: 'x', d: 2 } }, { a: 1, b: { c: h('x') } }],
    ['hashes texts and numbers', { hash: ['a', 'b'] }, { a: 'ann', b: 17 }, { a: h('ann'), b: h(17) }],
    ['hashes a number as its digits', { hash: ['a', 'b'] }, { a: '17', b: 17 }, { a: h('17'), b: h('17') }],
    ['hashes lists one by one', { hash: ['a'] }, { a: ['x', ['y'], null] }, { a: [h('x'), [h('y')], null] }],
    ['hashes objects as a whole', { hash: ['a'] }, { a: { z: 1, b: 'x' } }, { a: h('{"b":"x","z":1}') }],
    [
      'finds a name again that is spelled in another way',
      { hash: ['a'] },
      { a: 'Jos\u00e9', b: 'JOSE\u0301', c: 'Jose' },
      { a: h('Jos\u00e9'), b: h('Jos\u00e9'), c: 'Jose' },
    ],
    [
      'finds what it dropped again that is spelled in another way',
      { drop: ['a'] },
      { a: 'Jos\u00e9 Mu\u00f1oz', b: 'by Jose\u0301 MUN\u0303OZ', c: 1 },
      { c: 1 },
    ],
    ['hashes truth values', { hash: ['a'] }, { a: true }, { a: h('true') }],
    ['leaves null as it is', { hash: ['a'] }, { a: null }, { a: null }],
    ['leaves hashes as they are', { hash: ['a'] }, { a: h('ann') }, { a: h('ann') }],
    ['hashes what only begins like one', { hash: ['a'] }, { a: 'hashed:ann' }, { a: h('hashed:ann') }],
    [
      'leaves made-up keys as they are',
      { hash: ['targetingKey'] },
      { targetingKey: 'synthetic:7' },
      { targetingKey: 'synthetic:7' },
    ],
    ['hashes what only begins like one of them', { hash: ['a'] }, { a: 'synthetic:ann' }, { a: h('synthetic:ann') }],
    ['cuts addresses', { emailDomain: ['a'] }, { a: 'Ann+x@Example.com' }, { a: '@Example.com' }],
    [
      'cuts addresses of lists',
      { emailDomain: ['a'] },
      { a: ['ann@a.test', 'no', 'ben@b.test'] },
      { a: ['@a.test', '@b.test'] },
    ],
    ['cuts a quoted address', { emailDomain: ['a'] }, { a: '"ann@home"@a.test' }, { a: '@a.test' }],
    ['cuts again what was cut', { emailDomain: ['a'] }, { a: '@a.test' }, { a: '@a.test' }],
    ['drops what is no address', { emailDomain: ['a', 'b', 'c'] }, { a: 'ann', b: 7, c: '@ann', d: 1 }, { d: 1 }],
    ['drops an address that is written otherwise', { emailDomain: ['a'] }, { a: 'Ann <ann@a.test>', b: 1 }, { b: 1 }],
    [
      'hashes the same value elsewhere',
      { hash: ['targetingKey'] },
      { targetingKey: 'u-17', user: { id: 'u-17' } },
      { targetingKey: h('u-17'), user: { id: h('u-17') } },
    ],
    [
      'removes it where it is part of a text',
      { hash: ['email'] },
      { email: 'ann@a.test', link: '/u/Ann@A.test/x', b: 1 },
      { email: h('ann@a.test'), b: 1 },
    ],
    [
      'removes what was dropped elsewhere',
      { drop: ['name'] },
      { name: 'Ann Smith', title: 'For ann smith', b: ['Ann Smith', 'x'] },
      { b: ['x'] },
    ],
    [
      'removes what was cut elsewhere',
      { emailDomain: ['email'] },
      { email: 'ann@a.test', login: 'ann@a.test' },
      { email: '@a.test' },
    ],
    [
      'removes it where it is a name',
      { hash: ['email'] },
      { email: 'ann@a.test', by: { 'ann@a.test': 1, x: 2 } },
      { email: h('ann@a.test'), by: { x: 2 } },
    ],
    [
      'leaves short texts that are equal by chance',
      { drop: ['plan'] },
      { plan: 'free', tier: 'free' },
      { tier: 'free' },
    ],
    [
      'leaves what only was not kept',
      { keep: ['zone'] },
      { zone: 'Europe/Berlin', timezone: 'Europe/Berlin' },
      { zone: 'Europe/Berlin' },
    ],
    ['removes an address that was not kept', { keep: ['login'] }, { login: 'ann@a.test', email: 'ann@a.test' }, {}],
    [
      'knows names of JavaScript’s own',
      { drop: ['toString'], hash: ['constructor'] },
      { toString: 1, constructor: 'x', valueOf: 2 },
      { constructor: h('x'), valueOf: 2 },
    ],
  ];

  test.each(rows)('%s', (_, options, before, after) => {
    const copy = structuredClone(before);
    expect(redacted(options, before)).toEqual(after);
    expect(before).toEqual(copy);
  });

  it('counts what it did', () => {
    const redactor = new Redactor(redactionOf({ drop: ['name'], hash: ['targetingKey'], emailDomain: ['email'] }));
    redactor.redact({ targetingKey: 'user-1', name: 'Ann Smith', email: 'ann@a.test', login: 'ann@a.test' });
    redactor.redact({ targetingKey: 'user-2', name: 'Ben', email: 'none' });
    const { dropped, hashed, cut, traced } = redactor.deeds;
    expect([dropped, hashed, cut, traced].map((paths) => Object.fromEntries(paths))).toEqual([
      { name: 2, email: 1 },
      { targetingKey: 2 },
      { email: 1 },
      { login: 1 },
    ]);
  });
});

/** Values that stand nowhere else: eight characters and more, of an alphabet that no attribute's name here has. */
const secretText = fc
  .array(fc.constantFrom(...'QWXZÄ#"\\/🙂 7'), { minLength: 8, maxLength: 24 })
  .map((parts) => parts.join(''))
  .filter((text) => text.length >= 8);
const secretNumber = fc.integer({ min: 10_000_000, max: Number.MAX_SAFE_INTEGER });
const harmless = fc.oneof(
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('de', 'ios', 'a longer text'),
  fc.integer({ min: 0, max: 99 }),
);

/** A secret as applications hide it: by itself, within a text, a list, an object, or as a name. */
const holding = (secret: string | number): fc.Arbitrary<unknown> =>
  fc.constantFrom<unknown>(
    secret,
    [secret, 'x'],
    { inner: secret, deep: { deeper: [{ deepest: secret }] } },
    { [String(secret)]: true },
    [[{ list: [secret] }]],
  );
const mentioning = (secret: string | number): fc.Arbitrary<unknown> =>
  fc.oneof(holding(secret), fc.constantFrom<unknown>(`before ${secret}`, `${secret} after`, [`in ${secret} between`]));

describe('what was dropped or hashed', () => {
  it.each(['drop', 'hash'] as const)('by --%s is nowhere in the bytes that are written', (how) => {
    const cases = fc.tuple(fc.oneof(secretText, secretNumber), fc.oneof(secretText, secretNumber)).chain(([one, two]) =>
      fc.record({
        secrets: fc.constant([one, two]),
        context: fc.record({
          targetingKey: fc.constant(typeof one === 'string' ? one : String(one)),
          user: fc.record({ name: holding(two), plan: harmless }),
          // Elsewhere, in the open.
          login: fc.oneof(harmless, mentioning(one)),
          trail: fc.oneof(harmless, mentioning(two)),
          device: fc.record({ owner: fc.oneof(harmless, mentioning(one), mentioning(two)), model: harmless }),
        }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ secrets, context }) => {
        const written = JSON.stringify(redacted({ [how]: ['targetingKey', 'user.name'] }, context)).toLowerCase();
        for (const secret of secrets) {
          expect(written).not.toContain(JSON.stringify(String(secret)).slice(1, -1).toLowerCase());
        }
        expect(written).toContain('"plan"');
        expect(written).toContain('"model"');
      }),
      { numRuns: 400 },
    );
  });

  it('by an allow-list is there only where it is allowed', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('a', 'b', 'c'),
          fc.oneof(secretText, fc.dictionary(fc.constantFrom('d', 'e'), secretText)),
        ),
        (context) => {
          const rest = redacted({ keep: ['a', 'b.d'] }, context) as Record<string, unknown>;
          const { a, b } = context;
          const inner = typeof b === 'object' && 'd' in b ? { b: { d: b['d'] } } : {};
          expect(rest).toEqual({ ...(a === undefined ? {} : { a }), ...inner });
        },
      ),
    );
  });

  it('hashes to the same with the same secret, and to something else with another', () => {
    const other = new Redactor({ ...redactionOf({ hash: ['a'] }), secret: 'another secret of length' });
    expect(redacted({ hash: ['a'] }, { a: 'ann' })).toEqual(redacted({ hash: ['a'] }, { a: 'ann' }));
    expect(other.redact({ a: 'ann' })).not.toEqual(redacted({ hash: ['a'] }, { a: 'ann' }));
  });
});
