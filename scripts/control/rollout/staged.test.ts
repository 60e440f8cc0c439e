import { describe, expect, it } from 'vitest';
import { changeOf, flagFile, KEY, planAt, repositoryOf, STAGES, type FlagFiles } from '../testing/change.js';
import type { LastServed, StageSince } from './history.js';
import { checkStaged } from './staged.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const LONG_AGO: StageSince = { at: new Date('2026-11-01T00:00:00Z'), source: 'host' };

interface Options {
  /** What production last served; default: never anything. */
  readonly last?: FlagFiles | 'never' | 'unknown';
  readonly since?: StageSince | undefined;
  readonly hasHost?: boolean;
  readonly tiers?: Readonly<Record<string, 'low' | 'medium' | 'high'>>;
}

async function findingsOf(before: FlagFiles, after: FlagFiles, options: Options = {}) {
  const { last = 'never', hasHost = true, tiers = {} } = options;
  const since = 'since' in options ? options.since : LONG_AGO;
  const change = await changeOf(before, after);
  const served: LastServed = typeof last === 'string' ? last : (await repositoryOf(last)).ruleset.documents;
  const rank = ['low', 'medium', 'high'] as const;
  return checkStaged({
    flags: change.flags,
    base: change.base,
    result: change.result,
    policy: change.base.policy,
    tierOf: (key) => {
      const own = [change.base, change.result].map(({ flags }) =>
        rank.indexOf(flags.get(key)?.read().riskTier ?? 'low'),
      );
      return tiers[key] ?? rank[Math.max(...own)] ?? 'high';
    },
    history: { lastServed: () => served, ...(hasHost ? { stageSince: () => since } : {}) },
    now: NOW,
  });
}

const codesOf = async (...args: Parameters<typeof findingsOf>) =>
  (await findingsOf(...args)).map(({ code }) => code).sort();

/** Production before and after (undefined: the flag or the environment is not there), and the codes. */
type Row = [what: string, before: string | undefined, after: string | undefined, codes: string, options?: Options];

const prod = (production: string | undefined): FlagFiles => flagFile({ production });
const rules = (list: string, rest = ''): string =>
  `{ enabled: true, rules: [${list}]${rest === '' ? '' : `, rollout: ${rest}`} }`;
const planRest = (stage: string, stages = STAGES): string => `{ stage: ${stage}, stages: [${stages}] }`;
const EMPLOYEES = '{ name: employees, when: { segment: employees }, serve: true }';
const BLOCK = '{ name: old-browsers, when: { country: FR }, serve: false }';
const PILOT = (share: number): string => `{ name: pilot, when: { country: DE }, rollout: ${share} }`;
const EDITED = STAGES.replace('percent: 25', 'percent: 30');
const RAISED = STAGES.replace('percent: 5,', 'percent: 10,');

