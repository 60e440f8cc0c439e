/** Previews made by hand, for what shows them. */
import type {
  EnvironmentImpact,
  FlagEnvironmentImpact,
  FlagImpact,
  GroupImpact,
  Population,
  Preview,
  Served,
  Share,
  Transition,
} from '../preview.js';

/** A share with an interval of a tenth of itself on either side. @param users how many there are in all */
export function share(contexts: number, of: number, users?: number): Share {
  const value = of === 0 ? 0 : contexts / of;
  const low = value * 0.9;
  const high = Math.min(1, contexts === 0 ? 3.84 / of : value * 1.1);
  const scaled = users === undefined ? undefined : { count: value * users, low: low * users, high: high * users };
  return { contexts, share: value, low, high, users: scaled };
}

/** A share of users who were all replayed. */
export function exact(contexts: number, of: number): Share {
  const value = contexts / of;
  return {
    contexts,
    share: value,
    low: value,
    high: value,
    users: { count: contexts, low: contexts, high: contexts },
  };
}

/** A count of contexts as a share of its population. */
type Counting = (contexts: number) => Share;

const served = (variant: string | null): Served => (variant === null ? { variant, none: 'no-flag' } : { variant });

/** A flag in an environment, by its transitions: `[from, to, contexts]`. */
export function moved(
  environment: string,
  counting: Counting,
  ...rows: readonly (readonly [from: string | null, to: string | null, contexts: number])[]
): FlagEnvironmentImpact {
  const transitions = rows.map(([from, to, contexts]): Transition => ({
    from: served(from),
    to: served(to),
    isChange: from !== to,
    users: counting(contexts),
  }));
  const changed = rows.reduce((sum, [from, to, contexts]) => sum + (from === to ? 0 : contexts), 0);
  return { environment, isProved: false, changed: counting(changed), transitions, estimate: ['up to 5 % → 25 %'] };
}

/** A flag in an environment in which nobody moves, as the rules prove. */
export function proved(environment: string, counting: Counting): FlagEnvironmentImpact {
  return { environment, isProved: true, changed: counting(0), transitions: [], estimate: [] };
}

/** A flag of the change. */
export function flag(key: string, ...environments: readonly FlagEnvironmentImpact[]): FlagImpact {
  return { key, status: 'changed', owner: 'payments-team', environments };
}

/** A population of contexts of one file. */
export function population(contexts: number, more: Partial<Population> = {}): Population {
  return {
    files: [{ name: 'contexts.jsonl', format: 'jsonl', rows: contexts }],
    contexts,
    repeated: 0,
    refused: { rows: 0, examples: [] },
    keys: { plain: contexts, hashed: 0, synthetic: 0, missing: 0 },
    users: undefined,
    usersFrom: 'unknown',
    effectiveContexts: contexts,
    ...more,
  };
}

/** A preview of two environments, unless others are given. */
export function preview(more: Partial<Preview>): Preview {
  return {
    version: 1,
    tool: 'flagctl 0.1.0',
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    merged: 'c'.repeat(40),
    population: undefined,
    environments: [],
    flags: [],
    findings: [],
    ...more,
  };
}

const USERS = 113_000_000;
const SAMPLE = 48_211;
const scaled: Counting = (contexts) => share(contexts, SAMPLE, USERS);
const unscaled: Counting = (contexts) => share(contexts, SAMPLE);

const groups: readonly GroupImpact[] = [
  { by: 'segment', name: 'employees', value: undefined, members: scaled(602), changed: share(602, 602, 1_411_000) },
  { by: 'attribute', name: 'country', value: '"DE"', members: scaled(9_120), changed: share(912, 9_120, 21_376_000) },
  { by: 'attribute', name: 'plan', value: 'true', members: scaled(12), changed: share(1, 12, 28_000) },
  { by: 'attribute', name: 'country', value: undefined, members: scaled(40), changed: share(0, 40, 93_000) },
];

const environment = (name: string, changed: Share | undefined, flags: number): EnvironmentImpact => ({
  environment: name,
  changed,
  flags,
  groups: [],
});

const ordinary = preview({
  population: population(SAMPLE, {
    files: [
      { name: 'contexts/web.jsonl.zst', format: 'jsonl', rows: 48_900 },
      { name: 'contexts/app.parquet', format: 'parquet', rows: 100 },
    ],
    repeated: 777,
    refused: {
      rows: 12,
      examples: [{ file: 'contexts/web.jsonl.zst', row: 17, message: 'found a list, expected an object' }],
    },
    users: USERS,
    usersFrom: 'given',
    effectiveContexts: 31_044.7,
  }),
  environments: [{ ...environment('production', scaled(1_792), 2), groups }, environment('staging', scaled(48_211), 1)],
  flags: [
    flag(
      'growth.home.layout',
      moved('production', scaled, ['control', 'grid', 17], ['control', 'list', 3], ['control', 'control', 48_191]),
      proved('staging', scaled),
    ),
    flag(
      'payments.checkout.new-flow',
      moved('production', scaled, ['false', 'true', 1_790], ['false', 'false', 44_011], ['true', 'true', 2_410]),
      moved('staging', scaled, ['true', 'false', 48_211]),
    ),
    flag('platform.api.rate-limit', proved('production', scaled), proved('staging', scaled)),
    flag('platform.web.banner', moved('production', scaled, ['off', 'off', 48_211]), proved('staging', scaled)),
  ],
  findings: [
    {
      code: 'context-lacks-attribute',
      severity: 'warning',
      message: 'no context has `appVersion`, which rule `dach-pilot` reads: it can match nobody',
      fix: 'add the attribute to the contexts',
      key: 'payments.checkout.new-flow',
      environment: 'production',
    },
    { code: 'moves-nobody', severity: 'notice', message: 'its change moves nobody', key: 'platform.web.banner' },
  ],
});

