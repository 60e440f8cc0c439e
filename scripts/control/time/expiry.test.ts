import { describe, expect, it } from 'vitest';
import { changeOf, flagFile, KEY, policyText, type FlagFiles } from '../testing/change.js';
import { checkExpiry } from './expiry.js';

// max 180d: up to 2027-05-27. ticket 14d, warn 0d, fail 14d.
const NOW = '2026-11-28T12:00:00Z';
const OTHER = 'payments.cart.old-sum';
const off = (more: object = {}): FlagFiles => flagFile({ riskTier: 'low', ...more });
const on = (rollout: number, expiresAt: string, more: object = {}): FlagFiles =>
  flagFile({ riskTier: 'low', expiresAt, production: `{ enabled: true, rollout: ${rollout} }`, ...more });
const old = (more: object = {}): FlagFiles => off({ key: OTHER, expiresAt: '2026-01-31', ...more });

async function findingsOf(before: FlagFiles, after: FlagFiles, now = NOW) {
  const { flags, base, result } = await changeOf(before, after);
  return checkExpiry({
    flags,
    policy: base.policy,
    now: new Date(now),
    result: () => [...result.flags.values()].map((stored) => stored.read()),
  });
}

describe('the day of a new or changed flag, at most 180d ahead', () => {
  it.each<[string, FlagFiles, FlagFiles, string]>([
    ['new, near', {}, off({ expiresAt: '2027-01-15' }), ''],
    ['new, at the farthest', {}, off({ expiresAt: '2027-05-27' }), ''],
    ['new, a day too far', {}, off({ expiresAt: '2027-05-28' }), 'expiry-too-far'],
    ['new, in the year 9999', {}, off({ expiresAt: '9999-12-31' }), 'expiry-too-far'],
    ['new experiment, too far', {}, off({ type: 'experiment', expiresAt: '2028-01-01' }), 'expiry-too-far'],
    ['new, over already', {}, off({ expiresAt: '2026-11-27' }), 'expiry-past expiry-passed'],
    ['new, today', {}, off({ expiresAt: '2026-11-28' }), 'expiry-passed'],
    ['new ops flag that never does', {}, off({ type: 'ops', expiresAt: 'never' }), ''],
    ['new permission flag with a far day', {}, off({ type: 'permission', expiresAt: '2030-01-01' }), ''],
    ['extended within', off({ expiresAt: '2027-01-15' }), off({ expiresAt: '2027-04-01' }), ''],
    ['extended too far', off({ expiresAt: '2027-01-15' }), off({ expiresAt: '2027-09-01' }), 'expiry-too-far'],
    ['made earlier', off({ expiresAt: '2027-04-15' }), off({ expiresAt: '2027-01-15' }), ''],
    [
      'made earlier, and yet too far',
      off({ expiresAt: '2029-04-15' }),
      off({ expiresAt: '2028-01-15' }),
      'expiry-too-far',
    ],
    [
      'too far as before, something else changed',
      off({ expiresAt: '2029-01-01' }),
      off({ expiresAt: '2029-01-01', runbook: null }),
      '',
    ],
    ['attack 1: never, by way of another type', off(), off({ type: 'ops', expiresAt: 'never' }), 'expiry-too-far'],
    ['attack 1: far, by way of another type', off(), off({ type: 'ops', expiresAt: '2035-01-01' }), 'expiry-too-far'],
    [
      'attack 16: the policy’s `max` raised along',
      {},
      { ...off({ expiresAt: '2028-01-01' }), 'policy.yaml': policyText.replace('180d', '999d') },
      'expiry-too-far',
    ],
  ])('%s', async (_what, before, after, codes) => {
    expect((await findingsOf(before, after)).map(({ code }) => code).join(' ')).toBe(codes);
  });

  it('tells the farthest day', async () => {
    const [finding] = await findingsOf({}, off({ expiresAt: '2028-01-01' }));
    expect(finding?.message).toMatch(/`max: 180d`, which on 2026-11-28 allows up to 2027-05-27$/);
    expect(finding?.fix).toMatch(/`expiresAt: 2027-05-27`/);
  });
});