describe('a plan', () => {
  it.each<Row>([
    ['off to the first stage', planAt('off'), planAt('internal'), ''],
    ['first to second', planAt('internal'), planAt('canary'), ''],
    ['second to third', planAt('canary'), planAt('quarter'), ''],
    ['third to last', planAt('quarter'), planAt('all'), ''],
    ['no move', planAt('canary'), planAt('canary'), ''],
    ['back by one', planAt('quarter'), planAt('canary'), ''],
    ['back by all', planAt('all'), planAt('off'), ''],
    ['killed', planAt('quarter'), '{ enabled: false }', ''],
    ['killed, the plan kept', planAt('quarter'), planAt('quarter').replace('true', 'false'), ''],
    ['the environment removed', planAt('quarter'), undefined, ''],
    ['off to the second stage', planAt('off'), planAt('canary'), 'staged-skip'],
    ['first to third', planAt('internal'), planAt('quarter'), 'staged-skip'],
    ['second to last', planAt('canary'), planAt('all'), 'staged-skip'],
    ['off to last', planAt('off'), planAt('all'), 'staged-skip'],
    ['replaced by a higher number', planAt('canary'), '{ enabled: true, rollout: 25 }', 'staged-plan-replaced'],
    ['replaced by everybody', planAt('quarter'), '{ enabled: true, rollout: 100 }', 'staged-plan-replaced'],
    ['replaced by the same number, the segment lost', planAt('canary'), '{ enabled: true, rollout: 5 }', ''],
    ['replaced by a lower number', planAt('quarter'), '{ enabled: true, rollout: 10 }', ''],
    ['a finished plan replaced by 100', planAt('all'), '{ enabled: true, rollout: 100 }', ''],
    ['a finished plan replaced by a lower number', planAt('all'), '{ enabled: true, rollout: 40 }', ''],
    ['replaced by a map of more', planAt('canary'), '{ enabled: true, rollout: { true: 6 } }', 'staged-plan-replaced'],
    ['replaced by a map of less', planAt('canary'), '{ enabled: true, rollout: { true: 4 } }', ''],
    ['removed', planAt('canary'), '{ enabled: true }', ''],
    ['the reached stage raised', planAt('canary'), planAt('canary', RAISED), 'staged-raised'],
    ['the reached stage lowered', planAt('canary'), planAt('canary', STAGES.replace('percent: 5,', 'percent: 4,')), ''],
    ['a later stage edited', planAt('canary'), planAt('canary', EDITED), ''],
    ['a later stage edited, and moved', planAt('canary'), planAt('quarter', EDITED), 'staged-mixed'],
    ['a hold shortened, and moved', planAt('canary'), planAt('quarter', STAGES.replace('30m', '1m')), 'staged-mixed'],
    ['a hold shortened', planAt('canary'), planAt('canary', STAGES.replace('30m', '1m')), ''],
    ['`to` made explicit, and moved', planAt('canary'), planAt('quarter', STAGES, 'to: true, '), ''],
    ['moved back and edited', planAt('quarter'), planAt('canary', EDITED), 'staged-mixed'],
    [
      'a stage in between removed, and moved over it',
      planAt('canary'),
      planAt('all', STAGES.replace('{ name: quarter, percent: 25, hold: 2h }, ', '')),
      'staged-mixed',
    ],
    [
      'a stage put before the reached one',
      planAt('internal'),
      planAt('internal', `{ name: first, segment: testers }, ${STAGES}`),
      '',
    ],
    [
      'a wider segment put before the reached stage',
      planAt('canary'),
      planAt('canary', STAGES.replace('segment: employees', 'segment: everyone')),
      'staged-raised',
    ],
    ['the reached stage renamed', planAt('canary'), planAt('early', STAGES.replaceAll('canary', 'early')), ''],
    [
      'the names of two stages swapped',
      planAt('canary'),
      planAt('canary', STAGES.replace('canary', 'x').replace('quarter', 'canary').replace('name: x', 'name: quarter')),
      'staged-raised',
    ],
  ])('%s', async (_what, before, after, codes, options) => {
    const extra = {
      'segments/everyone.yaml': 'owner: platform-team\ndescription: All.\nwhen: { country: [DE, FR] }\n',
    };
    const found = await codesOf({ ...prod(before), ...extra }, { ...prod(after), ...extra }, options);
    expect(found).toEqual(codes === '' ? [] : codes.split(' '));
  });
});

