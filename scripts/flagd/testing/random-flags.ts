/** Flag repositories of random contents that the format admits and flagd can express. */
import type { ConditionDocument, JsonValue, SegmentDocument } from '../../../provider/engine/index.js';
import type { Random } from './random.js';
import { frequent, numbers, paths, strings, versions } from './random-values.js';

/** The files of a repository, as values. */
export interface RandomRepository {
  readonly flags: ReadonlyMap<string, FlagFile>;
  readonly segments: ReadonlyMap<string, SegmentDocument>;
}

/** A flag before it is written; only what the generator itself reads is spelled out. */
type FlagFile = { readonly key: string; readonly [field: string]: unknown };
type Variants = { readonly [name: string]: JsonValue } | undefined;

const SEGMENTS = 12;
const operands = [...strings, ...numbers, true, false];

/** Makes a repository: segments that use earlier segments, and flags that need earlier flags. */
export function randomRepository(random: Random, flagCount: number): RandomRepository {
  const segments = new Map<string, SegmentDocument>();
  for (let i = 0; i < SEGMENTS; i++) {
    const when = condition(random, [...segments.keys()], random.pick([0, 0, 1, 2]));
    segments.set(`seg-${i}`, { owner: 'team-a', description: 'A random segment.', when });
  }
  const flags = new Map<string, FlagFile>();
  const variantsOf = new Map<string, readonly string[]>();
  for (let i = 0; i < flagCount; i++) {
    const file = flag(random, `team-a.random.flag-${i}`, [...segments.keys()], variantsOf);
    flags.set(file.key, file);
  }
  return { flags, segments };
}

function flag(
  random: Random,
  key: string,
  segments: readonly string[],
  known: Map<string, readonly string[]>,
): FlagFile {
  const variants = randomVariants(random);
  const names = Object.keys(variants ?? { true: true, false: false });
  const defaultVariant = random.happens(0.08) ? null : variants === undefined ? 'false' : random.pick(names);
  const needed = random.sample([...known.keys()].slice(-20), random.pick([0, 0, 0, 0, 0, 0, 0, 1, 2]));
  const prerequisites = needed.map((other) => [other, random.pick(known.get(other) as string[])]);
  known.set(key, names);
  const isAbsent = random.happens(0.03);
  return {
    key,
    type: 'ops',
    owner: 'team-a',
    riskTier: random.pick(['low', 'medium', 'high']),
    expiresAt: 'never',
    description: 'A random flag.',
    ...(defaultVariant === 'false' && variants === undefined ? {} : { default: defaultVariant }),
    ...(variants === undefined ? {} : { variants }),
    ...(prerequisites.length === 0 ? {} : { prerequisites: Object.fromEntries(prerequisites) }),
    ...(random.happens(0.25) ? { bucketBy: random.pick(paths) } : {}),
    ...(random.happens(0.3)
      ? { salt: random.pick(['', 'shared', '2026', ' ', 'a:variant:', "$&'\\", 'x'.repeat(200)]) }
      : {}),
    ...(isAbsent ? {} : { environments: { production: environment(random, { names, defaultVariant, segments }) } }),
  };
}

function randomVariants(random: Random): Variants {
  const names = random.sample(
    [
      'true',
      'false',
      'null',
      '1.5',
      '1e3',
      'v0',
      'on',
      'off',
      'var',
      '{"var":"plan"}',
      'with space',
      'a.b',
      '-',
      'constructor',
    ],
    2 + random.below(4),
  );
  const object = (): JsonValue => ({
    size: random.below(9),
    list: [1, 'x', null, { deep: [] }],
    name: random.pick(strings),
  });
  const value = random.pick<(() => JsonValue) | undefined>([
    undefined,
    undefined,
    () => random.happens(0.5),
    () => random.pick(strings),
    () => random.pick(numbers),
    object,
  ]);
  return value === undefined ? undefined : Object.fromEntries(names.map((name) => [name, value()]));
}

interface FlagParts {
  readonly names: readonly string[];
  readonly defaultVariant: string | null;
  readonly segments: readonly string[];
}

function environment(random: Random, parts: FlagParts): object {
  const hasRollout = random.happens(0.75);
  const rules = random.repeat(random.pick([0, 1, 1, 2, 3, 4]), (index) => ({
    name: `rule-${index}`,
    when: condition(random, parts.segments, random.pick([0, 0, 1, 2, 3])),
    ...(random.happens(0.5)
      ? {
          serve: random.pick(
            random.happens(0.3) ? parts.names : parts.names.filter((name) => name !== parts.defaultVariant),
          ),
        }
      : { rollout: shares(random, parts) }),
  }));
  if (rules.length > 0 && !hasRollout && random.happens(0.3)) Object.assign(rules.at(-1) as object, { when: {} });
  const rollout = random.happens(0.35) ? plan(random, parts) : shares(random, parts);
  return { enabled: random.happens(0.95), rules, ...(hasRollout ? { rollout } : {}) };
}

