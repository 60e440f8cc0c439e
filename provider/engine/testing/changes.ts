/** Random changes of small repositories: edits that reduce, for the most part, and edits that do anything. */
import fc from 'fast-check';
import type {
  ConditionDocument,
  EnvironmentDocument,
  JsonValue,
  PlanDocument,
  RolloutDocument,
  RuleDocument,
  VariantName,
} from '../documents.js';
import type { EvaluationContext } from '../types.js';
import type { FlagSketch, RepositorySketch } from './documents.js';

/** The flag whose file is edited most, and the flag that it may need. */
export const [MAIN, NEEDED] = ['team.domain.main', 'team.domain.needed'] as const;

/** A change, and whether every edit of it was meant to reduce. */
export interface RandomChange {
  readonly before: RepositorySketch;
  readonly after: RepositorySketch;
  readonly edits: readonly string[];
  readonly isMeantToReduce: boolean;
}

type Writable<T> = T extends readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;
type Draft = { flags: Record<string, Writable<FlagSketch>>; segments: Record<string, Condition> };
type Condition = Writable<ConditionDocument>;
type Rule = Writable<RuleDocument>;
type State = Writable<EnvironmentDocument>;

const words = fc.constantFrom('x', 'xy', 'y', 'yx', '');
const wordList = fc.uniqueArray(fc.oneof(words, fc.constantFrom(1, true)), { minLength: 1, maxLength: 4 });
const partList = fc.uniqueArray(words, { minLength: 1, maxLength: 3 });
const number = fc.constantFrom(0, 1, 2, 2.5, 3);
const date = fc.constantFrom('2026-01-01', '2026-01-02T00:00:00Z', '2026-01-02T01:00:00+01:00', '2026-02-01');
const comparator = fc
  .tuple(
    fc.constantFrom('', '=', '!=', '<', '<=', '>', '>=', '^', '~'),
    fc.constantFrom('1.0.0', '1.2', '1.2.0-a', '2.0.0'),
  )
  .map((parts) => parts.join(''));
const range = fc
  .array(fc.array(comparator, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
  .map((alternatives) => alternatives.map((all) => all.join(' ')).join(' || '));

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  words.map((a) => ({ a })),
  wordList.map((a) => ({ a })),
  wordList.map((notIn) => ({ a: { notIn } })),
  partList.map((startsWith) => ({ a: { startsWith } })),
  partList.map((endsWith) => ({ a: { endsWith } })),
  wordList.map((contains) => ({ a: { contains } })),
  fc.constantFrom('x', '^x', 'y$').map((matches) => ({ a: { matches } })),
  fc.boolean().map((exists) => ({ a: { exists } })),
  fc
    .tuple(fc.constantFrom('gt', 'gte', 'lt', 'lte'), number)
    .map(([operator, bound]) => ({ n: { [operator]: bound } })),
  fc.tuple(number, number).map(([gte, lte]) => ({ n: { gte, lte } })),
  fc.uniqueArray(number, { minLength: 1, maxLength: 3 }).map((n) => ({ n })),
  fc.tuple(fc.constantFrom('before', 'after'), date).map(([operator, instant]) => ({ t: { [operator]: instant } })),
  range.map((semver) => ({ v: { semver } })),
  fc.uniqueArray(fc.constantFrom('1.0.0', '1.2.0', 'v1.2', '2.0.0'), { minLength: 1 }).map((v) => ({ v })),
  words.map((word) => ({ 'o.p': word })),
);

function conditionOf(segments: readonly string[], depth: number): fc.Arbitrary<Condition> {
  const leaves: fc.Arbitrary<Condition>[] = [leaf];
  if (segments.length > 0) leaves.push(fc.subarray([...segments], { minLength: 1 }).map((segment) => ({ segment })));
  if (depth === 0) return fc.oneof(...leaves);
  const inner = conditionOf(segments, depth - 1);
  const few = fc.array(inner, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    ...leaves.slice(1).map((arbitrary) => ({ weight: 2, arbitrary })),
    { weight: 1, arbitrary: few.map((any) => ({ any })) },
    { weight: 1, arbitrary: few.map((all) => ({ all })) },
    { weight: 1, arbitrary: inner.map((not) => ({ not })) },
    { weight: 1, arbitrary: fc.tuple(inner, inner).map(([one, other]) => ({ ...one, ...other })) },
  );
}

const anyCondition = conditionOf(['s0', 's1'], 2);

/** Contexts that reach every corner of such conditions. */
export const contextOfChange: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    targetingKey: fc.oneof(
      { weight: 12, arbitrary: fc.nat({ max: 400 }).map((key) => `u-${key}`) },
      fc.constantFrom<unknown>('', 7, 1.5, null),
    ),
    id: fc.nat({ max: 100 }),
    a: fc.oneof(words, fc.constantFrom<unknown>('z', 'xyx', 1, 2, true, null, ['x'], ['xy', 1], [])),
    n: fc.oneof(number, fc.constantFrom<unknown>(-1, 1.5, 9, Infinity, Number.NaN, '2', null)),
    t: fc.constantFrom<unknown>(
      '2025-06-01',
      '2026-01-01',
      '2026-01-01T12:00:00Z',
      new Date('2026-01-02'),
      '2026-01-20',
      '2026-03-01',
      'never',
      5,
    ),
    v: fc.constantFrom<unknown>(
      '0.9',
      '1.0.0',
      'v1.0',
      '1.2.0-a',
      '1.2',
      '1.2.1',
      '1.3',
      '2.0.0-b',
      '2',
      '2.1',
      'x',
      1,
    ),
    o: fc.oneof(
      words.map((p) => ({ p })),
      fc.constantFrom<unknown>('x', null, {}, ['x']),
    ),
  },
  { requiredKeys: [] },
);

