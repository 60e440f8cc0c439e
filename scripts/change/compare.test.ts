import { describe, expect, it, test } from 'vitest';
import { flagFiles } from '../testing/flag-repository.js';
import type { ItemKind } from './change.js';
import { changesOf, itemLines, type Files } from './testing/sides.js';

const PATH = 'flags/payments/checkout/flow.yaml';
const KEY = 'payments.checkout.flow';

const governance = `key: ${KEY}
type: release
owner: payments-team
riskTier: medium
expiresAt: 2027-03-01
description: Routes checkout.
`;

/** The repository around the flag that a row edits. */
const around: Files = {
  ...flagFiles,
  'flags/policy.yaml': `bucketing: flagd-v2
environments: [production, staging]
teams:
  payments-team: { codeOwner: "@acme/payments" }
  growth-team: { codeOwner: "@acme/payments" }
  platform-team: { codeOwner: "@acme/platform" }
`,
  'flags/segments/testers.yaml': 'owner: platform-team\ndescription: Testers.\nwhen: { tester: true }\n',
  'flags/guardrails/errors.yaml': guardrail(''),
  'flags/guardrails/latency.yaml': guardrail(''),
};

function guardrail(more: string): string {
  return `owner: platform-team\ndescription: A share.\nquery: errors\nmax: 0.02\ninterval: 1m\n${more}`;
}

/** A boolean flag with this in production. */
function inProduction(environment: string, head = 'default: false\n'): string {
  return `${governance}${head}environments:\n  production:\n    enabled: true\n${environment}`;
}

const several = 'variants: { none: "", calm: Welcome, loud: "Sale!" }\ndefault: none\n';
const rules = (...lines: readonly string[]): string =>
  inProduction(`    rules:\n${lines.map((line) => `      - { ${line} }\n`).join('')}    rollout: 5\n`);
const employees = 'name: employees, when: { segment: employees }, serve: true';
const dach = (countries: string): string => `name: dach, when: { country: ${countries} }, rollout: 10`;
const when = (condition: string): string => rules(`name: r, when: ${condition}, serve: true`);
const plan = (stage: string, { more = '', stages = PLAN_STAGES, head = 'default: false\n' } = {}): string =>
  inProduction(`    rollout:\n      stage: ${stage}\n${more}      stages:\n${stages}`, head);
const PLAN_STAGES = `        - { name: internal, segment: employees, hold: 1h }
        - { name: canary, percent: 5, hold: 30m }
        - { name: quarter, percent: 25 }
        - { name: all, percent: 100 }
`;
const base = inProduction('    rollout: 5\n');
const staging = '  staging:\n    enabled: true\n    rollout: 50\n';

/** What is edited, the file before, the file after, and the items. */
type Row = readonly [name: string, before: string | undefined, after: string | undefined, items: readonly string[]];

