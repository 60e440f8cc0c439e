import { describe, expect, it } from 'vitest';
import type { RiskTier } from '../../../provider/engine/index.js';
import { changeOf, flagFile, KEY, planAt, policyText, type FlagFiles } from '../testing/change.js';
import { checkReason, checkRunbooks } from './demands.js';

const REASON = '## Reason\nThe pilot ran two weeks.';

describe('a reason where the tier asks', () => {
  it.each<[string, RiskTier, string | undefined, readonly string[], boolean]>([
    ['high, with one', 'high', REASON, ['Widen'], false],
    ['high, with a trailer', 'high', undefined, ['Widen\n\nReason: The pilot ran.'], false],
    ['high, none', 'high', '## Reason\n', ['Widen'], true],
    ['high, no pull request', 'high', undefined, ['Widen'], true],
    ['medium, none', 'medium', 'Text', [], true],
    ['low, none', 'low', '', [], false],
  ])('%s', async (_what, tier, body, messages, isRefused) => {
    const { base } = await changeOf({}, {});
    const findings = checkReason(tier, base.policy, { body, messages });
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual(
      isRefused ? [['reason-missing', 'error']] : [],
    );
    if (isRefused) expect(findings[0]?.message).toMatch(body === undefined ? /^no commit/ : /^neither the description/);
  });
});

describe('a runbook where the tier asks', () => {
  const bare = (more: object = {}): FlagFiles => flagFile({ runbook: null, ...more });
  it.each<[string, FlagFiles, FlagFiles, boolean]>([
    ['a new high flag with one', {}, flagFile(), false],
    ['a new high flag without', {}, bare(), true],
    ['a new low flag without', {}, bare({ riskTier: 'low' }), false],
    ['removed', flagFile(), bare(), true],
    ['attack 1: removed with the tier lowered', flagFile(), bare({ riskTier: 'low' }), true],
    ['a low flag that becomes high', bare({ riskTier: 'low' }), bare(), true],
    [
      'had none, and is killed',
      bare({ production: planAt('canary') }),
      bare({ production: '{ enabled: false }' }),
      false,
    ],
    ['had none, and is widened', bare({ production: planAt('canary') }), bare({ production: planAt('quarter') }), true],
    [
      'killed, and removed along',
      flagFile({ production: planAt('canary') }),
      bare({ production: '{ enabled: false }' }),
      true,
    ],
    ['the flag removed', bare(), {}, false],
    [
      'attack 16: the policy stops to ask along',
      flagFile(),
      { ...bare(), 'policy.yaml': policyText.replace(', runbook: required', '') },
      true,
    ],
  ])('%s', async (_what, before, after, isRefused) => {
    const { flags, base, result } = await changeOf(before, after);
    const tiers = new Set([base, result].map((side) => side.flags.get(KEY)?.read().riskTier));
    const findings = checkRunbooks(flags, base.policy, () => (tiers.has('high') ? 'high' : 'low'));
    expect(findings.map(({ code, key }) => [code, key])).toEqual(isRefused ? [['runbook-missing', KEY]] : []);
  });
});