describe('no plan', () => {
  it.each<Row>([
    ['a number raised', '{ enabled: true, rollout: 5 }', '{ enabled: true, rollout: 6 }', 'staged-no-plan'],
    [
      'a number raised by a hair',
      '{ enabled: true, rollout: 5 }',
      '{ enabled: true, rollout: 6.001 }',
      'staged-no-plan',
    ],
    ['a number lowered', '{ enabled: true, rollout: 50 }', '{ enabled: true, rollout: 5 }', ''],
    ['a number removed', '{ enabled: true, rollout: 50 }', '{ enabled: true }', ''],
    [
      'a number given a plan that reaches the same',
      '{ enabled: true, rollout: 5 }',
      planAt('now', '{ name: now, percent: 5 }, { name: all, percent: 100 }'),
      '',
    ],
    [
      'a number given a plan that reaches more',
      '{ enabled: true, rollout: 5 }',
      planAt('all', '{ name: now, percent: 5 }, { name: all, percent: 100 }'),
      'staged-no-plan',
    ],
    ['a number given a plan with a segment', '{ enabled: true, rollout: 5 }', planAt('canary'), 'staged-no-plan'],
    ['everybody given a plan at its end', '{ enabled: true, rollout: 100 }', planAt('all'), ''],
    ['nothing given a plan that is off', '{ enabled: true }', planAt('off'), ''],
    ['nothing given a plan at its first stage', '{ enabled: true }', planAt('internal'), 'staged-no-plan'],
    ['nothing to a number', '{ enabled: true }', '{ enabled: true, rollout: 1 }', 'staged-no-plan'],
    ['zero to everybody', '{ enabled: true, rollout: 0 }', '{ enabled: true, rollout: 100 }', 'staged-no-plan'],
  ])('%s', async (_what, before, after, codes) => {
    expect(await codesOf(prod(before), prod(after))).toEqual(codes === '' ? [] : codes.split(' '));
  });

  it('says which plan to write', async () => {
    const [finding] = await findingsOf(prod('{ enabled: true, rollout: 10 }'), prod('{ enabled: true, rollout: 60 }'));
    expect(finding).toMatchObject({ key: KEY, environment: 'production', severity: 'error' });
    const yaml = finding?.fix?.split('nobody new:\n')[1] ?? '';
    expect(yaml).toBe(
      'rollout:\n  stage: current\n  stages:\n    - { name: current, percent: 10 }\n' +
        '    - { name: quarter, percent: 25, hold: 1d }\n    - { name: half, percent: 50, hold: 1d }\n' +
        '    - { name: all, percent: 100 }',
    );
    const written = `{ enabled: true, rollout: ${planRest('current', '{ name: current, percent: 10 }, { name: quarter, percent: 25, hold: 1d }')} }`;
    expect(await codesOf(prod('{ enabled: true, rollout: 10 }'), prod(written))).toEqual([]);
  });
});

describe('rules beside the plan', () => {
  it.each<Row>([
    ['one that serves added', planAt('canary'), rules(EMPLOYEES, planRest('canary')), ''],
    ['one that serves others added', planAt('canary'), rules(PILOT(50), planRest('canary')), 'staged-rule'],
    ['one added, and the plan moved', planAt('canary'), rules(PILOT(50), planRest('quarter')), 'staged-rule'],
    ['one added, and the plan moved back', planAt('quarter'), rules(PILOT(80), planRest('off')), 'staged-rule'],
    ['one that excludes added', planAt('canary'), rules(BLOCK, planRest('canary')), ''],
    ['one that excludes added, and moved on', planAt('canary'), rules(BLOCK, planRest('quarter')), ''],
    ['one that excludes removed', rules(BLOCK, planRest('canary')), planAt('canary'), 'staged-rule'],
    ['one that excludes removed, and moved on', rules(BLOCK, planRest('canary')), planAt('quarter'), 'staged-rule'],
    [
      'one that excludes put behind',
      rules(`${BLOCK}, ${PILOT(50)}, { name: c, when: { country: FR }, serve: true }`),
      rules(`${PILOT(50)}, { name: c, when: { country: FR }, serve: true }, ${BLOCK}`),
      'staged-rule',
    ],
    ['a share raised', rules(PILOT(10), planRest('canary')), rules(PILOT(20), planRest('canary')), 'staged-rule'],
    ['a share lowered', rules(PILOT(20), planRest('off')), rules(PILOT(10), planRest('off')), ''],
    ['a share lowered, and moved on', rules(PILOT(20), planRest('off')), rules(PILOT(10), planRest('internal')), ''],
    ['a share removed that kept people out', rules(PILOT(10), planRest('quarter')), planAt('quarter'), 'staged-rule'],
    ['one that serves removed, and moved on', rules(EMPLOYEES, planRest('internal')), planAt('canary'), ''],
    [
      'a condition made wider',
      rules(PILOT(50), planRest('off')),
      rules(PILOT(50).replace('DE', '[DE, AT]'), planRest('off')),
      'staged-rule',
    ],
    [
      'renamed, and moved on',
      rules(PILOT(50), planRest('off')),
      rules(PILOT(50).replace('pilot', 'dach'), planRest('internal')),
      '',
    ],
    [
      'one instead of the other',
      rules(PILOT(50), planRest('off')),
      rules('{ name: pilot, when: { country: FR }, rollout: 50 }', planRest('off')),
      'staged-rule',
    ],
    ['without a plan, one added', '{ enabled: true }', rules(PILOT(5)), 'staged-rule'],
  ])('%s', async (_what, before, after, codes) => {
    expect(await codesOf(prod(before), prod(after))).toEqual(codes === '' ? [] : codes.split(' '));
  });
});

