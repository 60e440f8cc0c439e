/** The cases of the benchmark: the same flag written for each engine, and the contexts it is asked with. */
import { holdFlag, type Documents, type EnvironmentDocument, type FlagDocument } from '../../provider/engine/index.js';

/** One case. */
export interface BenchCase {
  readonly name: string;
  readonly kind: 'boolean' | 'object';
  readonly flag: FlagDocument;
  /** The flag as an author of flagd's format would write it. */
  readonly flagd: object;
  readonly contexts: readonly Record<string, string | number>[];
}

const CONTEXTS = 1_000;
const LONG_LIST = 10_000;

const governance = {
  type: 'release',
  owner: 'team',
  riskTier: 'low',
  expiresAt: '2099-01-01',
  description: 'Bench.',
} as const;

function flagOf(purpose: string, production: EnvironmentDocument, more: Partial<FlagDocument> = {}): FlagDocument {
  return { key: `bench.case.${purpose}`, ...governance, ...more, environments: { production } };
}

function flagdOf(defaultVariant: string, targeting?: object, variants: object = { true: true, false: false }): object {
  return { state: 'ENABLED', variants, defaultVariant, ...(targeting === undefined ? {} : { targeting }) };
}

const contexts = Array.from({ length: CONTEXTS }, (_, index) => ({
  targetingKey: `user-${index * 7919}`,
  country: index % 2 === 0 ? 'DE' : 'FR',
  email: `user${index}@${index % 3 === 0 ? 'example.com' : 'mail.test'}`,
  appVersion: `4.${index % 10}.${index % 7}`,
  age: 18 + (index % 60),
}));

const countries = Array.from({ length: 20 }, (_, index) => `C${index}`).concat('DE', 'FR');

/** Ten rules of two conditions: nine pass the first and fail the second, the tenth matches. */
const tenRules = Array.from({ length: 10 }, (_, index) => ({
  name: `rule-${index}`,
  when: {
    country: { in: countries },
    [index === 9 ? 'age' : 'appVersion']: index === 9 ? { gt: 1 } : { semver: `>=${9 + index}.0.0` },
  },
  serve: true,
}));

const flagdTenRules = {
  if: tenRules.flatMap((_, index) => [
    {
      and: [
        { in: [{ var: 'country' }, countries] },
        index === 9 ? { '>': [{ var: 'age' }, 1] } : { sem_ver: [{ var: 'appVersion' }, '>=', `${9 + index}.0.0`] },
      ],
    },
    'true',
  ]),
};

const members = Array.from({ length: LONG_LIST }, (_, index) => `user-${index * 7919 * 2}`);
const settings = { theme: 'dark', limits: { rows: 50, columns: 8 }, modules: ['a', 'b', 'c'] };
const halfSplit = (salt: string): object => ({
  fractional: [{ cat: [salt, { var: 'targetingKey' }] }, ['true', 50], ['false', 50]],
});

/** All cases, simplest first. */
export const benchCases: readonly BenchCase[] = [
  {
    name: 'static',
    kind: 'boolean',
    flag: flagOf('static', { enabled: true, rollout: 100 }),
    flagd: flagdOf('true'),
    contexts,
  },
  {
    name: 'one attribute rule',
    kind: 'boolean',
    flag: flagOf('rule', { enabled: true, rules: [{ name: 'germany', when: { country: 'DE' }, serve: true }] }),
    flagd: flagdOf('false', { if: [{ '===': [{ var: 'country' }, 'DE'] }, 'true', 'false'] }),
    contexts,
  },
  {
    name: 'ten rules of two conditions, last matches',
    kind: 'boolean',
    flag: flagOf('rules', { enabled: true, rules: tenRules }),
    flagd: flagdOf('false', flagdTenRules),
    contexts,
  },
  {
    name: '50/50 rollout',
    kind: 'boolean',
    flag: flagOf('split', { enabled: true, rollout: 50 }),
    flagd: flagdOf('false', halfSplit('bench.case.split')),
    contexts,
  },
  {
    name: 'list of 10,000',
    kind: 'boolean',
    flag: flagOf('list', {
      enabled: true,
      rules: [{ name: 'members', when: { targetingKey: { in: members } }, serve: true }],
    }),
    flagd: flagdOf('false', { if: [{ in: [{ var: 'targetingKey' }, members] }, 'true', 'false'] }),
    contexts,
  },
  {
    name: 'object value',
    kind: 'object',
    flag: flagOf(
      'object',
      { enabled: true, rollout: { full: 100 } },
      { default: 'none', variants: { none: {}, full: settings } },
    ),
    flagd: flagdOf('full', undefined, { none: {}, full: settings }),
    contexts,
  },
];

/** A repository of the cases' flags and of as many plain ones as make `count` together. */
export function benchDocuments(count: number): Documents {
  const flags = new Map(benchCases.map(({ flag }) => [flag.key, flag]));
  for (let index = flags.size; index < count; index++) {
    const flag = flagOf(`plain-${index}`, { enabled: true, rollout: 50 });
    flags.set(flag.key, flag);
  }
  const teams = { team: { codeOwner: '@acme/team' } };
  const policy = { bucketing: 'flagd-v2', environments: ['production'], teams } as const;
  const stored = new Map([...flags].map(([key, flag]) => [key, holdFlag(flag)]));
  return { policy, flags: stored, segments: new Map(), guardrails: new Map(), retired: [] };
}