const rows: readonly Row[] = [
  // State
  ['a kill', base, base.replace('enabled: true', 'enabled: false'), ['production: [state] killed']],
  ['a re-enabling', base.replace('enabled: true', 'enabled: false'), base, ['production: [state] enabled']],
  [
    'an environment more',
    base,
    base + staging,
    ['staging: [state] environment added: enabled', 'staging: [rollout] rollout 0 % → 50 %'],
  ],
  [
    'an environment more that is disabled',
    base,
    `${base}  staging:\n    enabled: false\n`,
    ['staging: [state] environment added: disabled'],
  ],
  ['an environment less', base + staging, base, ['staging: [state] environment removed (was enabled, rollout 50 %)']],
  ['a comment', base, `# why\n${base}`, []],
  ['a layout', base, base.replace('enabled: true\n', 'enabled: true\n\n'), []],
  [
    'two things in two environments',
    base + staging,
    base.replace('rollout: 5', 'rollout: 0') + staging.replace('true', 'false'),
    ['production: [rollout] rollout 5 % → 0 %', 'staging: [state] killed'],
  ],

  // Rollouts
  ['a number', base, base.replace('rollout: 5', 'rollout: 25'), ['production: [rollout] rollout 5 % → 25 %']],
  ['a fraction', base, base.replace('rollout: 5', 'rollout: 0.125'), ['production: [rollout] rollout 5 % → 0.125 %']],
  ['no rollout', base, inProduction(''), ['production: [rollout] rollout 5 % → 0 %']],
  ['a number as a map', base, inProduction('    rollout: { true: 5 }\n'), []],
  [
    'a number to a map',
    inProduction('    rollout: 5\n', 'variants: { nil: 0, low: 1 }\ndefault: nil\n'),
    inProduction('    rollout: { low: 25 }\n', 'variants: { nil: 0, low: 1 }\ndefault: nil\n'),
    ['production: [rollout] rollout 5 % → 25 %'],
  ],
  [
    'a map, its shares as they were',
    inProduction('    rollout: { calm: 5, loud: 15 }\n', several),
    inProduction('    rollout: { calm: 10, loud: 30 }\n', several),
    ['production: [rollout] rollout `calm` 5 %, `loud` 15 % → `calm` 10 %, `loud` 30 %'],
  ],
  [
    'a map with other shares',
    inProduction('    rollout: { calm: 25, loud: 25 }\n', several),
    inProduction('    rollout: { calm: 40, loud: 25 }\n', several),
    [
      'production: [rollout] rollout `calm` 25 %, `loud` 25 % → `calm` 40 %, `loud` 25 %',
      'production: [bucketing] shares changed: moves people',
    ],
  ],
  [
    'a map with one variant more',
    inProduction('    rollout: { calm: 25 }\n', several),
    inProduction('    rollout: { calm: 25, loud: 25 }\n', several),
    [
      'production: [rollout] rollout `calm` 25 % → `calm` 25 %, `loud` 25 %',
      'production: [bucketing] shares changed: moves people',
    ],
  ],
  [
    'a map of three, of which one differs',
    inProduction('    rollout: { a: 1, b: 2, c: 3 }\n', 'variants: { nil: 0, a: 1, b: 2, c: 3 }\ndefault: nil\n'),
    inProduction('    rollout: { a: 1, b: 2, c: 4 }\n', 'variants: { nil: 0, a: 1, b: 2, c: 3 }\ndefault: nil\n'),
    ['production: [rollout] rollout `c` 3 % → 4 %', 'production: [bucketing] shares changed: moves people'],
  ],
  [
    'a number to a plan',
    base,
    plan('canary'),
    [
      'production: [plan] rollout 5 % → staged plan at `canary` (5 %): `internal` (segment `employees`, hold 1h), ' +
        '`canary` (5 %, hold 30m), `quarter` (25 %), `all` (100 %)',
    ],
  ],
  ['a plan to a number', plan('canary'), base, ['production: [plan] rollout staged plan at `canary` (5 %) → 5 %']],
  [
    'a map to a plan',
    inProduction('    rollout: { calm: 5 }\n', several),
    plan('canary', { head: several, more: '      to: loud\n' }),
    [
      'production: [plan] rollout `calm` 5 % → staged plan at `canary` (5 %): `internal` (segment `employees`, hold ' +
        '1h), `canary` (5 %, hold 30m), `quarter` (25 %), `all` (100 %)',
      'production: [bucketing] shares changed: moves people',
    ],
  ],

  // Stages and plans
  ['a stage forward', plan('canary'), plan('quarter'), ['production: [stage] stage `canary` → `quarter` (5 % → 25 %)']],
  [
    'a stage back',
    plan('quarter'),
    plan('canary'),
    ['production: [stage] stage back: `quarter` → `canary` (25 % → 5 %)'],
  ],
  [
    'the first stage, a segment',
    plan('off'),
    plan('internal'),
    ['production: [stage] stage `off` → `internal` (segment `employees` in)'],
  ],
  [
    'off',
    plan('canary'),
    plan('off'),
    ['production: [stage] stage back: `canary` → `off` (5 % → 0 %, segment `employees` out)'],
  ],
  [
    'a hold',
    plan('canary'),
    plan('canary').replace('hold: 1h', 'hold: 2h'),
    ['production: [plan] stage `internal`: hold 1h → 2h'],
  ],
  [
    'no hold',
    plan('canary'),
    plan('canary').replace(', hold: 1h', ''),
    ['production: [plan] stage `internal`: hold 1h → none'],
  ],
  [
    "a stage's percentage",
    plan('canary'),
    plan('canary').replace('percent: 25', 'percent: 40'),
    ['production: [plan] stage `quarter`: 25 % → 40 %'],
  ],
  [
    "a stage's segment",
    plan('canary'),
    plan('canary').replace('segment: employees', 'segment: testers'),
    ['production: [plan] stage `internal`: segment `employees` → segment `testers`'],
  ],
  [
    'a stage more',
    plan('canary'),
    plan('canary', {
      stages: PLAN_STAGES.replace('  - { name: all', '  - { name: half, percent: 50 }\n        - { name: all'),
    }),
    ['production: [plan] stage `half` added before `all`: 50 %'],
  ],
  [
    'a stage less',
    plan('canary'),
    plan('canary').replace('        - { name: quarter, percent: 25 }\n', ''),
    ['production: [plan] stage `quarter` removed (25 %)'],
  ],
  [
    'a stage under another name',
    plan('canary'),
    plan('canary').replace('name: quarter', 'name: fourth'),
    ['production: [plan] stage `quarter` renamed `fourth`'],
  ],
  [
    'a stage elsewhere',
    plan('off', { stages: '        - { name: a, segment: employees }\n        - { name: b, percent: 5 }\n' }),
    plan('off', { stages: '        - { name: b, percent: 5 }\n        - { name: a, segment: employees }\n' }),
    ['production: [plan] stage `a` moved to the end'],
  ],
  [
    'a stage moved and a plan edited',
    plan('canary'),
    plan('quarter').replace('percent: 25', 'percent: 50'),
    ['production: [stage] stage `canary` → `quarter` (5 % → 50 %)', 'production: [plan] stage `quarter`: 25 % → 50 %'],
  ],
  [
    'a target',
    plan('canary', { head: several, more: '      to: calm\n' }),
    plan('canary', { head: several, more: '      to: loud\n' }),
    ['production: [plan] plan rolls out `calm` → `loud`', 'production: [bucketing] shares changed: moves people'],
  ],
  ['a target that went without saying', plan('canary'), plan('canary', { more: '      to: true\n' }), []],
  [
    'a guardrail more and one less',
    plan('canary', { more: '      guardrails: [errors]\n' }),
    plan('canary', { more: '      guardrails: [latency]\n' }),
    ['production: [guardrail] guardrail `latency` added', 'production: [guardrail] guardrail `errors` removed'],
  ],

  // Rules
  [
    'a rule before another',
    rules(dach('[DE, AT]')),
    rules(employees, dach('[DE, AT]')),
    ['production: [rule] rule `employees` added before `dach`: `{ segment: employees }` serves `true`'],
  ],
  [
    'a rule at the end',
    rules(employees),
    rules(employees, dach('[DE, AT]')),
    ['production: [rule] rule `dach` added at the end: `{ country: [DE, AT] }` rollout 10 %'],
  ],
  [
    'the first rule',
    base,
    rules(employees),
    ['production: [rule] rule `employees` added: `{ segment: employees }` serves `true`'],
  ],
  [
    'a rule less',
    rules(employees, dach('[DE]')),
    rules(employees),
    ['production: [rule] rule `dach` removed (rollout 10 %)'],
  ],
  [
    'a rule under another name',
    rules(employees),
    rules(employees.replace('name: employees', 'name: staff')),
    ['production: [rule] rule `employees` renamed `staff`'],
  ],
  [
    'a rule elsewhere',
    rules(employees, dach('[DE]'), 'name: last, when: { a: 1 }, serve: false'),
    rules('name: last, when: { a: 1 }, serve: false', employees, dach('[DE]')),
    ['production: [rule] rule `last` moved before `employees`'],
  ],
  [
    'a rule elsewhere that does something else',
    rules(employees, dach('[DE]')),
    rules(dach('[DE]'), employees.replace('serve: true', 'serve: false')),
    [
      'production: [rule] rule `employees` moved to the end',
      'production: [rule] rule `employees`: serves `true` → `false`',
    ],
  ],
  [
    "a condition's list",
    rules(dach('[DE, FR]')),
    rules(dach('[DE, AT, CH]')),
    ['production: [rule] rule `dach`: `country` AT, CH added, FR removed'],
  ],
  ["a condition's list in another order", rules(dach('[DE, FR]')), rules(dach('[FR, DE]')), []],
  ['a scalar for a list of one', when('{ country: DE }'), when('{ country: [DE] }'), []],
  [
    'a long list',
    when('{ age: [0] }'),
    when('{ age: [0, 1, 2, 3, 4, 5, 6, 7, 8] }'),
    ['production: [rule] rule `r`: `age` 1, 2, 3, 4, 5 and 3 more added'],
  ],
  [
    'a number and the text of it',
    when('{ age: 1 }'),
    when('{ age: "1" }'),
    ['production: [rule] rule `r`: `age` `"1"` added, 1 removed'],
  ],
  [
    'an attribute more',
    when('{ country: DE }'),
    when('{ country: DE, plan: pro }'),
    ['production: [rule] rule `r`: condition `plan: pro` added'],
  ],
  [
    'an attribute less',
    when('{ country: DE, plan: pro }'),
    when('{ country: DE }'),
    ['production: [rule] rule `r`: condition `plan: pro` removed'],
  ],
  [
    'a version',
    when('{ version: { semver: ">=4.2.0" } }'),
    when('{ version: { semver: ">=5 || <1" } }'),
    ['production: [rule] rule `r`: `version` semver `">=4.2.0"` → `">=5 || <1"`'],
  ],
  [
    'another operator',
    when('{ age: { gt: 18 } }'),
    when('{ age: { gte: 18 } }'),
    ['production: [rule] rule `r`: `age` gte 18 added', 'production: [rule] rule `r`: `age` gt 18 removed'],
  ],
  [
    'an affix',
    when('{ email: { endsWith: "@example.com" } }'),
    when('{ email: { endsWith: ["@example.com", "@example.org"] } }'),
    ['production: [rule] rule `r`: `email` endsWith `"@example.org"` added'],
  ],
  [
    'a negative list',
    when('{ country: { notIn: [DE] } }'),
    when('{ country: { notIn: [FR] } }'),
    ['production: [rule] rule `r`: `country` notIn FR added, DE removed'],
  ],
  [
    'a segment',
    when('{ segment: employees }'),
    when('{ segment: [employees, testers] }'),
    ['production: [rule] rule `r`: segment `testers` added'],
  ],
  [
    'a nested condition',
    when('{ any: [{ country: DE }, { plan: pro }] }'),
    when('{ any: [{ country: DE }, { plan: max }] }'),
    ['production: [rule] rule `r`: any `[{ country: DE }, { plan: pro }]` → `[{ country: DE }, { plan: max }]`'],
  ],
  [
    'a nested condition in another order',
    when('{ any: [{ country: DE }, { plan: pro }] }'),
    when('{ any: [{ plan: pro }, { country: DE }] }'),
    [],
  ],
  [
    'a long nested condition',
    when(`{ not: { all: [{ country: [${'DE, '.repeat(30)}AT] }, { plan: pro }] } }`),
    when(`{ not: { all: [{ country: [${'DE, '.repeat(30)}CH] }, { plan: pro }] } }`),
    [
      'production: [rule] rule `r`: not `…DE, DE, DE, AT] }, { plan: pro }] }` → `…DE, DE, DE, CH] }, { plan: pro }] }`',
    ],
  ],
  [
    'what a rule serves',
    when('{ a: 1 }'),
    when('{ a: 1 }').replace('serve: true', 'serve: false'),
    ['production: [rule] rule `r`: serves `true` → `false`'],
  ],
  [
    'a rule that splits',
    when('{ a: 1 }'),
    when('{ a: 1 }').replace('serve: true', 'rollout: 10'),
    ['production: [rule] rule `r`: serves `true` → rollout 10 %'],
  ],
  [
    "a rule's rollout",
    rules(dach('[DE]')),
    rules(dach('[DE]').replace('10', '20')),
    ['production: [rule] rule `dach`: rollout 10 % → 20 %'],
  ],
  [
    "a rule's shares",
    inProduction('    rules:\n      - { name: r, when: { a: 1 }, rollout: { calm: 10, loud: 10 } }\n', several),
    inProduction('    rules:\n      - { name: r, when: { a: 1 }, rollout: { calm: 20, loud: 10 } }\n', several),
    [
      'production: [rule] rule `r`: rollout `calm` 10 %, `loud` 10 % → `calm` 20 %, `loud` 10 %',
      'production: [bucketing] rule `r`: shares changed: moves people',
    ],
  ],

  // Governance
  ['the owner', base, base.replace('payments-team', 'growth-team'), ['[owner] owner payments-team → growth-team']],
  ['the tier', base, base.replace('medium', 'low'), ['[tier] tier medium → low']],
  ['the type', base, base.replace('type: release', 'type: ops'), ['[type] type release → ops']],
  ['the expiry', base, base.replace('2027-03-01', '2027-09-01'), ['[expiry] expires 2027-03-01 → 2027-09-01']],
  [
    'the description',
    base,
    base.replace('Routes checkout.', 'Routes all of checkout.'),
    ['[description] description `Routes checkout.` → `Routes all of checkout.`'],
  ],
  [
    'a runbook',
    base,
    base.replace('default:', 'runbook: https://example.com/a\ndefault:'),
    ['[runbook] runbook `https://example.com/a` added'],
  ],
  [
    'another runbook',
    base.replace('default:', 'runbook: https://example.com/a\ndefault:'),
    base.replace('default:', 'runbook: https://example.com/b\ndefault:'),
    ['[runbook] runbook `https://example.com/a` → `https://example.com/b`'],
  ],
  [
    'no runbook',
    base.replace('default:', 'runbook: https://example.com/a\ndefault:'),
    base,
    ['[runbook] runbook `https://example.com/a` removed'],
  ],

  // Variants, default, prerequisites, bucketing
  [
    'the default',
    base,
    inProduction('    rollout: 5\n', 'default: true\n'),
    ['[default] default `false` → `true`', 'production: [bucketing] shares changed: moves people'],
  ],
  [
    "the caller's default",
    inProduction('', several),
    inProduction('', several.replace('default: none', 'default: null')),
    ["[default] default `none` → the caller's"],
  ],
  [
    "the default's value",
    inProduction('', several),
    inProduction('', several.replace('""', 'Hello')),
    ['[default] default variant `none`: `""` → `Hello`'],
  ],
  ['a default that went without saying', base, inProduction('    rollout: 5\n', ''), []],
  [
    'a variant more',
    inProduction('', several),
    inProduction('', several.replace(' }', ', wild: "!" }')),
    ['[variant] variant `wild` added: `"!"`'],
  ],
  [
    'a variant less',
    inProduction('', several),
    inProduction('', several.replace(', loud: "Sale!"', '')),
    ['[variant] variant `loud` removed'],
  ],
  [
    "a variant's value",
    inProduction('', several),
    inProduction('', several.replace('Sale!', 'Deal!')),
    ['[variant] variant `loud`: `"Sale!"` → `"Deal!"`'],
  ],
  [
    'the order of the variants',
    inProduction('    rollout: { calm: 10, loud: 10 }\n', several),
    inProduction(
      '    rollout: { calm: 10, loud: 10 }\n',
      'variants: { none: "", loud: "Sale!", calm: Welcome }\ndefault: none\n',
    ),
    ['[variant] variants reordered: `none`, `loud`, `calm`', 'production: [bucketing] shares changed: moves people'],
  ],
  [
    'a prerequisite',
    base,
    inProduction('    rollout: 5\n', 'default: false\nprerequisites: { platform.web.search: true }\n'),
    ['[prerequisite] prerequisite `platform.web.search` added: needs `true`'],
  ],
  [
    'another need of a prerequisite',
    inProduction('', 'prerequisites: { platform.web.search: true }\n'),
    inProduction('', 'prerequisites: { platform.web.search: false }\n'),
    ['[prerequisite] prerequisite `platform.web.search` needs `true` → `false`'],
  ],
  [
    'no prerequisite',
    inProduction('', 'prerequisites: { platform.web.search: true }\n'),
    inProduction('', ''),
    ['[prerequisite] prerequisite `platform.web.search` removed (needed `true`)'],
  ],
  [
    'what is hashed',
    base,
    inProduction('    rollout: 5\n', 'bucketBy: organisation.id\n'),
    ['[bucketing] bucketBy `targetingKey` → `organisation.id`: everybody is bucketed anew'],
  ],
  [
    'the salt',
    base,
    inProduction('    rollout: 5\n', 'salt: other\n'),
    ['[bucketing] salt changed: everybody is bucketed anew'],
  ],
  ['a salt that went without saying', base, inProduction('    rollout: 5\n', `salt: ${KEY}\n`), []],

  // The flag itself
  [
    'a new flag',
    undefined,
    base,
    [
      '[key] flag added: release, tier medium, owner payments-team, expires 2027-03-01',
      'production: [state] environment added: enabled',
      'production: [rollout] rollout 0 % → 5 %',
    ],
  ],
  [
    'a new flag with all there is',
    undefined,
    `${governance}${several}bucketBy: org\nsalt: shared\nprerequisites: { platform.web.search: true }
environments:\n  staging:\n    enabled: false\n    rules:\n      - { name: r, when: {}, rollout: { calm: 50 } }\n`,
    [
      '[key] flag added: release, tier medium, owner payments-team, expires 2027-03-01',
      '[variant] variants `none` `""`, `calm` Welcome, `loud` `"Sale!"`; default `none`',
      '[prerequisite] prerequisite `platform.web.search` added: needs `true`',
      '[bucketing] bucketBy `org`',
      '[bucketing] salt `shared`',
      'staging: [state] environment added: disabled',
      'staging: [rule] rule `r` added: `{}` rollout `calm` 50 %',
    ],
  ],
  [
    'a flag that is gone',
    base + staging.replace('true', 'false'),
    undefined,
    [
      '[key] flag removed',
      'production: [state] removed with the flag (was enabled, rollout 5 %)',
      'staging: [state] removed with the flag (was disabled)',
    ],
  ],
];

