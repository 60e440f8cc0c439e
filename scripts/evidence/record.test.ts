import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PullRequest } from '../approval/pull-request.js';
import { files, highFlag, lowFlag, mediumFlag } from '../control/testing/company.js';
import { digestOf } from './record.js';
import { MainBranch } from './testing/main-branch.js';

let main: MainBranch;

beforeEach(async () => {
  main = await MainBranch.create();
});

afterEach(() => main.dispose());

describe('a record', () => {
  it.each(['merge', 'squash', 'rebase'] as const)('tells all of a pull request that was merged by %s', async (how) => {
    const base = await main.repository.git('rev-parse', 'main');
    const commits = await main.merge(7, { [files.medium]: mediumFlag('6') }, { how, approvers: ['pat'] });
    const { recorded, findings } = await main.record();
    expect(findings).toEqual([]);
    expect(recorded.map(({ record }) => record.commit)).toEqual(commits);
    const record = await main.recordOf(commits[0] ?? '');
    expect(record).toMatchObject({
      version: 1,
      branch: 'main',
      commit: commits[0],
      parent: base,
      tree: await main.repository.git('rev-parse', `${commits[0]}^{tree}`),
      change: { base, result: commits[0], part: 1, parts: 1 },
      pullRequest: { number: 7, merge: { at: '2026-12-01T12:00:00Z', by: 'olga', commit: commits[0] } },
      control: {
        policy: await main.repository.git('rev-parse', `${base}:flags/policy.yaml`),
        codeowners: [{ path: 'CODEOWNERS', blob: await main.repository.git('rev-parse', `${base}:CODEOWNERS`) }],
      },
      owners: [{ owners: [{ handle: '@acme/payments', members: ['mallory', 'pat', 'pia'] }], files: [files.medium] }],
      verdict: {
        outcome: 'passes',
        tier: 'medium',
        isReducing: false,
        reason: 'We need it for the pilot.',
        needed: 1,
        approvers: ['pat'],
      },
      debt: null,
      previous: null,
    });
    expect(record.digest).toBe(digestOf(record));
    expect(await main.codes()).toEqual([]);
  });

  it('stands on each commit of a pull request that was rebased, and says its part', async () => {
    const commits = await main.merge(
      7,
      { [files.medium]: mediumFlag('7') },
      {
        how: 'rebase',
        approvers: ['pat'],
        earlier: [{ [files.medium]: mediumFlag('6') }, { [files.low]: lowFlag('11') }],
      },
    );
    expect(commits).toHaveLength(3);
    await main.record();
    const records = await Promise.all(commits.map((commit) => main.recordOf(commit)));
    const [base, result] = [records[0]?.parent, commits[2]];
    expect(records.map(({ change }) => change)).toEqual([1, 2, 3].map((part) => ({ base, result, part, parts: 3 })));
    expect(records.map(({ previous }) => previous)).toEqual([null, records[0]?.digest, records[1]?.digest]);
    expect(await main.verify()).toMatchObject({ commits: 3, findings: [] });
  });

  it('of a direct push says that there was no pull request', async () => {
    const commit = await main.push({ [files.medium]: mediumFlag('6') });
    await main.record();
    expect(await main.recordOf(commit)).toMatchObject({ pullRequest: null, debt: null, verdict: { tier: 'medium' } });
  });

  it('of the first commit of all has nothing to judge', async () => {
    const commit = await main.repository.git('rev-parse', 'main');
    await main.record();
    expect(await main.recordOf(commit)).toMatchObject({ parent: null, verdict: null, pullRequest: null });
  });

  it('of a kill by direct push has its debt, where the policy allows it', async () => {
    const policy = `${await main.repository.git('show', 'main:flags/policy.yaml')}\nreducing: { direct: true, reviewWithin: 12h }\n`;
    await main.push({ [files.policy]: policy });
    await main.record();
    const killed = { [files.medium]: mediumFlag('5').replace('enabled: true', 'enabled: false') };
    const commit = await main.push(killed, 'Kill it\n\nReason: errors\nReview: owed\n');
    await main.record();
    expect(await main.recordOf(commit)).toMatchObject({
      pullRequest: null,
      debt: { owners: [['@acme/payments']], within: '12h' },
      verdict: { isReducing: true },
    });
    const since = await main.repository.git('rev-parse', 'main^');
    expect(await main.codes({ since })).toEqual([`review-owed ${commit}`]);
  });

  it('leaves nothing in the clone but the records, and writes none twice', async () => {
    await main.merge(7, { [files.low]: lowFlag('12') });
    const folder = await main.clone();
    const before = await main.git('-C', folder, 'status', '--porcelain=v2', '--branch');
    expect((await main.record({}, folder)).recorded).toHaveLength(1);
    expect((await main.record({}, folder)).recorded).toEqual([]);
    expect(await main.git('-C', folder, 'status', '--porcelain=v2', '--branch')).toBe(before);
    const refs = await main.git('-C', folder, 'for-each-ref', '--format=%(refname)');
    expect(refs.split('\n')).toEqual([
      'refs/heads/main',
      'refs/notes/guidon-evidence',
      'refs/remotes/origin/HEAD',
      'refs/remotes/origin/main',
    ]);
  });

  it('takes what came before it on the next run, and what was refused is named by it', async () => {
    await main.record();
    const [first = ''] = await main.merge(7, { [files.high]: highFlag('canary') }, { approvers: ['pat'] });
    const [second = ''] = await main.merge(8, { [files.low]: lowFlag('12') });
    await main.record();
    expect((await main.recordOf(first)).verdict).toMatchObject({ outcome: 'refused', tier: 'high', needed: 2 });
    expect((await main.recordOf(second)).verdict).toMatchObject({ outcome: 'passes', tier: 'low' });
  });

  it('is not written where nobody could read it later', async () => {
    const tells = ({ reviews }: PullRequest) => ({ reviews: reviews.map((review) => ({ ...review, commit: 'x' })) });
    await main.merge(7, { [files.low]: lowFlag('12') }, { approvers: ['pat'], tells });
    await expect(main.record()).rejects.toThrow('/pullRequest/reviews/0/commit must match pattern');
  });

  it('keeps what the host told of the hold of a stage, for the one who verifies', async () => {
    const stages = ['internal', 'canary', 'quarter'].map((stage) =>
      highFlag(stage).replace('percent: 5', 'percent: 5, hold: 30m'),
    );
    const [internal = ''] = await main.merge(7, { [files.high]: stages[0] ?? '' }, { approvers: ['pat', 'pia'] });
    const [canary = ''] = await main.merge(8, { [files.high]: stages[1] ?? '' }, { approvers: ['pat', 'pia'] });
    const [quarter = ''] = await main.merge(9, { [files.high]: stages[2] ?? '' }, { approvers: ['pat', 'pia'] });
    await main.record({ since: canary });
    expect(await main.recordOf(quarter)).toMatchObject({ mergeTimes: { [canary]: '2026-12-01T12:01:00.000Z' } });
    const { findings } = await main.verify();
    expect(findings.map(({ code, commit }) => [code, commit])).toEqual([
      [expect.stringMatching(/hold|stage/), quarter],
    ]);
    expect(internal).not.toBe('');
  });

  it('never overwrites a note that is there', async () => {
    const [commit = ''] = await main.merge(7, { [files.low]: lowFlag('12') });
    await main.overwrite(commit, 'mine');
    const since = await main.repository.git('rev-parse', `${commit}^`);
    const { recorded, kept, findings } = await main.record({ since });
    expect(recorded).toEqual([]);
    expect(kept).toEqual([commit]);
    expect(findings).toMatchObject([{ code: 'evidence-invalid', commit }]);
    expect(await main.codes()).toContain(`evidence-invalid ${commit}`);
  });
});

describe('two jobs that race', () => {
  it('both get their records in, behind one another', async () => {
    await main.record();
    const [first = ''] = await main.merge(7, { [files.low]: lowFlag('12') });
    const [second = ''] = await main.merge(8, { [files.low]: lowFlag('13') });
    const third = await main.merge(9, { [files.low]: lowFlag('14') });
    const folders = [await main.clone(), await main.clone(), await main.clone()];
    const since = [await main.repository.git('rev-parse', `${first}^`), first, second];
    const outcomes = await Promise.all(folders.map((folder, index) => main.record({ since: since[index] }, folder)));
    const written = outcomes.flatMap(({ recorded }) => recorded.map(({ record }) => record.commit));
    expect(written.toSorted()).toEqual([first, second, ...third].toSorted());
    expect(await main.verify()).toMatchObject({ commits: 4, findings: [] });
  });
});
