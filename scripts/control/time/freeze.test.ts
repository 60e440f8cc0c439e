import { describe, expect, it } from 'vitest';
import { changeOf, flagFile, KEY, planAt, policyText, type FlagFiles } from '../testing/change.js';
import { checkFreezes } from './freeze.js';

const IN_FREEZE = '2026-12-24T18:00:00Z';
const low = (production: string | undefined, more: object = {}): FlagFiles =>
  flagFile({ riskTier: 'low', production, ...more });
const number = (rollout: number): FlagFiles => low(`{ enabled: true, rollout: ${rollout} }`);

async function findingsOf(before: FlagFiles, after: FlagFiles, now: string) {
  const { flags, base } = await changeOf(before, after);
  return checkFreezes(flags, base.policy, new Date(now));
}

const moved: FlagFiles = { 'policy.yaml': policyText.replace('from: 2026-12-20', 'from: 2026-12-31') };
const gone: FlagFiles = { 'policy.yaml': policyText.replace(/freezes:[^]*$/, '') };
const longer: FlagFiles = {
  'policy.yaml': `${policyText}  - { from: 2026-12-23, until: 2027-01-05T06:30:00+01:00, reason: Audit. }\n`,
};

describe('a freeze', () => {
  it.each<[string, FlagFiles, FlagFiles, string, boolean]>([
    ['a widening before it', number(5), number(6), '2026-12-19T23:59:59Z', false],
    ['a widening at its first moment', number(5), number(7), '2026-12-20T00:00:00Z', true],
    ['a widening within', number(5), number(7), IN_FREEZE, true],
    ['a widening at its last moment', number(5), number(7), '2027-01-01T23:59:59.999Z', true],
    ['a widening at its end', number(5), number(7), '2027-01-02T00:00:00Z', false],
    ['a narrowing', number(50), number(5), IN_FREEZE, false],
    ['a kill', number(50), low('{ enabled: false }'), IN_FREEZE, false],
    ['a stage back', low(planAt('quarter')), low(planAt('canary')), IN_FREEZE, false],
    ['a stage on', low(planAt('canary')), low(planAt('quarter')), IN_FREEZE, true],
    ['attack 32: on again', low('{ enabled: false }'), number(50), IN_FREEZE, true],
    [
      'attack 33: a kill that opens for some',
      number(50),
      low('{ enabled: true, rules: [{ name: x, when: { country: DE }, serve: true }] }'),
      IN_FREEZE,
      true,
    ],
    ['a description', number(5), low('{ enabled: true, rollout: 5 }', { runbook: null }), IN_FREEZE, false],
    ['a new flag that is off', {}, low(undefined), IN_FREEZE, false],
    ['a new flag that is on', {}, number(10), IN_FREEZE, true],
    ['a flag removed', number(50), {}, IN_FREEZE, true],
    ['a flag removed that was off everywhere', low(undefined), {}, IN_FREEZE, true],
    ['another salt', number(50), low('{ enabled: true, rollout: 50 }', { more: 'salt: another' }), IN_FREEZE, true],
    ['attack 16: the freeze moved away along', number(5), { ...number(7), ...moved }, IN_FREEZE, true],
    ['attack 16: the freeze removed along', number(5), { ...number(7), ...gone }, IN_FREEZE, true],
    ['the freeze removed alone', number(5), { ...number(5), ...gone }, IN_FREEZE, false],
    ['a freeze that only this change brings', { ...number(5), ...gone }, number(7), IN_FREEZE, false],
  ])('%s', async (_what, before, after, now, isRefused) => {
    const codes = (await findingsOf(before, after, now)).map(({ code, severity, key }) => [code, severity, key]);
    expect(codes).toEqual(isRefused ? [['freeze', 'error', KEY]] : []);
  });

  it('names its reason, its end in UTC, and the way on', async () => {
    const [finding] = await findingsOf(number(5), number(7), IN_FREEZE);
    expect(finding?.message).toMatch(/until 2027-01-02 00:00 UTC \(“Year's end\.”\).* in production another value/);
    expect(finding?.fix).toMatch(/^wait until 2027-01-02 00:00 UTC; a kill/);
  });

  it('is the one that ends last where there are several', async () => {
    const [finding] = await findingsOf({ ...number(5), ...longer }, { ...number(7), ...longer }, IN_FREEZE);
    expect(finding?.message).toMatch(/2027-01-05 05:30 UTC \(“Audit\.”\)/);
  });

  it('looks at all environments of a flag', async () => {
    const both = (rollout: number): FlagFiles =>
      flagFile({
        production: `{ enabled: true, rollout: ${rollout} }`,
        staging: `{ enabled: true, rollout: ${rollout} }`,
      });
    const [finding, other] = await findingsOf(both(5), both(50), IN_FREEZE);
    expect(finding?.message).toContain('in production and staging');
    expect(other).toBeUndefined();
  });
});