describe('what gives other values, or to others, without a rollout being touched', () => {
  const experiment = (production: string, more = 'variants: { none: 0, some: 1, many: 2 }\ndefault: none'): FlagFiles =>
    flagFile({ production, more });
  const two = (stage: string, more = ''): string => planAt(stage, STAGES, `to: some, ${more}`);
  const other = (production: string, more = ''): FlagFiles =>
    flagFile({ key: 'platform.web.gate', owner: 'platform-team', riskTier: 'low', production, more });
  const needs = (variant: boolean): string => `prerequisites: { platform.web.gate: ${variant} }`;
  const gated = (production: string, gate: string, variant = true): FlagFiles => ({
    ...flagFile({ production, more: needs(variant) }),
    ...other(gate),
  });
  const employees = (when: string): FlagFiles => ({
    'segments/employees.yaml': `owner: platform-team\ndescription: People.\nwhen: ${when}\n`,
  });
  const ON = '{ enabled: true, rollout: 100 }';
  const WIDER = employees('{ any: [{ email: { endsWith: "@example.com" } }, { country: DE }] }');

  it.each<[string, FlagFiles, FlagFiles, string]>([
    [
      'a value of a variant in use',
      experiment(two('quarter')),
      experiment(two('quarter'), 'variants: { none: 0, some: 9, many: 2 }\ndefault: none'),
      'staged-value',
    ],
    [
      'a value at the first stage',
      experiment(two('internal')),
      experiment(two('internal'), 'variants: { none: 0, some: 9, many: 2 }\ndefault: none'),
      '',
    ],
    [
      'a value that nobody gets',
      experiment(two('quarter')),
      experiment(two('quarter'), 'variants: { none: 0, some: 1, many: 9 }\ndefault: none'),
      '',
    ],
    [
      'another `to`',
      experiment(two('quarter')),
      experiment(two('quarter').replace('to: some', 'to: many')),
      'staged-raised',
    ],
    [
      'another `to` where only a segment is reached',
      experiment(two('internal')),
      experiment(two('internal').replace('to: some', 'to: many')),
      'staged-raised',
    ],
    ['another `to` while off', experiment(two('off')), experiment(two('off').replace('to: some', 'to: many')), ''],
    [
      'another `to`, and moved',
      experiment(two('off')),
      experiment(two('internal').replace('to: some', 'to: many')),
      'staged-mixed',
    ],
    [
      'a plan replaced by a map of another variant',
      experiment(two('quarter')),
      experiment('{ enabled: true, rollout: { many: 5 } }'),
      'staged-plan-replaced',
    ],
    [
      'a map’s shares moved',
      experiment('{ enabled: true, rollout: { some: 20, many: 10 } }'),
      experiment('{ enabled: true, rollout: { some: 10, many: 20 } }'),
      'staged-no-plan',
    ],
    [
      'a map lowered evenly',
      experiment('{ enabled: true, rollout: { some: 20, many: 10 } }'),
      experiment('{ enabled: true, rollout: { some: 10, many: 5 } }'),
      '',
    ],
    [
      'a map raised evenly',
      experiment('{ enabled: true, rollout: { some: 20, many: 10 } }'),
      experiment('{ enabled: true, rollout: { some: 40, many: 20 } }'),
      'staged-no-plan',
    ],
    [
      'the salt of a percentage',
      flagFile({ production: planAt('quarter') }),
      flagFile({ production: planAt('quarter'), more: 'salt: another' }),
      'staged-moved',
    ],
    [
      'the salt while off, and on',
      flagFile({ production: planAt('off') }),
      flagFile({ production: planAt('internal'), more: 'salt: another' }),
      '',
    ],
    [
      'bucketBy of a percentage',
      flagFile({ production: planAt('canary') }),
      flagFile({ production: planAt('canary'), more: 'bucketBy: account' }),
      'staged-moved',
    ],
    [
      'a prerequisite dropped',
      gated(planAt('all'), '{ enabled: false }'),
      { ...flagFile({ production: planAt('all') }), ...other('{ enabled: false }') },
      'staged-prerequisite',
    ],
    [
      'a prerequisite added, and moved',
      { ...flagFile({ production: planAt('canary') }), ...other(ON) },
      gated(planAt('quarter'), ON),
      '',
    ],
    [
      'a low flag that it needs, all at once',
      gated(planAt('all'), '{ enabled: true, rollout: 5 }'),
      gated(planAt('all'), ON),
      'staged-no-plan',
    ],
    [
      'a low flag that it needs, by its plan',
      gated(planAt('all'), planAt('canary')),
      gated(planAt('all'), planAt('quarter')),
      '',
    ],
    [
      'a low flag that it needs, over a stage',
      gated(planAt('all'), planAt('canary')),
      gated(planAt('all'), planAt('all')),
      'staged-skip',
    ],
    [
      'a low flag that it needs, reduced',
      gated(planAt('all'), ON),
      gated(planAt('all'), '{ enabled: true, rollout: 5 }'),
      '',
    ],
    [
      'a kill of a flag whose default it needs',
      gated(planAt('all'), ON, false),
      gated(planAt('all'), '{ enabled: false }', false),
      'staged-prerequisite',
    ],
    ['a kill of both', gated(planAt('all'), ON, false), gated('{ enabled: false }', '{ enabled: false }', false), ''],
    [
      'a segment of a reached stage',
      prod(planAt('internal')),
      { ...prod(planAt('internal')), ...WIDER },
      'staged-segment',
    ],
    ['a segment of a rule', prod(rules(EMPLOYEES)), { ...prod(rules(EMPLOYEES)), ...WIDER }, 'staged-segment'],
    [
      'a segment within a segment of a rule',
      prod(rules(EMPLOYEES.replaceAll('employees', 'testers'))),
      { ...prod(rules(EMPLOYEES.replaceAll('employees', 'testers'))), ...employees('{ country: DE }') },
      'staged-segment',
    ],
    ['a segment of a later stage', prod(planAt('off')), { ...prod(planAt('off')), ...WIDER }, ''],
    [
      'a segment of the next stage, and moved',
      prod(planAt('off')),
      { ...prod(planAt('internal')), ...WIDER },
      'staged-segment',
    ],
    [
      'a segment made narrower',
      prod(planAt('internal')),
      { ...prod(planAt('internal')), ...employees('{ email: { endsWith: "@example.com" }, country: DE }') },
      '',
    ],
    [
      'only the description of a segment',
      prod(planAt('internal')),
      { ...prod(planAt('canary')), ...employees('{ email: { endsWith: "@example.com" } }') },
      '',
    ],
    [
      'attack 33: a kill that opens for some',
      prod(planAt('quarter')),
      prod(rules(PILOT(100), planRest('off'))),
      'staged-rule',
    ],
    [
      'attack 29: the tier stays where only a segment is edited',
      prod(planAt('canary')),
      { ...prod(planAt('canary')), ...WIDER },
      'staged-segment',
    ],
    [
      'attack 1: the tier lowered along',
      prod(planAt('canary')),
      flagFile({ production: planAt('all'), riskTier: 'low' }),
      'staged-skip',
    ],
    [
      'attack 1: the tier raised along',
      flagFile({ production: '{ enabled: true, rollout: 5 }', riskTier: 'low' }),
      prod(ON),
      'staged-no-plan',
    ],
    [
      'a low flag is not staged',
      flagFile({ production: '{ enabled: true, rollout: 5 }', riskTier: 'low' }),
      flagFile({ production: ON, riskTier: 'low' }),
      '',
    ],
    [
      'attack 23: another key',
      prod(planAt('canary')),
      flagFile({ key: 'payments.checkout.newer-flow', production: ON }),
      'staged-birth',
    ],
    [
      'staging is held to its own plan',
      flagFile({ staging: planAt('off') }),
      flagFile({ staging: planAt('all') }),
      'staged-skip',
    ],
  ])('%s', async (_what, before, after, codes) => {
    expect(await codesOf(before, after)).toEqual(codes === '' ? [] : codes.split(' '));
  });

  it('says for whose sake a flag of a low tier is held', async () => {
    const [finding] = await findingsOf(gated(planAt('all'), '{ enabled: true, rollout: 5 }'), gated(planAt('all'), ON));
    expect(finding?.key).toBe('platform.web.gate');
    expect(finding?.message).toMatch(/; `payments.checkout.new-flow`, whose changes are staged, needs it$/);
  });
});

