import { describe, expect, it } from 'vitest';
import { neededApprovals } from './needed.js';
import { demandOf, file } from './testing/pull-request.js';

const files = [
  file('flags/payments/a.yaml', ['@acme/payments']),
  file('flags/payments/b.yaml', ['@Acme/payments'], ['@acme/growth', '@acme/payments']),
];

describe('what a change needs, without reviews', () => {
  it.each([
    [
      'approvals',
      { approvals: 2 },
      [
        'needs 2 approvals of commit aaaaaaaaaa… by people with write access who did not work on the change',
        'one of @acme/growth or @acme/payments must be among those who approve: flags/payments/b.yaml (changed)',
        'one of @acme/payments must be among those who approve: flags/payments/a.yaml and flags/payments/b.yaml (changed)',
      ],
    ],
    [
      'one approval, of a file that nobody owns',
      { approvals: 1, files: [file('a', [])] },
      [
        'needs 1 approval of commit aaaaaaaaaa… by somebody with write access who did not work on the change',
        'nobody can approve a (changed): it has no owner in CODEOWNERS',
      ],
    ],
    [
      'none',
      { approvals: 0, files: [file('a', ['@acme/payments'])] },
      [
        'needs no approval where everybody who made the change belongs to the owners of all its files',
        'otherwise an approval by one of @acme/payments: a (changed)',
      ],
    ],
    [
      'none, for a reduction',
      { approvals: 0, isReducing: true, files: [file('a', ['@acme/payments'])] },
      [
        'needs no approval to merge; a review is owed afterwards where the author does not own the files',
        'owed by one of @acme/payments: a (changed)',
      ],
    ],
    [
      'none, for a reduction that owes a review',
      { approvals: 0, isReducing: true, isReviewOwed: true, files: [] },
      ['needs no approval to merge; a review is owed afterwards'],
    ],
  ])('%s', (_, demand, lines) => {
    const needed = neededApprovals(demandOf({ files, ...demand }));
    expect(needed).toMatchObject({ approvals: demand.approvals, lines });
    expect(needed.owners).toHaveLength(lines.length - 1);
  });
});
