/** Attributes and their values: small pools, shared by conditions and contexts so that they meet often. */
import type { EvaluationContext } from '../../../provider/engine/index.js';
import type { Random } from './random.js';

/** The paths that conditions and `bucketBy` read. */
export const paths: readonly string[] = [
  'targetingKey',
  'country',
  'plan',
  'score',
  'vip',
  'tags',
  'appVersion',
  'user.id',
  'user.plan',
  'user.address.zip',
  'toString',
  'constructor',
  'user.constructor',
  'length',
  '0',
  'a b',
  'user.$ref',
  "it's",
];

/** Strings that are easily mistaken for something else, beside ordinary ones; all ASCII. */
export const strings: readonly string[] = [
  '',
  ' ',
  'DE',
  'de',
  'AT',
  'free',
  'pro',
  'premium',
  'u-1',
  'u-2',
  'ann@example.com',
  '0',
  '5',
  '05',
  '-1',
  '1e3',
  '5.5',
  'true',
  'false',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '[object Object]',
  '[]',
  '{}',
  '{"$ref":"seg-0"}',
  '$&',
  "$'",
  '"quoted"',
  'back\\slash',
  'new\nline',
  'a,b',
  '__proto__',
  'constructor',
];

/** Numbers at the edges of every type. */
export const numbers: readonly number[] = [
  0,
  1,
  -1,
  5,
  5.5,
  18,
  65,
  100,
  -0.001,
  0.1,
  1e-7,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
];

/** What conditions ask for and contexts have most often. */
export const frequent: readonly (string | number | boolean)[] = ['DE', 'pro', 'u-1', '5', 5, 18, true];

/** Versions, and what a lenient parser takes for one. */
export const versions: readonly string[] = [
  '1',
  'v1',
  '1.2',
  'v1.2',
  '1.2.3',
  'v1.2.3',
  '4.2.0',
  '4.10.0',
  '5.0.0',
  '0.0.0',
  '1.2.3-rc.1',
  '1.2.3-rc.2',
  '1.2.3-rc',
  '1.2.3-alpha',
  '1.2.3-1',
  '1.2.3-10',
  '1.2.3-rc.1+build.5',
  '1.2.3+b',
  '4.2.0-0',
  '1.2.3--',
  '1.2.3-a-',
  '1.2.3-0a',
  '1.2.3-99999999999999999999',
  '1.2.3-99999999999999999998',
  '9007199254740991.0.0',
];
/** What only a lenient parser takes for a version, or nothing does. */
export const oddVersions: readonly string[] = [
  'V1.2.3',
  'vv1.2.3',
  'vV1.2.3',
  'v 1.2.3',
  ' 1.2.3',
  '1.2.3 ',
  '\t1.2.3',
  '1.2.3\n',
  ' v1.2.3',
  '01.2.3',
  '1.02.3',
  '01',
  '1.02',
  '00',
  '1.2.3.4',
  '1.',
  '.1',
  '1.2.',
  '1.2.3-',
  '1.2.3+',
  '1.2.3-01',
  '1.2.3-rc..1',
  '1.2-rc',
  '1-rc',
  'v',
  '',
  '=1.2.3',
  '>=1.2.3',
  '1.x',
  '*',
  '1,2,3',
  '-1.2.3',
  '9007199254740992.0.0',
  '12345678901234567',
  '1.2.3-\u0000',
  `1.2.3-${'a'.repeat(250)}`,
  `1.2.3-${'a'.repeat(251)}`,
  `v1.2.3-${'a'.repeat(249)}`,
];

const scalar = (random: Random): unknown =>
  random.pick([
    () => random.pick(frequent),
    () => random.pick(frequent),
    () => random.pick(strings),
    () => random.pick(numbers),
    () => random.pick([true, false]),
    () => random.pick([...versions, ...oddVersions]),
    () => `key-${random.below(1_000)}`,
    () => random.below(1_000_000) - 500_000,
  ])();

/** Values of every type that no operand has, made anew. */
export function oddValues(): readonly unknown[] {
  return [
    null,
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    2 ** 53,
    -(2 ** 53),
    1e21,
    -1e21,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.MIN_VALUE,
    new Date(0),
    new Date(Number.NaN),
    {},
    [],
    [[]],
    [[5], ['DE']],
    [null],
    [undefined],
    [Number.NaN],
    { a: 5 },
    { length: 1 },
    { toString: 'DE', valueOf: 5 },
    Object.assign(Object.create(null), { plan: 'pro' }),
    [{}],
  ];
}

/** A value of any type that an application may put into a context. */
export function randomValue(random: Random, depth = 0): unknown {
  if (random.happens(0.65)) return scalar(random);
  if (random.happens(0.5)) return random.pick(oddValues());
  return random.repeat(random.below(4), () => (depth < 2 ? randomValue(random, depth + 1) : scalar(random)));
}

/** A context: each attribute is there more often than not, and of the wrong type often enough. */
export function randomContext(random: Random): EvaluationContext {
  const context: Record<string, unknown> = {};
  for (const path of paths) if (!path.includes('.') && random.happens(0.75)) context[path] = randomValue(random);
  if (random.happens(0.6)) context['targetingKey'] = `user-${random.below(100_000)}`;
  if (random.happens(0.6)) context['appVersion'] = random.pick([...versions, ...oddVersions]);
  if (random.happens(0.5)) context['tags'] = random.repeat(random.below(4), () => scalar(random));
  if (random.happens(0.1)) context['user'] = randomValue(random);
  else if (random.happens(0.9)) {
    const address = random.happens(0.7) ? { zip: randomValue(random) } : randomValue(random);
    context['user'] = {
      id: random.happens(0.5) ? random.below(1e6) : randomValue(random),
      plan: randomValue(random),
      address,
      $ref: randomValue(random),
    };
  }
  return context;
}
