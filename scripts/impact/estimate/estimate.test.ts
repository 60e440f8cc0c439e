import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  canonical,
  defaultVariantOf,
  Ruleset,
  variantsOf,
  type EvaluationContext,
  type FlagDocument,
} from '../../../provider/engine/index.js';
import { context, edited, repository } from '../../../provider/engine/testing/arbitraries.js';
import { changes, contextOfChange } from '../../../provider/engine/testing/changes.js';
import {
  documentsOf,
  inProduction,
  type FlagSketch,
  type RepositorySketch,
} from '../../../provider/engine/testing/documents.js';
import type { FlagChange, Side } from '../../change/change.js';
import { compareSides } from '../../change/compare.js';
import { inert } from '../../control/inert-markdown.js';
import { estimateOf, MAX_ESTIMATE_LINES } from './estimate.js';

const FLAG = 'team.domain.flag';

interface LoadedSide extends Side {
  readonly loaded: NonNullable<Side['loaded']>;
}

function sideOf(sketch: RepositorySketch): LoadedSide {
  const ruleset = new Ruleset({ id: '3f2a', repository: 'acme/flags' }, documentsOf(sketch));
  return {
    revision: '3f2a',
    loaded: { ruleset, cases: new Map(), files: new Map(), root: 'flags' },
    problems: [],
    codeowners: new Map(),
  };
}

function estimatesOf(before: RepositorySketch, after: RepositorySketch): ReadonlyMap<string, readonly string[]> {
  const [base, result] = [sideOf(before), sideOf(after)];
  const sides = { base: base.loaded, result: result.loaded };
  const compared = compareSides(base, result, [], () => 'other');
  return new Map(compared.map((change) => [change.key, estimateOf(change, 'production', sides)]));
}

const employees = { employees: { email: { endsWith: '@example.com' } } };
const rules = [
  { name: 'staff', when: { segment: 'employees' }, serve: true },
  { name: 'dach-pilot', when: { country: ['DE', 'AT', 'CH'] }, rollout: 10 },
];
const colours = { variants: { control: 'grey', calm: 'blue', loud: 'red' }, default: 'control' } as const;
const stages = [
  { name: 'internal', segment: 'employees', hold: '1h' },
  { name: 'canary', percent: 5 },
  { name: 'all', percent: 100 },
];
const killed = (sketch: FlagSketch): FlagSketch => ({
  ...sketch,
  environments: { production: { ...sketch.environments?.['production'], enabled: false } },
});

type Row = readonly [
  name: string,
  before: FlagSketch | undefined,
  after: FlagSketch | undefined,
  lines: readonly string[],
];

