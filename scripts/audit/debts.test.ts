import { describe, expect, it } from 'vitest';
import { reviewsOf } from './debts.js';
import type { MergeEvidence } from './evidence.js';

const kill = 'a'.repeat(40);
const other = `${'a'.repeat(9)}${'b'.repeat(31)}`;
const review = 'c'.repeat(40);

const commit = (id: string, ...trailers: readonly (readonly [string, string])[]) => ({
  id,
  parents: [],
  message: '',
  date: 0,
  trailers: trailers.map(([key, value]) => ({ key, value })),
});
const owed = [commit(kill, ['Review', 'owed']), commit(other, ['Review', 'owed'])];

const rows: readonly (readonly [
  what: string,
  reviewed: string,
  evidence: Readonly<Record<string, MergeEvidence>>,
  states: readonly string[],
])[] = [
  ['a trailer alone proves nothing', kill, {}, ['owed', 'owed']],
  ['approvals without a trailer are for something else', '', { [review]: { approvers: ['eve'] } }, ['owed', 'owed']],
  ['a trailer with approvals', kill, { [review]: { approvers: ['eve'] } }, ['given', 'owed']],
  ['a record without approvals', kill, { [review]: { approvers: [] } }, ['owed', 'owed']],
  ['a short hash', kill.slice(0, 10), { [review]: { approvers: ['eve'] } }, ['given', 'owed']],
  ['a short hash of two', kill.slice(0, 9), { [review]: { approvers: ['eve'] } }, ['owed', 'owed']],
  ['a later record of the commit itself', '', { [other]: { approvers: ['eve'] } }, ['owed', 'given']],
];

describe('reviewsOf', () => {
  it.each(rows)('%s', (_what, reviewed, evidence, states) => {
    const line = [...owed, commit(review, ...(reviewed === '' ? [] : [['Reviewed', reviewed] as const]))];
    const reviews = reviewsOf(line, (id) => (Object.hasOwn(evidence, id) ? evidence[id] : undefined));
    expect([reviews.size, reviews.get(kill)?.state, reviews.get(other)?.state]).toEqual([2, ...states]);
  });

  it('takes no review that came before', () => {
    const line = [commit(review, ['Reviewed', kill]), ...owed];
    expect(reviewsOf(line, () => ({ approvers: ['eve'] })).get(kill)?.state).toBe('given');
    expect(reviewsOf(line, (id) => (id === review ? { approvers: ['eve'] } : undefined)).get(kill)?.state).toBe('owed');
  });
});