const shapes = fc.constantFrom<Pick<FlagSketch, 'default' | 'variants'>>(
  {},
  { default: true },
  { default: 'a', variants: { a: 1, b: 2, c: 3 } },
  { default: 'a', variants: { a: 1, b: 2, c: 1, d: 4 } },
  { default: 'a', variants: { a: { k: 1, m: 2 }, b: { m: 2, k: 1 }, c: { k: 2 } } },
  { default: null, variants: { b: 'x', c: 'y' } },
);

function namesOf({ variants = { true: true, false: false } }: Writable<FlagSketch>): readonly string[] {
  return Object.keys(variants);
}

function liveOf(sketch: Writable<FlagSketch>): readonly string[] {
  return namesOf(sketch).filter((name) => name !== String(sketch.default ?? (sketch.default === null ? '' : false)));
}

function sharesOf(sketch: Writable<FlagSketch>): fc.Arbitrary<number | Record<string, number>> {
  const live = liveOf(sketch);
  const map = fc
    .array(fc.constantFrom<number>(0, 1, 2, 10, 20, 33.333, 100), { minLength: live.length, maxLength: live.length })
    .map((weights) => {
      const sum = weights.reduce((one, other) => one + other, 0);
      return weights.map((weight) => (sum > 100 ? Math.floor((weight * 100) / sum) : weight));
    })
    .map((weights) => Object.fromEntries(live.map((name, index) => [name, weights[index] as number])));
  return live.length === 1 && sketch.default !== null ? fc.oneof(map, fc.constantFrom(0, 20, 60, 100)) : map;
}

function planOf(sketch: Writable<FlagSketch>): fc.Arbitrary<PlanDocument> {
  const stages = [
    { name: 'staff', segment: 's0' },
    { name: 'canary', percent: 10 },
    { name: 'friends', segment: 's1' },
    { name: 'half', percent: 50 },
    { name: 'all', percent: 100 },
  ];
  return fc
    .tuple(
      fc.subarray(stages, { minLength: 1 }),
      fc.constantFrom(...liveOf(sketch)),
      fc.constantFrom('off', ...stages.map(({ name }) => name)),
    )
    .map(([chosen, to, stage]) => ({
      stage: chosen.some(({ name }) => name === stage) ? stage : (chosen.at(-1)?.name ?? 'off'),
      to,
      stages: chosen,
    }));
}

function ruleOf(sketch: Writable<FlagSketch>): fc.Arbitrary<Omit<RuleDocument, 'name'>> {
  const serve = fc.constantFrom(...namesOf(sketch)).map((name) => ({ serve: name }));
  return fc
    .tuple(
      anyCondition,
      fc.oneof(
        serve,
        sharesOf(sketch).map((rollout) => ({ rollout })),
      ),
    )
    .map(([when, rest]) => ({ when: when as ConditionDocument, ...rest }));
}

function flagOf(isMain: boolean): fc.Arbitrary<FlagSketch> {
  return shapes.chain((shape) => {
    const sketch = shape as Writable<FlagSketch>;
    return fc
      .record({
        enabled: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
        rules: fc.array(ruleOf(sketch), { maxLength: 3 }),
        rollout: fc.oneof<fc.Arbitrary<RolloutDocument>[]>(sharesOf(sketch), planOf(sketch)),
        need: fc.option(fc.constantFrom('true', 'false', 'a', 'b'), { freq: 2 }),
      })
      .map(({ enabled, rules, rollout, need }) => ({
        ...shape,
        ...(isMain && need !== null ? { prerequisites: { [NEEDED]: need } } : {}),
        environments: {
          production: { enabled, rules: rules.map((rule, index) => ({ name: `rule-${index}`, ...rule })), rollout },
        },
      }));
  });
}

