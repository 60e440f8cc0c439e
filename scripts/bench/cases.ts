/** The cases of the benchmark: the flags that are loaded, which of them are asked, and for whom. */
import { createHash } from 'node:crypto';
import type { BenchCondition, BenchContext, BenchFlag, BenchRule } from './flag.js';

/** One row of the result, at one number of flags. */
export interface BenchCase {
  readonly name: CaseName;
  readonly kind: 'boolean' | 'object';
  /** The keys that are asked in turn, of the flags that {@link benchFlags} gives for the same number. */
  readonly keys: (flagCount: number) => readonly string[];
}

const CONTEXTS = 1_000;
const LONG_LIST = 10_000;
/** A prime, so that keys come in an order that no cache could guess. */
const STRIDE = 7_919;
/** From one member of the long list that is asked to the next. */
const MEMBER_STRIDE = (2 * LONG_LIST) / CONTEXTS;

/** Whom every flag is asked for, in turn. */
export const benchContexts: readonly BenchContext[] = Array.from({ length: CONTEXTS }, (_, index) => ({
  targetingKey: userId(index),
  country: index % 2 === 0 ? 'DE' : 'FR',
  plan: 'pro',
  email: `user${index}@${index % 3 === 0 ? 'example.com' : 'mail.test'}`,
  appVersion: `4.${index % 10}.${index % 7}`,
  age: 18 + (index % 60),
}));

const isPro: BenchCondition = { attribute: 'plan', operator: 'equals', operand: 'pro' };
const inTwenty: BenchCondition = {
  attribute: 'country',
  operator: 'in',
  operand: ['FR', ...Array.from({ length: 18 }, (_, index) => `C${index}`), 'DE'],
};
const elsewhere: BenchCondition = {
  attribute: 'country',
  operator: 'in',
  operand: Array.from({ length: 20 }, (_, index) => `X${index}`),
};
const versionAtLeast = (operand: string): BenchCondition => ({
  attribute: 'appVersion',
  operator: 'versionAtLeast',
  operand,
});
const emailEnds = (operand: string): BenchCondition => ({ attribute: 'email', operator: 'endsWith', operand });
const above = (operand: number): BenchCondition => ({ attribute: 'age', operator: 'above', operand });

/** Of the first nine, the first condition holds and the second does not; of the tenth, both do: 20 are looked at. */
const tenRules: readonly BenchRule[] = [
  [isPro, versionAtLeast('9.0.0')],
  [inTwenty, emailEnds('@corp.test')],
  [isPro, above(1_000)],
  [inTwenty, versionAtLeast('10.2.0')],
  [isPro, elsewhere],
  [inTwenty, above(2_000)],
  [isPro, emailEnds('@partner.test')],
  [inTwenty, versionAtLeast('11.0.1')],
  [isPro, emailEnds('@vendor.test')],
  [inTwenty, above(1)],
];

/** Every other one of the contexts' keys is a member, and they lie all over the list. */
const members = Array.from({ length: LONG_LIST }, (_, index) =>
  userId(index % MEMBER_STRIDE === 0 ? (2 * index) / MEMBER_STRIDE : CONTEXTS + index),
);

const caseFlags = {
  static: { key: 'bench.case.static', serves: 'true' },
  'one attribute rule': {
    key: 'bench.case.rule',
    serves: 'rules',
    rules: [[{ attribute: 'country', operator: 'equals', operand: 'DE' }]],
  },
  'ten rules of two conditions, last matches': { key: 'bench.case.rules', serves: 'rules', rules: tenRules },
  '50/50 rollout': { key: 'bench.case.split', serves: 'half' },
  'list of 10,000': {
    key: 'bench.case.list',
    serves: 'rules',
    rules: [[{ attribute: 'targetingKey', operator: 'in', operand: members }]],
  },
  'object value': {
    key: 'bench.case.object',
    serves: 'object',
    value: { theme: 'dark', limits: { rows: 50, columns: 8 }, modules: ['a', 'b', 'c'] },
  },
} as const satisfies Readonly<Record<string, BenchFlag>>;

/** A row's name. */
export type CaseName = keyof typeof caseFlags | '50/50 rollout, each flag in turn';

/** A key like those that users have: a UUID, of the user's number alone. */
function userId(user: number): string {
  return createHash('sha256')
    .update(String(user))
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

/** As many flags as `flagCount` says: those of the cases, and 50/50 rollouts besides. */
export function benchFlags(flagCount: number): readonly BenchFlag[] {
  const flags: BenchFlag[] = Object.values(caseFlags);
  for (let index = flags.length; index < flagCount; index++) {
    flags.push({ key: `bench.other.split-${index}`, serves: 'half' });
  }
  return flags;
}

/** All rows, simplest first. */
export const benchCases: readonly BenchCase[] = [
  ...Object.entries(caseFlags).map(([name, { key, serves }]): BenchCase => ({
    name: name as CaseName,
    kind: serves === 'object' ? 'object' : 'boolean',
    keys: () => [key],
  })),
  { name: '50/50 rollout, each flag in turn', kind: 'boolean', keys: halvesInTurn },
];

function halvesInTurn(flagCount: number): readonly string[] {
  const halves = benchFlags(flagCount).filter(({ serves }) => serves === 'half');
  return halves.map((_, index) => (halves[(index * STRIDE) % halves.length] as BenchFlag).key);
}