const COMPANY = 113_000;
const counted: Counting = (contexts) => exact(contexts, COMPANY);

const census = preview({
  population: population(COMPANY, { users: COMPANY, usersFrom: 'given' }),
  environments: [environment('production', counted(37_104), 1)],
  flags: [
    flag(
      'payments.checkout.new-flow',
      moved('production', counted, ['false', 'true', 37_104], ['false', 'false', 75_896]),
    ),
  ],
});

const estimate = preview({
  environments: [environment('production', undefined, 1), environment('staging', undefined, 1)],
  flags: [
    flag(
      'payments.checkout.new-flow',
      {
        environment: 'production',
        isProved: false,
        changed: undefined,
        transitions: [],
        estimate: ['up to 5 % → 25 % of everyone outside `employees`', 'all of `employees` as before'],
      },
      {
        environment: 'staging',
        isProved: false,
        changed: undefined,
        transitions: [],
        estimate: ['up to 100 % → 0 % of everyone'],
      },
    ),
    flag('platform.api.rate-limit', {
      environment: 'production',
      isProved: true,
      changed: undefined,
      transitions: [],
      estimate: [],
    }),
  ],
});

const synthetic = preview({
  ...ordinary,
  population: population(SAMPLE, { keys: { plain: 0, hashed: 0, synthetic: SAMPLE, missing: 0 } }),
  environments: [environment('production', unscaled(1_790), 1)],
  flags: [
    flag(
      'payments.checkout.new-flow',
      moved('production', unscaled, ['false', 'true', 1_790], ['false', 'false', 46_421]),
    ),
  ],
  findings: [],
});

const hashed = preview({
  ...synthetic,
  population: population(SAMPLE, {
    keys: { plain: 200, hashed: 48_000, synthetic: 0, missing: 11 },
    users: 2_400_600,
    usersFrom: 'weights',
  }),
  environments: [environment('production', share(1, SAMPLE, 2_400_600), 1)],
  flags: [
    flag(
      'payments.checkout.new-flow',
      moved(
        'production',
        (contexts) => share(contexts, SAMPLE, 2_400_600),
        ['false', 'true', 1],
        ['false', 'false', 48_210],
      ),
    ),
  ],
});

const nobody = preview({
  population: population(SAMPLE, { users: USERS, usersFrom: 'given' }),
  environments: [environment('production', scaled(0), 0), environment('staging', scaled(0), 0)],
  flags: [flag('platform.web.banner', moved('production', scaled, ['off', 'off', 48_211]), proved('staging', scaled))],
});

const provedNobody = preview({
  population: population(SAMPLE),
  flags: [flag('platform.web.banner', proved('production', unscaled))],
});

const key = (index: number): string => `payments.checkout.flow-${String(index).padStart(3, '0')}`;

const hundred = preview({
  ...ordinary,
  environments: [environment('production', scaled(9_000), 100), environment('staging', scaled(9_000), 100)],
  flags: Array.from({ length: 100 }, (_, index) =>
    flag(
      key(index),
      moved('production', scaled, ['false', 'true', 5_000 - index], ['false', 'false', 43_211 + index]),
      moved('staging', scaled, ['false', 'true', 1 + index], ['false', 'false', 48_210 - index]),
    ),
  ),
  findings: Array.from({ length: 100 }, (_, index) => ({
    code: 'rule-matches-nobody',
    severity: 'warning' as const,
    message: `rule \`pilot\` matches none of the contexts; ${'so it goes, '.repeat(20)}`,
    key: key(index),
    environment: 'production',
  })),
});

/** Names that would like to be more than names. */
export const HOSTILE: readonly string[] = [
  '|<img src=x onerror=alert(1)>',
  '```\nsection click\n```',
  '`` ` ```',
  '%%{init: {"theme": "forest"}}%%',
  '@acme/all #12 ![x](https://evil.example/y.png)',
  '</details><script>alert(1)</script>',
  'a\\|b:c;d#quot;e',
  '\u202egnp.exe\u200b\u0007',
  '__proto__',
  'end',
  '|'.repeat(300),
  '`'.repeat(300),
];

const hostile = preview({
  population: population(SAMPLE, {
    files: HOSTILE.map((name) => ({ name, format: name.slice(0, 100), rows: 5_000 })),
    refused: { rows: 12, examples: HOSTILE.map((name) => ({ file: name, row: 1, message: name })) },
    users: USERS,
    usersFrom: 'given',
  }),
  environments: HOSTILE.map((name) => ({
    ...environment(name, scaled(1_792), 2),
    groups: HOSTILE.map((value, index) => ({
      by: index % 2 === 0 ? ('segment' as const) : ('attribute' as const),
      name: value,
      value: index % 2 === 0 ? undefined : JSON.stringify(value),
      members: scaled(40),
      changed: share(20, 40, 93_000),
    })),
  })),
  flags: HOSTILE.map((name) => ({
    ...flag(
      name,
      ...HOSTILE.map((environment) => ({
        ...moved(environment, scaled, ...HOSTILE.map((to) => [name, to, to === name ? SAMPLE - 1_100 : 100] as const)),
        estimate: HOSTILE,
      })),
    ),
    owner: name,
  })),
  findings: HOSTILE.map((name) => ({
    code: 'rule-matches-nobody',
    severity: 'warning' as const,
    message: name,
    fix: name,
    file: name,
    key: name,
    environment: name,
  })),
});

/** By what each is an example of. */
export const PREVIEWS = {
  ordinary,
  census,
  estimate,
  synthetic,
  hashed,
  nobody,
  proved: provedNobody,
  hundred,
  hostile,
} satisfies Readonly<Record<string, Preview>>;