describe('a flag that is new or on again', () => {
  const NONE: FlagFiles = {};
  const on = '{ enabled: true, rollout: 100 }';
  const off = '{ enabled: false }';
  const offAt = (stage: string, stages = STAGES): string => planAt(stage, stages).replace('true', 'false');

  it.each<[string, FlagFiles, FlagFiles, string, Options?]>([
    ['born off', NONE, prod(undefined), ''],
    ['born disabled', NONE, prod(offAt('all')), ''],
    ['born at `stage: off`', NONE, prod(planAt('off')), ''],
    ['born at the first stage, though nobody was served before', NONE, prod(planAt('internal')), 'staged-birth'],
    ['born at the second stage', NONE, prod(planAt('canary')), 'staged-birth'],
    ['born with a number', NONE, prod('{ enabled: true, rollout: 1 }'), 'staged-birth'],
    ['born with a rule', NONE, prod(rules(EMPLOYEES)), 'staged-rule'],
    ['born with a rule and a stage too far', NONE, prod(rules(EMPLOYEES, planRest('all'))), 'staged-birth staged-rule'],
    ['born with a rule that excludes', NONE, prod(rules(BLOCK, planRest('off'))), ''],
    [
      'born with one stage for everybody',
      NONE,
      prod(planAt('all', '{ name: all, percent: 100 }')),
      'staged-birth staged-one-step',
    ],
    [
      'born in another environment',
      flagFile({ staging: on }),
      flagFile({ staging: on, production: planAt('internal') }),
      'staged-birth',
    ],
    [
      'born in another environment, off',
      flagFile({ staging: on }),
      flagFile({ staging: on, production: planAt('off') }),
      '',
    ],
    [
      'born in another environment, at once',
      flagFile({ staging: on }),
      flagFile({ staging: on, production: on }),
      'staged-birth',
    ],
    ['never on, to the first stage', prod(offAt('off')), prod(planAt('internal')), ''],
    ['never on, to where it stands', prod(offAt('all')), prod(planAt('all')), 'staged-skip'],
    ['never on, edited and moved', prod(offAt('off')), prod(planAt('internal', EDITED)), 'staged-mixed'],
    [
      'attack 32: on again as it last served',
      prod(off),
      prod(planAt('quarter')),
      '',
      { last: prod(planAt('quarter')) },
    ],
    ['on again further back', prod(off), prod(planAt('canary')), '', { last: prod(planAt('quarter')) }],
    ['on again off', prod(off), prod(planAt('off')), '', { last: prod(planAt('quarter')) }],
    [
      'on again one further',
      prod(offAt('quarter')),
      prod(planAt('quarter')),
      'staged-restart',
      { last: prod(planAt('canary')) },
    ],
    [
      'attack: killed, raised under the kill, on again',
      prod(offAt('all')),
      prod(planAt('all')),
      'staged-restart',
      { last: prod(planAt('canary')) },
    ],
    [
      'on again with a number instead of the plan',
      prod(off),
      prod(on),
      'staged-restart',
      { last: prod(planAt('canary')) },
    ],
    [
      'on again with the number it had',
      prod(off),
      prod('{ enabled: true, rollout: 30 }'),
      '',
      { last: prod('{ enabled: true, rollout: 30 }') },
    ],
    [
      'on again with a higher number',
      prod(off),
      prod('{ enabled: true, rollout: 31 }'),
      'staged-restart',
      { last: prod('{ enabled: true, rollout: 30 }') },
    ],
    [
      'on again with a rule beside',
      prod(off),
      prod(rules(PILOT(50), planRest('canary'))),
      'staged-restart',
      { last: prod(planAt('canary')) },
    ],
    [
      'on again with an edited plan of the same reach',
      prod(off),
      prod(planAt('canary', EDITED)),
      '',
      { last: prod(planAt('canary')) },
    ],
    [
      'on again with an edited plan of a wider reach',
      prod(off),
      prod(planAt('canary', RAISED)),
      'staged-restart',
      { last: prod(planAt('canary')) },
    ],
    [
      'on again, the tier lowered meanwhile',
      flagFile({ production: off, riskTier: 'low' }),
      flagFile({ production: on, riskTier: 'low' }),
      'staged-restart',
      { last: prod(planAt('canary')), tiers: { [KEY]: 'high' } },
    ],
    [
      'on again, a value edited meanwhile',
      flagFile({ production: off, more: 'variants: { a: 1, b: 3 }\ndefault: a' }),
      flagFile({ production: planAt('canary'), more: 'variants: { a: 1, b: 3 }\ndefault: a' }),
      'staged-restart',
      { last: flagFile({ production: planAt('canary'), more: 'variants: { a: 1, b: 2 }\ndefault: a' }) },
    ],
    ['the past unknown', prod(off), prod(planAt('internal')), 'staged-history-unknown', { last: 'unknown' }],
    ['the past unknown, and nobody is served', prod(off), prod(planAt('off')), '', { last: 'unknown' }],
    ['the past says off', prod(off), prod(planAt('internal')), 'staged-history-unknown', { last: prod(off) }],
  ])('%s', async (_what, before, after, codes, options) => {
    expect(await codesOf(before, after, options)).toEqual(codes === '' ? [] : codes.split(' '));
  });

  it('on again after a segment was widened under the kill', async () => {
    const wide = { 'segments/employees.yaml': 'owner: platform-team\ndescription: P.\nwhen: { country: DE }\n' };
    const [finding] = await findingsOf(
      { ...prod(off), ...wide },
      { ...prod(planAt('internal')), ...wide },
      { last: prod(planAt('internal')) },
    );
    expect(finding?.code).toBe('staged-restart');
    expect(finding?.message).toContain('the segment `employees` changes');
    expect(
      await codesOf({ ...prod(off), ...wide }, { ...prod(planAt('off')), ...wide }, { last: prod(planAt('internal')) }),
    ).toEqual([]);
  });

  it('on again after a flag that it needs was turned on, which was off then', async () => {
    const files = (production: string, gate: string): FlagFiles => ({
      ...flagFile({ production, more: 'prerequisites: { platform.web.gate: true }' }),
      ...flagFile({ key: 'platform.web.gate', owner: 'platform-team', riskTier: 'low', production: gate }),
    });
    const [before, after] = [files(off, planAt('canary')), files(planAt('all'), planAt('canary'))];
    expect(await codesOf(before, after, { last: files(planAt('all'), off) })).toEqual(['staged-restart']);
  });

  it.each([
    ['stayed', rules(BLOCK, '5'), []],
    ['fell', rules(BLOCK, '4'), []],
    ['lost a rule that keeps people out', '{ enabled: true, rollout: 5 }', ['staged-restart']],
    ['was killed and is still', '{ enabled: false }', []],
    ['was emptied', '{ enabled: true }', []],
    ['rose', '{ enabled: true, rollout: 100 }', ['staged-restart']],
  ])('on again after a flag that it needs %s', async (_what, gate, codes) => {
    const files = (production: string, gateState: string): FlagFiles => ({
      ...flagFile({ production, more: 'prerequisites: { platform.web.gate: true }' }),
      ...flagFile({ key: 'platform.web.gate', owner: 'platform-team', riskTier: 'low', production: gateState }),
    });
    const last = files(planAt('all'), rules(BLOCK, '5'));
    expect(await codesOf(files(off, gate), files(planAt('all'), gate), { last })).toEqual(codes);
  });
});