const anyRepository: fc.Arbitrary<RepositorySketch> = fc
  .record({ s0: conditionOf([], 2), s1: conditionOf(['s0'], 1), main: flagOf(true), needed: flagOf(false) })
  .map(({ s0, s1, main, needed }) => ({
    segments: { s0, s1 } as Record<string, ConditionDocument>,
    flags: { [MAIN]: main, [NEEDED]: needed },
  }));

/** Chooses for an edit; the tape comes from fast-check, so that it shrinks. */
class Choices {
  #at = 0;

  constructor(
    private readonly tape: readonly number[],
    readonly conditions: readonly Condition[],
    readonly other: RepositorySketch,
  ) {}

  below(limit: number): number {
    return limit === 0 ? 0 : (this.tape[this.#at++ % this.tape.length] as number) % limit;
  }

  of<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  condition(): Condition {
    return structuredClone(this.of(this.conditions) as Condition);
  }
}

interface Target {
  readonly draft: Draft;
  readonly key: string;
  readonly flag: Writable<FlagSketch>;
  readonly state: State;
  readonly choose: Choices;
}

type Edit = (target: Target) => void;

function scale(rollout: RolloutDocument | undefined, factor: number): Writable<RolloutDocument> | undefined {
  if (typeof rollout === 'number') return Math.floor(rollout * factor);
  if (rollout === undefined || 'stages' in rollout) return rollout as Writable<RolloutDocument> | undefined;
  return Object.fromEntries(
    Object.entries(rollout as Record<string, number>).map(([name, weight]) => [
      name,
      Math.floor(weight * 1_000 * factor) / 1_000,
    ]),
  );
}

/** All conditions inside one, itself first, and whether each stands under an even number of `not`. */
function within(when: Condition, isPositive = true): { when: Condition; isPositive: boolean }[] {
  const inner = [...(when.any ?? []), ...(when.all ?? [])].flatMap((one) => within(one, isPositive));
  const negated = when.not === undefined ? [] : within(when.not, !isPositive);
  return [{ when, isPositive }, ...inner, ...negated];
}

const RESERVED = new Set(['segment', 'any', 'all', 'not']);

/** Tightens or loosens one comparison, where there is one. */
function shift(when: Condition, choose: Choices, isTighter: boolean): void {
  const key = choose.of(Object.keys(when).filter((name) => !RESERVED.has(name)));
  if (key === undefined) {
    const list = isTighter ? when.any : when.all;
    if (list !== undefined && list.length > 1) list.splice(choose.below(list.length), 1);
    return;
  }
  const operand = when[key] as JsonValue;
  if (Array.isArray(operand)) {
    const list = operand as JsonValue[];
    if (!isTighter) list.push('y');
    else if (list.length > 1) list.splice(choose.below(list.length), 1);
    return;
  }
  if (typeof operand !== 'object' || operand === null) return;
  const operator = choose.of(Object.keys(operand)) as string;
  const value = (operand as Record<string, JsonValue>)[operator];
  const terms = operand as Record<string, JsonValue>;
  if (Array.isArray(value)) {
    const list = value as JsonValue[];
    if ((operator === 'notIn') === isTighter) list.push('yx');
    else if (list.length > 1) list.splice(choose.below(list.length), 1);
    else if (operator !== 'notIn' && typeof list[0] === 'string')
      list[0] = operator === 'endsWith' ? `y${list[0]}` : `${list[0]}y`;
  } else if (typeof value === 'number') {
    terms[operator] = value + (operator.startsWith('g') === isTighter ? 0.5 : -0.5);
  } else if (operator === 'semver' && isTighter) {
    terms[operator] = (value as string)
      .split(' || ')
      .map((range) => `${range} >=1.2`)
      .join(' || ');
  } else if (operator === 'before' || operator === 'after') {
    terms[operator] = (operator === 'after') === isTighter ? '2026-02-02' : '2025-12-31';
  }
}

function shiftWithin(when: Condition, choose: Choices, isTighter: boolean): void {
  const place = choose.of(within(when));
  if (place !== undefined) shift(place.when, choose, place.isPositive === isTighter);
}

const defaultOf = ({ default: name = false }: Writable<FlagSketch>): VariantName | null => name;
const rulesOf = ({ state }: Target): Rule[] => (state.rules ??= []);

/** Edits that reduce, unless what comes behind gives more. */
const REDUCING: Readonly<Record<string, Edit>> = {
  disable: ({ state }) => void (state.enabled = false),
  'remove the environment': ({ flag }) => void delete flag.environments,
  'lower the rollout': ({ state, choose }) =>
    void (state.rollout = scale(state.rollout, choose.of([0, 0.1, 0.5, 0.9]) as number) ?? 0),
  'move the stage back': ({ state, choose }) => {
    const plan = state.rollout as Writable<PlanDocument>;
    if (typeof plan !== 'object' || !Array.isArray(plan.stages)) return;
    const names = ['off', ...plan.stages.map(({ name }) => name)];
    plan.stage = names[choose.below(names.indexOf(plan.stage))] as string;
  },
  'remove a rule': (target) => void rulesOf(target).splice(target.choose.below(rulesOf(target).length), 1),
  'serve the default': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule === undefined) return;
    const fallback = defaultOf(target.flag);
    delete rule.serve;
    delete rule.rollout;
    Object.assign(rule, fallback === null ? { rollout: { b: 0 } } : { serve: fallback });
  },
  'lower the rollout of a rule': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule?.rollout !== undefined) rule.rollout = scale(rule.rollout, target.choose.of([0, 0.5]) as number) as number;
  },
  'add a rule in front that serves the default': (target) => {
    const rest = defaultOf(target.flag) === null ? { rollout: { b: 0 } } : { rollout: 0 };
    if (liveOf(target.flag).length > 1 || defaultOf(target.flag) === null) Object.assign(rest, { rollout: { b: 0 } });
    rulesOf(target).unshift({ name: 'added', when: target.choose.condition(), ...rest });
  },
  'add a condition to a rule': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule !== undefined) rule.when = { all: [rule.when, target.choose.condition()] };
  },
  'tighten a rule': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule !== undefined) shiftWithin(rule.when, target.choose, true);
  },
  'narrow a segment': ({ draft, choose }) => {
    const name = choose.of(['s0', 's1']) as string;
    draft.segments[name] = {
      all: [draft.segments[name] as Condition, choose.of([{ n: { gte: 1 } }, { a: 'x' }]) as Condition],
    };
  },
  'tighten a segment': ({ draft, choose }) =>
    shiftWithin(draft.segments[choose.of(['s0', 's1']) as string] as Condition, choose, true),
  'add a prerequisite': ({ key, flag, choose }) => {
    if (key === MAIN && flag.prerequisites === undefined)
      flag.prerequisites = { [NEEDED]: choose.of(['true', 'b']) as string };
  },
};