const percentage = (random: Random): number =>
  random.happens(0.4) ? random.pick([0, 100, 50, 0.001, 99.999]) : random.below(100_001) / 1_000;

function shares(random: Random, { names, defaultVariant }: FlagParts): number | object {
  const others = names.filter((name) => name !== defaultVariant);
  if (others.length === 1 && defaultVariant !== null && random.happens(0.6)) return percentage(random);
  let left = 100_000;
  const entries = random.sample(others, 1 + random.below(others.length)).map((name, index, all) => {
    const isLast = index === all.length - 1;
    const weight = isLast && random.happens(0.3) ? left : Math.min(left, Math.round(percentage(random) * 1_000));
    left -= weight;
    return [name, weight / 1_000];
  });
  return Object.fromEntries(entries);
}

function plan(random: Random, { names, defaultVariant, segments }: FlagParts): object {
  const others = names.filter((name) => name !== defaultVariant);
  const percents = random.repeat(5, () => random.pick([0, 100, random.below(100_001) / 1_000])).sort((a, b) => a - b);
  const rising = [...new Set(percents)];
  const stages = random.repeat(1 + random.below(4), (index) => {
    const name = `stage-${index}`;
    const percent = random.happens(0.5) ? rising.shift() : undefined;
    return percent === undefined ? { name, segment: random.pick(segments) } : { name, percent };
  });
  const isNamed = others.length > 1 || defaultVariant === null || random.happens(0.5);
  const stage = random.pick(['off', ...stages.map(({ name }) => name), ...stages.map(({ name }) => name)]);
  return { stage, ...(isNamed ? { to: random.pick(others) } : {}), stages };
}

function condition(random: Random, segments: readonly string[], depth: number): ConditionDocument {
  const attributes = random.sample(paths, random.pick([1, 1, 1, 2]));
  const entries: [string, unknown][] = attributes.map((path) => [path, comparison(random, path)]);
  const inner = (): ConditionDocument => condition(random, segments, depth - 1);
  if (depth > 0 && random.happens(0.5)) {
    entries.push(
      random.pick<() => [string, unknown]>([
        () => ['any', random.repeat(1 + random.below(3), inner)],
        () => ['all', random.repeat(1 + random.below(2), inner)],
        () => ['not', inner()],
      ])(),
    );
    if (random.happens(0.5)) entries.shift();
  }
  if (segments.length > 0 && random.happens(0.25)) {
    const names = random.sample(segments, 1 + random.below(2));
    entries.push(['segment', random.happens(0.5) ? names : names[0]]);
  }
  return Object.fromEntries(entries) as ConditionDocument;
}

/** Operands of the type that contexts mostly have at the path, so that no operator is idle. */
function comparison(random: Random, path: string): unknown {
  const scalar = (): unknown => random.pick([random.pick(frequent), random.pick(operands), `key-${random.below(100)}`]);
  const some = <T>(make: () => T): T | T[] => (random.happens(0.5) ? make() : random.repeat(1 + random.below(4), make));
  const part = (): string => random.pick([random.pick(strings), '', 'u', 'user-1', '1', 'e', 'p']);
  const factories: Readonly<Record<string, () => unknown>> = {
    equals: scalar,
    in: () => random.repeat(1 + random.below(6), scalar),
    notIn: () => random.repeat(1 + random.below(6), scalar),
    startsWith: () => some(part),
    endsWith: () => some(part),
    contains: () => some(() => random.pick([part(), scalar()])),
    gt: () => random.pick(numbers),
    gte: () => random.pick(numbers),
    lt: () => random.pick(numbers),
    lte: () => random.pick(numbers),
    semver: () => range(random),
    exists: () => random.happens(0.5),
  };
  const shorthand = random.below(10);
  if (shorthand === 0) return scalar();
  if (shorthand === 1) return random.repeat(1 + random.below(6), scalar);
  const names = path === 'appVersion' ? ['semver'] : random.sample(Object.keys(factories), random.pick([1, 1, 1, 2]));
  return Object.fromEntries(names.map((name) => [name, (factories[name] as () => unknown)()]));
}

function range(random: Random): string {
  const exact = versions.filter((version) => !version.includes('9999999999'));
  const comparator = (): string =>
    `${random.pick(['', '=', '!=', '<', '<=', '>', '>=', '^', '~'])}${random.pick(exact)}`;
  const alternative = (): string => random.repeat(1 + random.below(2), comparator).join(' ');
  return random.repeat(random.pick([1, 1, 2]), alternative).join(' || ');
}