const rows: readonly Row[] = [
  [
    'a widening',
    inProduction({ rules, rollout: 5 }),
    inProduction({ rules, rollout: 25 }),
    ['up to 5 % → 25 % of everyone outside `employees`, `dach-pilot`'],
  ],
  ['a start', inProduction({}), inProduction({ rollout: 25 }), ['0 % → up to 25 % of everyone']],
  ['an end', inProduction({ rollout: 25 }), inProduction({ rollout: 100 }), ['up to 25 % → 100 % of everyone']],
  ['a way back', inProduction({ rollout: 25 }), inProduction({ rollout: 0 }), ['up to 25 % → 0 % of everyone']],
  [
    'all at once',
    inProduction({ rules }),
    inProduction({ rules, rollout: 100 }),
    ['everyone outside `employees`, `dach-pilot`: `false` → `true`'],
  ],
  [
    'a rollout of false',
    inProduction({ rollout: 5 }, { default: true }),
    inProduction({ rollout: 9 }, { default: true }),
    ['up to 5 % → 9 % of everyone get `false`'],
  ],
  [
    'another default',
    inProduction({}, colours),
    inProduction({}, { ...colours, default: 'calm' }),
    ['everyone: default `control` → `calm`'],
  ],
  [
    'another default of what is off',
    killed(inProduction({}, colours)),
    killed(inProduction({}, { ...colours, default: 'calm' })),
    ['everyone: default `control` → `calm`'],
  ],
  [
    'a default that changes places with what is rolled out',
    inProduction({ rollout: 5 }),
    inProduction({ rollout: 5 }, { default: true }),
    ['everyone: up to 5 % `true`, else `false` → up to 5 % `false`, else `true`'],
  ],
  [
    'weights',
    inProduction({ rollout: { calm: 25, loud: 25 } }, colours),
    inProduction({ rollout: { calm: 50, loud: 25 } }, colours),
    [
      'everyone: up to 25 % `calm`, up to 25 % `loud`, else `control` → up to 50 % `calm`, up to 25 % `loud`, else `control` (the shares change: moves people)',
    ],
  ],
  [
    'weights of one variant',
    inProduction({ rollout: { calm: 25 } }, colours),
    inProduction({ rollout: { calm: 50 } }, colours),
    ['up to 25 % → 50 % of everyone get `calm`'],
  ],
  [
    'weights under no default',
    inProduction({ rollout: { loud: 10 } }, { ...colours, default: null }),
    inProduction({ rollout: { loud: 100 } }, { ...colours, default: null }),
    ['up to 10 % → 100 % of everyone get `loud`'],
  ],
  [
    'a default where there was none',
    inProduction({}, { ...colours, default: null }),
    inProduction({}, colours),
    ["everyone: the caller's default → `control`"],
  ],
  [
    'a variant that is renamed',
    inProduction({ rollout: 100 }, { variants: { a: 1, b: 2 }, default: 'a' }),
    inProduction({ rollout: 100 }, { variants: { a: 1, c: 2 }, default: 'a' }),
    [],
  ],
  [
    'a variant of another value',
    inProduction({ rollout: { loud: 10 } }, colours),
    inProduction({ rollout: { loud: 10 } }, { ...colours, variants: { ...colours.variants, loud: 'pink' } }),
    ['variant `loud` for whoever gets it: `red` → `pink`'],
  ],
  [
    'a variant of another value that nobody gets',
    inProduction({ rollout: { loud: 10 } }, colours),
    inProduction({ rollout: { loud: 10 } }, { ...colours, variants: { ...colours.variants, calm: 'pink' } }),
    [],
  ],
  [
    'another rollout of a rule',
    inProduction({ rules }),
    inProduction({ rules: [rules[0]!, { ...rules[1]!, rollout: 20 }] }),
    ['rule `dach-pilot`: up to 10 % → 20 % of those with `country` in DE, AT, CH'],
  ],
  [
    'another variant of a rule',
    inProduction({ rules }),
    inProduction({ rules: [{ ...rules[0]!, serve: false }, rules[1]!] }),
    ['rule `staff`: those in `employees`: `true` → `false`'],
  ],
  [
    'a new rule',
    inProduction({ rules: [rules[0]!] }),
    inProduction({ rules }),
    ['new rule `dach-pilot`: those with `country` in DE, AT, CH get up to 10 % `true`, else `false`'],
  ],
  [
    'a rule that is gone',
    inProduction({ rules }),
    inProduction({ rules: [rules[1]!] }),
    ['rule `staff` is gone: those in `employees` no longer get `true`'],
  ],
  [
    'a rule that is renamed',
    inProduction({ rules }),
    inProduction({ rules: [{ ...rules[0]!, name: 'people' }, rules[1]!] }),
    [],
  ],
  [
    'rules that change places',
    inProduction({ rules }),
    inProduction({ rules: rules.toReversed() }),
    ['rule `staff` moved to the end: whom both match gets another'],
  ],
  [
    'another condition',
    inProduction({ rules }),
    inProduction({ rules: [rules[0]!, { ...rules[1]!, when: { country: ['DE', 'AT', 'FR'] } }] }),
    ['rule `dach-pilot` matches others (`country` FR added, CH removed): they get up to 10 % `true`, else `false`'],
  ],
  [
    'a kill',
    inProduction({ rules: [rules[0]!], rollout: 5 }),
    killed(inProduction({ rules: [rules[0]!], rollout: 5 })),
    [
      'disabled: everyone gets `false`',
      'up to 5 % → 0 % of everyone outside `employees`',
      'rule `staff`: those in `employees` no longer get `true`',
    ],
  ],
  [
    'its end',
    killed(inProduction({ rollout: 5 })),
    inProduction({ rollout: 5 }),
    ['enabled: everyone got `false`', '0 % → up to 5 % of everyone'],
  ],
  ['what stays off', killed(inProduction({ rollout: 5 })), killed(inProduction({ rollout: 50 })), []],
  [
    'a new flag',
    undefined,
    inProduction({ rollout: 5 }),
    ['new: everyone had the default in the code, counted as `false`', '0 % → up to 5 % of everyone'],
  ],
  ['a new flag that is off', undefined, {}, []],
  [
    'a flag that is gone',
    inProduction({ rollout: 100 }),
    undefined,
    ['removed: everyone gets the default in the code, counted as `false`', 'everyone: `true` → `false`'],
  ],
  [
    'a stage with a percentage',
    inProduction({ rollout: { stage: 'internal', stages } }),
    inProduction({ rollout: { stage: 'canary', stages } }),
    ['0 % → up to 5 % of everyone outside `employees`'],
  ],
  [
    'a stage with a segment',
    inProduction({ rollout: { stage: 'off', stages } }),
    inProduction({ rollout: { stage: 'internal', stages } }),
    ['new stage `internal`: those in `employees` get `true`'],
  ],
  [
    'a stage back',
    inProduction({ rollout: { stage: 'canary', stages } }),
    inProduction({ rollout: { stage: 'off', stages } }),
    [
      'up to 5 % → 0 % of everyone outside `employees`',
      'stage `internal` is gone: those in `employees` no longer get `true`',
    ],
  ],
  [
    'later stages',
    inProduction({ rollout: { stage: 'canary', stages } }),
    inProduction({ rollout: { stage: 'canary', stages: stages.slice(0, 2) } }),
    [],
  ],
  [
    'another salt',
    inProduction({ rollout: 5 }),
    inProduction({ rollout: 5 }, { salt: 'pepper' }),
    ['hashed with another salt: other people are in, wherever a percentage decides'],
  ],
  [
    'another salt where nothing is hashed',
    inProduction({ rollout: 100 }),
    inProduction({ rollout: 100 }, { salt: 'pepper' }),
    [],
  ],
  [
    'another attribute',
    inProduction({ rules: [rules[1]!] }),
    inProduction({ rules: [rules[1]!] }, { bucketBy: 'org.id' }),
    ['hashed by `org.id` instead of `targetingKey`: other people are in, wherever a percentage decides'],
  ],
  [
    'a new need',
    inProduction({ rollout: 100 }),
    inProduction({ rollout: 100 }, { prerequisites: { 'team.domain.x': true } }),
    ['needs `team.domain.x` = `true` now: everyone else gets `false`'],
  ],
  [
    'a need that is gone',
    inProduction({ rollout: 9 }, { prerequisites: { 'team.domain.x': true } }),
    inProduction({ rollout: 9 }),
    ['needs `team.domain.x` = `true` no longer'],
  ],
  [
    'another need',
    inProduction({ rollout: 9 }, { prerequisites: { 'team.domain.x': true } }),
    inProduction({ rollout: 9 }, { prerequisites: { 'team.domain.x': false } }),
    ['needs of `team.domain.x` another variant: `true` → `false`'],
  ],
  [
    'a widening behind a need',
    inProduction({ rollout: 5 }, { prerequisites: { 'team.domain.x': true } }),
    inProduction({ rollout: 25 }, { prerequisites: { 'team.domain.x': true } }),
    ['up to 5 % → 25 % of everyone for whom `team.domain.x` serves `true`'],
  ],
  [
    'another default behind a need',
    inProduction({ rollout: { loud: 100 } }, { ...colours, prerequisites: { 'team.domain.x': true } }),
    inProduction({ rollout: { loud: 100 } }, { ...colours, default: 'calm', prerequisites: { 'team.domain.x': true } }),
    ['where a prerequisite fails: default `control` → `calm`'],
  ],
  [
    'governance',
    inProduction({ rollout: 5 }),
    inProduction({ rollout: 5 }, { owner: 'other', description: 'Other.' }),
    [],
  ],
];

