import { describe, expect, it } from 'vitest';
import type { FlagChange } from '../change/change.js';
import { PREVIEWS } from '../impact/testing/previews.js';
import type { Finding } from './finding.js';
import { verdictMarkdown } from './verdict-markdown.js';
import type { Verdict } from './verdict.js';

/** What GitHub refuses a comment beyond. */
const MAX_COMMENT = 65_536;

/** Less what the changes may take. */
const MAX_LENGTH = MAX_COMMENT - 40_000;

/** Every character is escaped. */
const LONG = '*'.repeat(5_000);

const finding: Finding = { code: 'staged-plan', severity: 'error', message: LONG, fix: `${LONG}\nrollout: 5` };

const verdict: Verdict = {
  outcome: 'refused',
  base: '0'.repeat(40),
  head: '1'.repeat(40),
  merged: '2'.repeat(40),
  tier: 'high',
  flagTiers: new Map(),
  tierReasons: Array.from({ length: 100 }, () => ({ tier: 'high', why: LONG })),
  isReducing: false,
  notReducingBecause: [LONG, LONG],
  reason: LONG,
  approvals: {
    needed: { approvals: 2, owners: [{ owners: ['@acme/all'], files: ['a'], why: 'modified' }], lines: [] },
    judged: undefined,
  },
  blastRadius: undefined,
  usersRaises: [],
  findings: Array.from({ length: 100 }, () => finding),
  problems: [],
  flags: [],
};

describe('a comment', () => {
  it('is never longer than the host takes, and says what is left out', () => {
    const lines = Array.from({ length: 100 }, () => LONG);
    const { needed, judged } = verdict.approvals;
    const text = verdictMarkdown(
      { ...verdict, approvals: { needed: needed && { ...needed, lines }, judged } },
      'change',
    );
    expect(text.length).toBeLessThan(MAX_LENGTH);
    expect(text).toMatch(/\n- and \d+ more; `flagctl check` prints them all\n/);
    expect(text).toContain('\n  - and 96 more reasons\n');
    expect(text).toContain('\n  - and 92 more such lines; --json has them all\n');
  });

  it('with a preview is no longer, whatever the change', () => {
    const flags = Array.from({ length: 200 }, (_, index): FlagChange => ({
      key: `a.b.flag-${index}`,
      status: index % 2 === 0 ? 'changed' : 'reached',
      before: undefined,
      after: undefined,
      items: Array.from({ length: 20 }, () => ({
        environment: 'production',
        kind: 'description',
        text: 'x'.repeat(500),
      })),
      effects: [],
      via: ['segment employees'],
    }));
    const { needed, judged } = verdict.approvals;
    const lines = Array.from({ length: 100 }, () => LONG);
    const full = { ...verdict, flags, approvals: { needed: needed && { ...needed, lines }, judged } };
    const text = verdictMarkdown(full, 'change', PREVIEWS.hostile);
    expect(text.length).toBeLessThan(MAX_COMMENT);
    expect(text.length).toBeGreaterThan(MAX_COMMENT / 2);
    expect(text).toContain('get something else in');
    expect(text).toContain('#### `a.b.flag-0`');
    expect(text).toContain('`a.b.flag-1`');
  });

  it('names the errors first, and counts them', () => {
    const notice: Finding = { code: 'widening-cumulative', severity: 'notice', message: 'much' };
    const error: Finding = { code: 'reason-missing', severity: 'error', message: 'none' };
    const text = verdictMarkdown({ ...verdict, findings: [notice, error] }, 'change');
    expect(text).toMatch(/^### ❌ Refused: 1 error\n/);
    expect(text.indexOf('reason-missing')).toBeLessThan(text.indexOf('widening-cumulative'));
  });

  it('of a group speaks of the group', () => {
    const text = verdictMarkdown({ ...verdict, outcome: 'passes', findings: [] }, 'group');
    expect(text).toMatch(/^### ✅ The group may be merged\n/);
    expect(text).toContain('- **Approvals:** of each pull request, at its own head\n');
  });
});
