import { describe, expect, it } from 'vitest';
import { claimedApprovers, owesReview, pullRequestOf, reviewedCommits, revertsOf } from './message.js';

describe('pullRequestOf', () => {
  const rows: readonly (readonly [message: string, number: number | undefined])[] = [
    ['Ramp (#12)', 12],
    ['Revert "Ramp (#12)" (#14)', 14],
    ['Revert "Ramp (#12)"', undefined],
    ['Merge pull request #7 from acme/topic\n\nRamp (#12)', 7],
    ["Merge branch 'x' into 'main'\n\nRamp\n\nSee merge request acme/sub.group/flags!15", 15],
    ["Merge branch 'x' into 'main'\n\nSee merge request !16", 16],
    ["Merge branch 'x' into 'main'\n\nSee merge request a/b!1\n\nSee merge request acme/flags!15", 15],
    ['Ramp\n\nSee merge request acme/flags!15 for more', undefined],
    ['Ramp, as in #12', undefined],
    ['Ramp (#1234567890)', undefined],
    ['', undefined],
  ];

  it.each(rows)('%j', (message, number) => {
    expect(pullRequestOf({ message })).toBe(number);
  });
});

describe('revertsOf', () => {
  const hash = 'a'.repeat(40);
  const rows: readonly (readonly [message: string, commits: readonly string[], pullRequests: readonly number[]])[] = [
    [`Revert "x"\n\nThis reverts commit ${hash}.`, [hash], []],
    [`Revert "x"\n\nThis reverts commit ${hash}, reversing\nchanges made to ${'b'.repeat(40)}.`, [hash], []],
    ['Revert "x"\n\nThis reverts\ncommit abcdef0123.', ['abcdef0123'], []],
    ['Revert "x" (#14)\n\nReverts acme/flags#12', [], [12]],
    ['Revert "x"\n\nReverts #12', [], [12]],
    ['Revert "x"\n\nThis reverts merge request !15', [], [15]],
    ['Revert "x"\n\nThis reverts merge request acme/sub/flags!15', [], [15]],
    ['It reverts commit abcdef0123', [], []],
    ['This reverts commit zzz', [], []],
  ];

  it.each(rows)('%j', (message, commits, pullRequests) => {
    expect(revertsOf({ message })).toEqual({ commits, pullRequests });
  });

  it('takes no longer than the message', () => {
    const start = `${'See merge request '.repeat(20_000)}\nThis reverts commit `;
    expect(revertsOf({ message: start.repeat(20) })).toEqual({ commits: [], pullRequests: [] });
    expect(pullRequestOf({ message: `x\nSee merge request ${'a/'.repeat(100_000)}!1` })).toBeUndefined();
  });
});

describe('trailers', () => {
  const of = (...trailers: readonly (readonly [string, string])[]) => ({
    trailers: trailers.map(([key, value]) => ({ key, value })),
  });

  it('are read in any case', () => {
    expect(claimedApprovers(of(['reviewed-BY', 'Eve'], ['Approved-by', 'Dan'], ['Approved-by', 'Eve']))).toEqual([
      'Eve',
      'Dan',
    ]);
    expect([owesReview(of(['REVIEW', 'Owed'])), owesReview(of(['Review', 'given']))]).toEqual([true, false]);
    expect(reviewedCommits(of(['reviewed', 'abcdef0'], ['Reviewed', 'abc'], ['Reviewed', 'by me']))).toEqual([
      'abcdef0',
    ]);
  });
});