test.each(rows)('%s', (_name, before, after, lines) => {
  const repositoryOf = (flag: FlagSketch | undefined): RepositorySketch => ({
    segments: employees,
    flags: { 'team.domain.x': inProduction({ rollout: 50 }), ...(flag !== undefined && { [FLAG]: flag }) },
  });
  expect(estimatesOf(repositoryOf(before), repositoryOf(after)).get(FLAG) ?? []).toEqual(lines);
});

describe('what is reached', () => {
  const flags = {
    [FLAG]: inProduction({ rules, rollout: { stage: 'internal', stages } }),
    'team.domain.mixed': inProduction({
      rules: [{ name: 'r', when: { segment: 'staff', age: { gt: 17 } }, rollout: 7 }],
    }),
    'team.domain.needs': inProduction({ rollout: 5 }, { prerequisites: { [FLAG]: true } }),
    'team.domain.needs-more': inProduction({ rollout: 5 }, { prerequisites: { 'team.domain.needs': true } }),
  };
  const before = { segments: { ...employees, staff: { segment: 'employees' } }, flags };

  it('by a segment, says what its members get, and who may be served by what is needed', () => {
    const after = { ...before, segments: { ...before.segments, employees: { email: { endsWith: '@example.org' } } } };
    const words = '`email` endsWith `"@example.org"` added, `"@example.com"` removed';
    expect(Object.fromEntries(estimatesOf(before, after))).toEqual({
      [FLAG]: [`segment \`employees\` changes (${words}): members get \`true\``],
      'team.domain.mixed': [
        'segment `staff` changes: rule `r` matches others, they get up to 7 % `true`, else `false`',
      ],
      'team.domain.needs': ['prerequisite `team.domain.flag` changes: it may serve `true` to others'],
      'team.domain.needs-more': ['prerequisite `team.domain.needs` changes: it may serve `true` to others'],
    });
  });

  it('by what is said of a segment or a flag, nobody is moved', () => {
    const after = { ...before, flags: { ...flags, [FLAG]: { ...flags[FLAG], owner: 'other' } } };
    expect([...estimatesOf(before, after).values()].flat()).toEqual([]);
  });
});