/** Edits that may do anything. */
const ANY: Readonly<Record<string, Edit>> = {
  enable: ({ state }) => void (state.enabled = true),
  'raise the rollout': ({ state, choose }) => {
    if (typeof state.rollout === 'number')
      state.rollout = Math.min(100, state.rollout + (choose.of([1, 20, 100]) as number));
    else state.rollout = scale(state.rollout, 1.5) ?? 5;
    if (typeof state.rollout === 'object' && !('stages' in state.rollout)) {
      const sum = Object.values(state.rollout as Record<string, number>).reduce((one, other) => one + other, 0);
      if (sum > 100) state.rollout = scale(state.rollout, 0.5) as number;
    }
  },
  'change a share': ({ state, choose }) => {
    const { rollout } = state;
    if (typeof rollout !== 'object' || 'stages' in rollout) return;
    const name = choose.of(Object.keys(rollout));
    if (name !== undefined) (rollout as Record<string, number>)[name] = choose.of([0, 1, 5]) as number;
  },
  'set the stage': ({ state, choose }) => {
    const plan = state.rollout as Writable<PlanDocument>;
    if (typeof plan === 'object' && Array.isArray(plan.stages))
      plan.stage = choose.of(plan.stages.map(({ name }) => name)) as string;
  },
  'change the salt': ({ flag, choose }) => void (flag.salt = choose.of([MAIN, 'other']) as string),
  'change bucketBy': ({ flag, choose }) => void (flag.bucketBy = choose.of(['targetingKey', 'id']) as string),
  'turn the variants round': ({ flag }) => {
    if (flag.variants !== undefined) flag.variants = Object.fromEntries(Object.entries(flag.variants).reverse());
  },
  'change a value': ({ flag, choose }) => {
    const name = choose.of(Object.keys(flag.variants ?? {}));
    const values = Object.values(flag.variants ?? {});
    if (name !== undefined && flag.variants !== undefined)
      flag.variants[name] = structuredClone(choose.of(values) as number);
  },
  'swap two values': ({ flag }) => {
    const entries = Object.entries(flag.variants ?? {});
    const [one, other] = entries.slice(-2) as [(typeof entries)[0], (typeof entries)[0]];
    if (entries.length > 1) Object.assign(flag.variants ?? {}, { [one[0]]: other[1], [other[0]]: one[1] });
  },
  'change the default': ({ flag, choose }) => {
    const { rollout } = flag.environments?.['production'] ?? {};
    if (typeof rollout !== 'number' && flag.default !== null) flag.default = choose.of(namesOf(flag)) as string;
  },
  'swap rules': (target) => {
    const rules = rulesOf(target);
    rules.push(...rules.splice(target.choose.below(rules.length), 1));
  },
  'serve another variant': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule?.serve !== undefined) rule.serve = target.choose.of(namesOf(target.flag)) as string;
  },
  'add a rule': (target) => {
    const rule = {
      name: 'any',
      when: target.choose.condition(),
      serve: target.choose.of(namesOf(target.flag)) as string,
    };
    rulesOf(target).splice(target.choose.below(rulesOf(target).length + 1), 0, rule as Rule);
  },
  'replace a condition': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule !== undefined) rule.when = target.choose.condition();
  },
  'loosen a rule': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule !== undefined) shiftWithin(rule.when, target.choose, false);
  },
  'negate a rule': (target) => {
    const rule = target.choose.of(rulesOf(target));
    if (rule !== undefined) rule.when = { not: rule.when };
  },
  'shift a segment': ({ draft, choose }) => {
    const when = draft.segments[choose.of(['s0', 's1']) as string] as Condition;
    shiftWithin(when, choose, choose.below(2) === 0);
  },
  'remove the prerequisite': ({ flag }) => void delete flag.prerequisites,
  'need another variant': ({ flag, key, choose }) => {
    if (key === MAIN) flag.prerequisites = { [NEEDED]: choose.of(['true', 'false', 'a', 'b']) as string };
  },
  'another flag altogether': ({ draft, key, choose }) => {
    draft.flags[key] = structuredClone(choose.other.flags[key]) as Writable<FlagSketch>;
  },
};