describe('the ladder of a flag that a change touches', () => {
  const day = '2026-11-10';
  it.each<[string, FlagFiles, FlagFiles, string, string]>([
    ['15 days before', on(5, day), on(9, day), '2026-10-26T12:00:00Z', ''],
    ['14 days before', on(5, day), on(9, day), '2026-10-27T00:00:00Z', 'expiry-near notice'],
    ['the moment before', on(5, day), on(9, day), '2026-11-09T23:59:59Z', 'expiry-near notice'],
    ['on the day', on(5, day), on(9, day), '2026-11-10T00:00:00Z', 'expiry-passed warning'],
    ['13 days after', on(5, day), on(9, day), '2026-11-23T23:59:59Z', 'expiry-passed warning'],
    ['14 days after', on(5, day), on(9, day), '2026-11-24T00:00:00Z', 'expiry-failed error'],
    ['a year after', on(5, day), on(9, day), '2027-11-28T00:00:00Z', 'expiry-failed error'],
    [
      'a year after: a kill',
      on(50, day),
      off({ expiresAt: day, production: '{ enabled: false }' }),
      '2027-11-28T00:00:00Z',
      '',
    ],
    ['a year after: narrowed', on(50, day), on(5, day), '2027-11-28T00:00:00Z', ''],
    ['a year after: removed', on(50, day), {}, '2027-11-28T00:00:00Z', ''],
    ['after: extended', on(50, day), on(50, '2027-01-31'), NOW, ''],
    ['after: extended and widened', on(5, day), on(50, '2027-01-31'), NOW, ''],
    ['after: extended by too little', on(50, day), on(50, '2026-11-14'), NOW, 'expiry-failed error'],
    ['after: extended too far', on(50, day), on(50, '2029-01-31'), NOW, 'expiry-too-far error'],
    ['after: handed to another team', on(5, day), on(5, day, { runbook: null }), NOW, 'expiry-failed error'],
    [
      'after: turned on again',
      off({ expiresAt: day, production: '{ enabled: false }' }),
      on(5, day),
      NOW,
      'expiry-failed error',
    ],
    [
      'after: another flag changed',
      { ...old(), ...on(5, '2027-01-31') },
      { ...old(), ...on(9, '2027-01-31') },
      NOW,
      '',
    ],
    ['never', on(5, 'never', { type: 'ops' }), on(9, 'never', { type: 'ops' }), NOW, ''],
    ['an ops flag with a day', on(5, day, { type: 'ops' }), on(9, day, { type: 'ops' }), NOW, 'expiry-failed error'],
  ])('%s', async (_what, before, after, now, expected) => {
    expect((await findingsOf(before, after, now)).map(({ code, severity }) => `${code} ${severity}`).join(' ')).toBe(
      expected,
    );
  });

  it('says since when, and up to what day to extend', async () => {
    const [finding] = await findingsOf(on(5, day), on(9, day));
    expect(finding).toMatchObject({
      key: KEY,
      message: `\`${KEY}\` expired on 2026-11-10, and since 2026-11-24 its changes are refused`,
      fix: 'remove the flag, or extend it in this change: `expiresAt:` a day up to 2027-05-27; a kill passes as it is',
    });
  });

  it('passes over a change of comments and layout', async () => {
    const { flags, base } = await changeOf(on(5, day), on(5, day, { runbook: null }));
    const layout = flags.map((flag) => ({ ...flag, items: [] }));
    expect(checkExpiry({ flags: layout, policy: base.policy, now: new Date(NOW), result: () => [] })).toEqual([]);
  });

  it('replays: an old commit is judged by the clock that is given', async () => {
    expect(await findingsOf(on(5, day), on(9, day), '2026-06-01T00:00:00Z')).toEqual([]);
  });

  it('has only the steps that the policy has', async () => {
    const without = { 'policy.yaml': policyText.replace(/expiry:.*\n/, '') };
    expect(await findingsOf({ ...on(5, day), ...without }, { ...on(9, '2040-01-01'), ...without })).toEqual([]);
    const onlyWarns = { 'policy.yaml': policyText.replace(/expiry:.*\n/, 'expiry: { warn: 1d }\n') };
    const findings = await findingsOf({ ...on(5, day), ...onlyWarns }, { ...on(9, day), ...onlyWarns });
    expect(findings.map(({ code }) => code)).toEqual(['expiry-passed']);
  });
});

describe('new flags of a team with flags long past their day', () => {
  const fresh = off({ expiresAt: '2027-01-31' });
  it.each<[string, FlagFiles, FlagFiles, string]>([
    ['one', old(), { ...old(), ...fresh }, 'expiry-debt'],
    ['removed along', old(), fresh, ''],
    ['extended along', old(), { ...old({ expiresAt: '2027-01-31' }), ...fresh }, ''],
    [
      'handed over along',
      old(),
      { ...old({ owner: 'platform-team' }), ...fresh, '/CODEOWNERS': '* @acme/platform @acme/payments\n' },
      'expiry-failed expiry-debt',
    ],
    [
      'of another team',
      old(),
      { ...old(), ...off({ key: 'platform.web.x', owner: 'platform-team', expiresAt: '2027-01-31' }) },
      '',
    ],
    [
      'past its day, not yet past fail',
      old({ expiresAt: '2026-11-20' }),
      { ...old({ expiresAt: '2026-11-20' }), ...fresh },
      '',
    ],
    ['a change of another flag only', { ...old(), ...off() }, { ...old(), ...off({ runbook: null }) }, ''],
  ])('%s', async (_what, before, after, codes) => {
    expect((await findingsOf(before, after)).map(({ code }) => code).join(' ')).toBe(codes);
  });

  it('names them, but not all', async () => {
    const many = Object.assign(
      {},
      ...Array.from({ length: 7 }, (_, index) => old({ key: `payments.cart.old-${index}` })),
    ) as FlagFiles;
    const [finding] = await findingsOf(many, { ...many, ...fresh });
    expect(finding?.message).toMatch(
      /more than 14d past their day: `payments\.cart\.old-0`, .*`payments\.cart\.old-4` and 2 more$/,
    );
    expect(finding?.key).toBe(KEY);
  });
});
