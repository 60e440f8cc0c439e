import { describe, expect, it } from 'vitest';
import type { BlastRadiusDocument, PolicyDocument } from '../../provider/engine/index.js';
import type { Share } from '../impact/preview.js';
import { blastRadiusOf, unmeasuredRaise } from './blast-radius.js';
import type { Measured } from './measured.js';
import { populationOf, shareOf } from './testing/preview.js';

function policyWith(blastRadius: BlastRadiusDocument | undefined): PolicyDocument {
  const policy: PolicyDocument = { bucketing: 'flagd-v2', environments: ['production', 'staging'], teams: {} };
  return blastRadius === undefined ? policy : { ...policy, blastRadius };
}

function measured(changed: Share | undefined, environment = 'production'): Measured {
  return {
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    merged: 'c'.repeat(40),
    population: changed && populationOf(),
    environments: [{ environment, changed, flags: 1 }],
    findings: [],
  };
}

const exactly = (share: number, users?: number): Share => ({
  contexts: Math.round(share * 1_000),
  share,
  low: share,
  high: share,
  users: users === undefined ? undefined : { count: users, low: users, high: users },
});

const BOTH: BlastRadiusDocument = { medium: '1%', high: '10%' };

type Row = readonly [
  name: string,
  blastRadius: BlastRadiusDocument | undefined,
  changed: Share,
  why?: string | undefined,
];

const rows: readonly Row[] = [
  ['nothing without thresholds', undefined, shareOf(100)],
  ['nothing below', BOTH, shareOf(0.4)],
  ['medium by the upper end', BOTH, shareOf(0.5), 'moves up to 1 % of users in production (policy: medium from 1 %)'],
  ['high by the upper end', BOTH, shareOf(9.5), 'moves up to 10 % of users in production (policy: high from 10 %)'],
  [
    'medium right below high',
    BOTH,
    shareOf(9.49),
    'moves up to 9.99 % of users in production (policy: medium from 1 %)',
  ],
  ['an exact share at the threshold', BOTH, exactly(0.1), 'moves 10 % of users in production (policy: high from 10 %)'],
  [
    'an exact share that floats',
    { high: '29%' },
    exactly(290 / 1_000),
    'moves 29 % of users in production (policy: high from 29 %)',
  ],
  [
    'thousandths of a percent',
    { high: '0.007%' },
    exactly(7 / 100_000),
    'moves 0.007 % of users in production (policy: high from 0.007 %)',
  ],
  ['nothing a hair below thousandths', { high: '0.007%' }, exactly(6.9e-5)],
  [
    'a number of users by the upper end',
    { high: 5_000 },
    shareOf(0.1, { users: 1_000_000 }),
    'moves up to 6,000 users in production (policy: high from 5,000)',
  ],
  ['nothing below a number', { high: 5_000 }, exactly(0.5, 4_999)],
  [
    'an exact number',
    { medium: 5_000 },
    exactly(0.5, 5_000),
    'moves 5,000 users in production (policy: medium from 5,000)',
  ],
  [
    'a number of users that nobody knows',
    { high: 5_000 },
    shareOf(0.1),
    'moves users, nobody knows how many, in production (policy: high from 5,000)',
  ],
  ['nothing where nobody changes, however many there are', { high: 5_000 }, { ...shareOf(0), high: 0.02 }],
  [
    'a share where none of few contexts changes',
    BOTH,
    { ...shareOf(0), high: 0.037 },
    'moves up to 3.7 % of users in production (policy: medium from 1 %)',
  ],
  [
    'the share of high before the number of medium',
    { medium: 10, high: '10%' },
    shareOf(20),
    'moves up to 20.5 % of users in production (policy: high from 10 %)',
  ],
  [
    'medium so right below high',
    BOTH,
    exactly(0.0999999),
    'moves 9.99999 % of users in production (policy: medium from 1 %)',
  ],
  [
    'high by a share that only noise holds below it',
    BOTH,
    exactly(0.1 - 2e-17),
    'moves 10 % of users in production (policy: high from 10 %)',
  ],
  [
    'medium by a number right below that of high',
    { medium: 5_000, high: 5_000_000 },
    exactly(0.5, 4_999_999),
    'moves 4,999,999 users in production (policy: medium from 5,000)',
  ],
  [
    'its own thresholds in place of the general ones',
    { ...BOTH, environments: { production: { high: '50%' } } },
    shareOf(20),
  ],
  ['none where it has none', { ...BOTH, environments: { production: {} } }, shareOf(100)],
  [
    'the general ones where another has its own',
    { ...BOTH, environments: { staging: {} } },
    shareOf(20),
    'moves up to 20.5 % of users in production (policy: high from 10 %)',
  ],
];

describe('blast radius', () => {
  it.each(rows.map((row) => [row[0], row] as const))('raises for %s', (_, [, blastRadius, changed, why]) => {
    const terms = { policy: policyWith(blastRadius), isReducing: false };
    const { environments } = blastRadiusOf(measured(changed), terms);
    expect(environments.map(({ raise }) => raise?.why)).toEqual([why]);
    const tier = why === undefined ? undefined : /policy: (\w+)/.exec(why)?.[1];
    expect(environments[0]?.raise?.tier).toBe(tier);
    expect(environments[0]?.changed).toBe(changed);
  });

  it('never raises a reduction, and keeps its figures', () => {
    const radius = blastRadiusOf(measured(shareOf(80)), { policy: policyWith(BOTH), isReducing: true });
    expect(radius.environments).toEqual([
      { environment: 'production', changed: shareOf(80), flags: 1, raise: undefined },
    ]);
  });

  it('raises nothing by an estimate', () => {
    const radius = blastRadiusOf(measured(undefined), { policy: policyWith(BOTH), isReducing: false });
    expect(radius.population).toBeUndefined();
    expect(radius.environments.map(({ raise }) => raise)).toEqual([undefined]);
  });

  it.each([
    ['the highest tier that has a threshold', BOTH, 'high from 10 %'],
    ['medium where high has none', { medium: 5_000 }, 'medium from 5,000'],
    ['by its own thresholds', { ...BOTH, environments: { production: { medium: '3%' } } }, 'medium from 3 %'],
    ['nothing where it has none', { ...BOTH, environments: { production: {} } }, undefined],
    ['nothing without thresholds', undefined, undefined],
  ] as const)('of users that nobody measured raises %s', (_, blastRadius, law) => {
    const raise = unmeasuredRaise('production', policyWith(blastRadius));
    const words = (subject: string): string =>
      `nobody measured how many users ${subject} moves in production (policy: ${law})`;
    expect([raise?.reason.why, raise?.ofGroup.why]).toEqual(
      law === undefined ? [undefined, undefined] : [words('it'), words('the whole group')],
    );
  });

  it('takes an environment that is named like a property of every object for what it is', () => {
    const terms = { policy: policyWith({ high: '10%', environments: { staging: {} } }), isReducing: false };
    const { environments } = blastRadiusOf(measured(shareOf(20), 'constructor'), terms);
    expect(environments[0]?.raise?.tier).toBe('high');
  });
});