function repositoryWith(text: string | undefined): Files {
  return text === undefined ? around : { ...around, [PATH]: text };
}

describe('the items of an edit', () => {
  test.each(rows)('%s', async (_name, before, after, items) => {
    const changes = await changesOf(repositoryWith(before), repositoryWith(after));
    expect(changes.map(({ key }) => key)).toEqual([KEY]);
    expect(itemLines(changes[0] ?? { items: [] })).toEqual(items);
    expect(changes[0]?.status).toBe(before === undefined ? 'added' : after === undefined ? 'removed' : 'changed');
  });

  it('are sixty rows or more, and have every kind', () => {
    const kinds: Readonly<Record<ItemKind, true>> = {
      state: true,
      rule: true,
      rollout: true,
      stage: true,
      plan: true,
      guardrail: true,
      owner: true,
      tier: true,
      type: true,
      expiry: true,
      description: true,
      runbook: true,
      default: true,
      variant: true,
      prerequisite: true,
      bucketing: true,
      key: true,
    };
    expect(rows.length).toBeGreaterThanOrEqual(60);
    const found = rows.flatMap(([, , , items]) => items.map((item) => /\[(\w+)\]/.exec(item)?.[1]));
    expect(new Set(found)).toEqual(new Set(Object.keys(kinds)));
  });

  it('are none where nothing differs', async () => {
    expect(await changesOf(around, around)).toEqual([]);
  });
});
