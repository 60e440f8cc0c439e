/** Random states of an application, and evaluations in them. */
import {
  ProviderStatus,
  type EvaluationContext,
  type FlagEvaluationOptions,
  type FlagValue,
  type Hook,
} from '@openfeature/server-sdk';
import fc from 'fast-check';
import { evaluationMethods } from './observed-client.js';

/** What a hook does at each stage; a stage that is absent is a method that the hook does not have. */
export interface HookSketch {
  readonly before?: 'watch' | 'throw' | EvaluationContext;
  readonly after?: 'watch' | 'throw';
  readonly error?: 'watch' | 'throw';
  readonly finally?: 'watch' | 'throw';
}

/** One evaluation, and all that has a say in it. */
export interface Scene {
  /** Undefined for a client without a domain. */
  readonly domain: string | undefined;
  readonly status: ProviderStatus;
  readonly contexts: Readonly<Record<'api' | 'transaction' | 'client' | 'call', unknown>>;
  readonly hooks: Readonly<Record<'api' | 'client' | 'call' | 'provider', readonly HookSketch[]>>;
  readonly propagator: 'none' | 'async' | 'throwing';
  /** What the call is given beside its hooks; `absent` only counts where it has no hooks. */
  readonly options: 'absent' | 'null' | 'empty' | 'hints' | 'no hooks';
  readonly method: (typeof evaluationMethods)[number];
  readonly key: unknown;
  readonly defaultValue: unknown;
}

/** The provider's domain, one that nobody bound, none, and one whose provider never gets ready. */
export const domains = { served: 'served', unbound: 'unbound', starting: 'starting' } as const;

/** An odd value by its name: a failing scene is printed, which some of the values themselves would not survive. */
export class Odd {
  constructor(readonly name: string) {}
}

/** What a scene's context or key stands for. */
export function valueIn(odd: Readonly<Record<string, unknown>>, value: unknown): unknown {
  return value instanceof Odd ? odd[value.name] : value;
}

/** Contexts as no caller with types would write them, and what JavaScript allows all the same. */
export const oddContexts: Readonly<Record<string, unknown>> = {
  null: null,
  text: 'ab',
  number: 7,
  list: ['ballmer@macrosoft.com'],
  function: Object.assign(() => 1, { email: 'ballmer@macrosoft.com' }),
  'without a prototype': Object.assign(Object.create(null), { email: 'ballmer@macrosoft.com', age: 65 }),
  inherited: Object.create({ email: 'ballmer@macrosoft.com', age: 65 }),
  'not enumerable': Object.defineProperty({ age: 65 }, 'email', { value: 'ballmer@macrosoft.com' }),
  'a getter': {
    age: 65,
    get email(): string {
      return 'ballmer@macrosoft.com';
    },
  },
  'a getter that throws': {
    get unrelated(): string {
      throw new RangeError('not today');
    },
  },
  'a getter that throws, further in': {
    customer: {
      get id(): string {
        throw new RangeError('not today');
      },
    },
  },
  'a proxy': new Proxy({ age: 65 }, { get: () => 66 }),
  'a proxy that throws': new Proxy(
    {},
    {
      ownKeys: () => {
        throw new RangeError('no keys');
      },
    },
  ),
  'a key of the prototype': JSON.parse('{"__proto__": {"email": "ballmer@macrosoft.com"}, "age": 65}'),
  symbols: { [Symbol('email')]: 'ballmer@macrosoft.com' },
};

/** Keys as no caller with types would write them. */
export const oddKeys: Readonly<Record<string, unknown>> = {
  'no text': '',
  'a name of the prototype': '__proto__',
  'long text': 'x'.repeat(1_000),
  undefined,
  null: null,
  number: 7,
  symbol: Symbol('boolean-flag'),
  list: ['boolean-flag'],
  object: { toString: () => 'boolean-flag' },
  'object without a text': {
    toString: () => {
      throw new RangeError('no text');
    },
  },
};

const oddOf = (odd: object): fc.Arbitrary<Odd> => fc.constantFrom(...Object.keys(odd)).map((name) => new Odd(name));

const attributes = fc.record(
  {
    targetingKey: fc.constantFrom('u-1', 'u-2', '', undefined, null, 7),
    email: fc.constantFrom('ballmer@macrosoft.com', 'gates@macrosoft.com', undefined),
    age: fc.constantFrom(65, 5, '65', null, Number.NaN),
    customer: fc.constantFrom(false, true, '', 0, undefined),
    address: fc.constantFrom({ city: 'Redmond' }, { city: null }, new Date(0)),
    '1': fc.constant('a key that comes first'),
  },
  { requiredKeys: [] },
);