it('says some lines, and how many facts there are besides', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ name: `r-${index}`, when: { a: index }, serve: true }));
  const estimates = estimatesOf(
    { flags: { [FLAG]: inProduction({}) } },
    { flags: { [FLAG]: inProduction({ rules: many }) } },
  );
  const lines = estimates.get(FLAG) ?? [];
  expect(lines).toHaveLength(MAX_ESTIMATE_LINES + 1);
  expect(lines.at(-1)).toBe('and 12 more facts');
});

describe('any change', () => {
  const RUNS = { numRuns: 200 };

  const whole = edited.map(([before, after]) => ({ before, after }));
  test.each([
    ['of whole files', whole, context],
    ['of one edit', changes(false, 1), contextOfChange],
    ['of one edit that reduces', changes(true, 1), contextOfChange],
    ['of some edits', changes(false), contextOfChange],
  ] as const)('has an estimate where anybody gets another value: %s', (_name, change, person) => {
    let moved = 0;
    fc.assert(
      fc.property(change, fc.array(person, { minLength: 30, maxLength: 30 }), ({ before, after }, contexts) => {
        const [base, result] = [sideOf(before), sideOf(after)];
        const sides = { base: base.loaded, result: result.loaded };
        for (const change of compareSides(base, result, [], () => 'other')) {
          const values = [sides.base, sides.result].map(({ ruleset }) => valuesOf(ruleset, change, contexts));
          if (canonical(values[0]) === canonical(values[1])) continue;
          moved++;
          expect(estimateOf(change, 'production', sides)).not.toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
    expect(moved).toBeGreaterThan(30);
  });

  it('has no active Markdown, and none where both sides are equal', () => {
    fc.assert(
      fc.property(edited, repository, ([before, after], other) => {
        for (const [, lines] of [...estimatesOf(before, after), ...estimatesOf(before, other)]) {
          for (const line of lines) {
            expect(line).not.toMatch(/undefined|NaN|\[object|\n/);
            expect(inert(line, 10_000)).toBe(line);
          }
        }
        const [base, result] = [sideOf(before), sideOf(before)];
        for (const [key, stored] of base.loaded.ruleset.documents.flags) {
          const document = stored.read();
          const change: FlagChange = {
            key,
            status: 'reached',
            before: document,
            after: document,
            items: [],
            effects: [],
            via: [],
          };
          expect(estimateOf(change, 'production', { base: base.loaded, result: result.loaded })).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('has names and values that nobody can write Markdown in', () => {
    const nasty = fc.constantFrom('`', '``x` [a](b)', '<img src=x>', '@team/x', '#12', '*b*', '\n# x', '|', '\\`');
    const sketch = (name: string): RepositorySketch => ({
      flags: {
        [FLAG]: inProduction(
          { rules: [{ name, when: { [name]: { startsWith: name }, b: { in: [name, 1] } }, serve: name }] },
          { variants: { [name]: name, other: 'o' }, default: 'other', bucketBy: name },
        ),
      },
    });
    fc.assert(
      fc.property(nasty, nasty, (one, other) => {
        for (const lines of [
          ...estimatesOf(sketch(one), sketch(other)).values(),
          ...estimatesOf({ flags: {} }, sketch(one)).values(),
        ]) {
          for (const line of lines) expect(inert(line, 10_000)).toBe(line);
        }
      }),
    );
  });
});

/** What everybody gets; of a flag that is not there, its default on the other side. */
function valuesOf(ruleset: Ruleset, change: FlagChange, contexts: readonly EvaluationContext[]): readonly unknown[] {
  const flag = (change.after ?? change.before) as FlagDocument;
  const plan = ruleset.plan('production', change.key);
  if (plan === undefined) {
    const fallback = defaultVariantOf(flag);
    return contexts.map(() => (fallback === null ? null : variantsOf(flag).get(fallback)));
  }
  return contexts.map((person) => plan.outcomes[plan.decide(person)]?.value ?? null);
}