describe('hold', () => {
  const move = [prod(planAt('canary')), prod(planAt('quarter'))] as const;

  it.each<[string, Options, string, RegExp?]>([
    ['long enough', { since: { at: new Date('2026-11-28T11:30:00Z'), source: 'host' } }, ''],
    [
      'a moment short',
      { since: { at: new Date('2026-11-28T11:30:01Z'), source: 'host' } },
      'staged-hold',
      /29 min 59 s ago/,
    ],
    ['in the future', { since: { at: new Date('2026-11-28T13:00:00Z'), source: 'host' } }, 'staged-hold', /, 0 s ago/],
    [
      'the author’s own time',
      { since: { at: new Date('2020-01-01T00:00:00Z'), source: 'unknown' } },
      'staged-hold-unknown',
      /authors’ own/,
    ],
    ['a host that does not know', { since: undefined }, 'staged-hold-unknown'],
    ['no host', { hasHost: false }, 'staged-hold-unjudged', /judged in CI/],
  ])('%s', async (_what, options, code, message) => {
    const findings = await findingsOf(...move, options);
    expect(findings.map((finding) => finding.code)).toEqual(code === '' ? [] : [code]);
    if (message !== undefined) expect(findings[0]?.message).toMatch(message);
    if (code !== '') expect(findings[0]?.severity).toBe(options.hasHost === false ? 'notice' : 'error');
  });

  it('says until when to wait', async () => {
    const [finding] = await findingsOf(...move, { since: { at: new Date('2026-11-28T11:45:00Z'), source: 'host' } });
    expect(finding?.fix).toBe('wait until 2026-11-28 12:15 UTC');
  });

  it.each([
    ['going back', planAt('quarter'), planAt('canary')],
    ['leaving off', planAt('off'), planAt('internal')],
    [
      'a stage without one',
      planAt('now', '{ name: now, percent: 5 }, { name: all, percent: 100 }'),
      planAt('all', '{ name: now, percent: 5 }, { name: all, percent: 100 }'),
    ],
    ['killing', planAt('canary'), '{ enabled: false }'],
  ])('is not asked of %s', async (_what, before, after) => {
    expect(await codesOf(prod(before), prod(after), { since: undefined })).toEqual([]);
  });

  it('is not asked of what moves nothing', async () => {
    const at = (value: number): FlagFiles =>
      flagFile({ production: planAt('internal'), more: `variants: { none: 0, some: ${value} }\ndefault: none` });
    expect(await codesOf(at(1), at(2), { since: undefined })).toEqual([]);
  });
});