function isWellFormed({ flags }: Draft): boolean {
  return Object.values(flags).every((flag) => {
    const names = namesOf(flag);
    const { rules = [], rollout = 0 } = flag.environments?.['production'] ?? { rules: [], rollout: 0 };
    const maps = [rollout, ...rules.map((rule) => rule.rollout ?? 0)].filter((one) => typeof one === 'object');
    const used = maps.flatMap((map) => ('stages' in map ? [String(map['to'])] : Object.keys(map)));
    const hasNumber = [rollout, ...rules.map((rule) => rule.rollout)].some((one) => typeof one === 'number' && one > 0);
    const isNumberClear = !hasNumber || (liveOf(flag).length === 1 && flag.default !== null);
    return isNumberClear && used.every((name) => names.includes(name) && name !== String(flag.default ?? false));
  });
}

/** A change of one to three edits; with `meant`, only such as are meant to reduce. */
export function changes(meant: boolean, maxEdits = 3): fc.Arbitrary<RandomChange> {
  const pool = Object.entries(meant ? REDUCING : { ...REDUCING, ...ANY });
  const edit = fc.record({
    edit: fc.constantFrom(...pool),
    key: fc.constantFrom(MAIN, MAIN, NEEDED),
    tape: fc.array(fc.nat({ max: 1_000 }), { minLength: 6, maxLength: 6 }),
  });
  return fc
    .record({
      before: anyRepository,
      other: anyRepository,
      conditions: fc.array(anyCondition, { minLength: 3, maxLength: 3 }),
      edits: fc.array(edit, { minLength: 1, maxLength: maxEdits }),
    })
    .map(({ before, other, conditions, edits }) => {
      const draft = structuredClone(before) as unknown as Draft;
      for (const { edit, key, tape } of edits) {
        const flag = draft.flags[key] as Writable<FlagSketch>;
        const choose = new Choices(tape, [...conditions, { n: { gte: 1 } }], other);
        const state = flag.environments?.['production'];
        if (state !== undefined) edit[1]({ draft, key, flag, state, choose });
      }
      return {
        before,
        after: draft,
        edits: edits.map(({ edit, key }) => `${key}: ${edit[0]}`),
        isMeantToReduce: meant,
      };
    })
    .filter(({ before, after }) => [before, after].every((side) => isWellFormed(side as unknown as Draft)));
}