const context: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(undefined, {}) },
  { weight: 5, arbitrary: attributes },
  { weight: 1, arbitrary: fc.object({ maxDepth: 1 }) },
  { weight: 1, arbitrary: oddOf(oddContexts) },
);

const act = fc.constantFrom<'watch' | 'throw'>('watch', 'watch', 'watch', 'throw');
const hook: fc.Arbitrary<HookSketch> = fc.record(
  { before: fc.oneof(act, attributes as fc.Arbitrary<EvaluationContext>), after: act, error: act, finally: act },
  { requiredKeys: [] },
);
const noHooks = fc.constant<readonly HookSketch[]>([]);
const someHooks = fc.oneof(
  { weight: 2, arbitrary: noHooks },
  { weight: 1, arbitrary: fc.array(hook, { maxLength: 2 }) },
);

/** Every kind of value, whatever the method's; a promise is what a value method flattens. */
const defaults: readonly unknown[] = [
  true,
  false,
  '',
  'text',
  0,
  1.5,
  Number.NaN,
  null,
  undefined,
  1n,
  {},
  { a: [1] },
  [],
  Symbol('default'),
  () => 1,
  Promise.resolve('later'),
];

/** Half of the scenes have no hook, so that both ways through our client are gone often. */
export function sceneOf(flagKeys: readonly string[]): fc.Arbitrary<Scene> {
  const { READY, STALE, ERROR, FATAL } = ProviderStatus;
  return fc.record({
    domain: fc.constantFrom(domains.served, domains.served, domains.unbound, domains.starting, undefined),
    status: fc.constantFrom(READY, READY, STALE, ERROR, FATAL),
    contexts: fc.record({ api: context, transaction: context, client: context, call: context }),
    hooks: fc.oneof(
      fc.record({ api: noHooks, client: noHooks, call: noHooks, provider: noHooks }),
      fc.record({ api: someHooks, client: someHooks, call: someHooks, provider: someHooks }),
    ),
    propagator: fc.constantFrom<'none' | 'async' | 'throwing'>('none', 'async', 'async', 'throwing'),
    options: fc.constantFrom<Scene['options']>('absent', 'absent', 'null', 'empty', 'hints', 'no hooks'),
    method: fc.constantFrom(...evaluationMethods),
    key: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...flagKeys) },
      { weight: 1, arbitrary: fc.string() },
      { weight: 1, arbitrary: oddOf(oddKeys) },
    ),
    defaultValue: fc.constantFrom(...defaults),
  });
}

/** Whether nothing but the provider has a say in a scene's evaluation, so that our client needs no other. */
export function isDirect({ domain, status, hooks, options }: Scene): boolean {
  const isAskable = domain !== domains.starting && status !== ProviderStatus.FATAL;
  return isAskable && options !== 'null' && Object.values(hooks).every((sketches) => sketches.length === 0);
}

/** One call of a hook, with a copy of what it was given, which later stages change. */
export interface HookCall {
  readonly hook: string;
  readonly stage: keyof HookSketch;
  readonly given: unknown;
}

/** Makes hooks that do what their sketches say, and write down what they are given. */
export function hooksOf(level: string, sketches: readonly HookSketch[], calls: HookCall[]): Hook[] {
  return sketches.map((sketch, index) => {
    const stages = (Object.keys(sketch) as (keyof HookSketch)[]).map((stage) => {
      const act = sketch[stage];
      const run = (
        { logger: _logger, ...shown }: { logger: unknown; context: object },
        ...rest: unknown[]
      ): unknown => {
        calls.push({ hook: `${level} ${index}`, stage, given: [{ ...shown, context: { ...shown.context } }, ...rest] });
        if (act === 'throw') throw new RangeError(`${stage} of ${level} ${index}`);
        return act === 'watch' ? undefined : act;
      };
      return [stage, run];
    });
    return Object.fromEntries(stages) as Hook;
  });
}

/** The options of a call that has these hooks. */
export function optionsOf(options: Scene['options'], hooks: Hook[]): FlagEvaluationOptions | undefined {
  if (options === 'null') return null as never;
  const hints = options === 'hints' ? { hookHints: { hint: 1 } } : {};
  if (hooks.length > 0) return { hooks, ...hints };
  return options === 'absent' ? undefined : options === 'no hooks' ? { hooks } : hints;
}

/** An evaluation method, for arguments that its types would refuse. */
export type AnyEvaluation = (key: unknown, value: unknown, context: unknown, options: unknown) => Promise<FlagValue>;