describe('messages', () => {
  it.each<[string, string, string, RegExp, RegExp]>([
    [
      'a skip',
      planAt('canary'),
      planAt('all'),
      /from stage `canary` to `all`; the next stage is `quarter` \(25 %\)$/,
      /^write `stage: quarter`/,
    ],
    [
      'a replaced plan',
      planAt('canary'),
      '{ enabled: true, rollout: 60 }',
      /^a rollout of 60 % `true` takes the place of its plan, which stands at `canary` \(segment `employees`, 5 %\)$/,
      /its next stage, `quarter` \(25 %\)$/,
    ],
    [
      'a raised stage',
      planAt('canary'),
      planAt('canary', RAISED),
      /segment `employees`, 5 % → segment `employees`, 10 %/,
      /the next one, `quarter` \(25 %\)$/,
    ],
    [
      'a mix',
      planAt('canary'),
      planAt('quarter', EDITED),
      /from stage `canary` to `quarter` and edits the plan/,
      /^keep `stage: canary`/,
    ],
    [
      'a rule',
      planAt('canary'),
      rules(PILOT(50), planRest('canary')),
      /^the rule `pilot` serves another variant/,
      /\{ name: pilot, segment: … \}/,
    ],
  ])('of %s say what is, and what to write', async (_what, before, after, message, fix) => {
    const [finding] = await findingsOf(prod(before), prod(after));
    expect(finding?.message).toMatch(message);
    expect(finding?.fix).toMatch(fix);
  });
});
