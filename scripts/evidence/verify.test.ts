import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PullRequest } from '../approval/pull-request.js';
import { files, highFlag, lowFlag, mediumFlag } from '../control/testing/company.js';
import { recordText, sealed, type EvidenceRecord } from './record.js';
import { MainBranch } from './testing/main-branch.js';

let main: MainBranch;

beforeEach(async () => {
  main = await MainBranch.create();
  await main.record();
});

afterEach(() => main.dispose());

/** A merge that was approved and recorded; gives its commit. */
async function merged(number: number, rollout: string): Promise<string> {
  const [commit = ''] = await main.merge(number, { [files.medium]: mediumFlag(rollout) }, { approvers: ['pat'] });
  await main.record();
  return commit;
}

/** Records with one edited, and its digest made to fit. */
function resealed(
  records: readonly EvidenceRecord[],
  edit: (record: EvidenceRecord) => EvidenceRecord,
): EvidenceRecord[] {
  return records.map((record) => {
    const edited = edit(record);
    return edited === record ? record : sealed(edited, edited.previous);
  });
}

describe('a controlled main branch', () => {
  it('is verified, and the next time only what is new', async () => {
    await merged(7, '6');
    const [second] = await main.merge(8, { [files.low]: lowFlag('12') }, { how: 'squash' });
    await main.merge(9, { [files.low]: lowFlag('14') }, { how: 'rebase', earlier: [{ [files.low]: lowFlag('13') }] });
    await main.record();
    const folder = await main.clone();
    expect(await main.verify({}, folder)).toMatchObject({ commits: 5, since: null, findings: [] });
    const tip = await main.repository.git('rev-parse', 'main');
    expect(await main.verify({}, folder)).toMatchObject({ commits: 0, since: tip, findings: [] });
    const third = await merged(10, '7');
    expect(await main.verify({}, folder)).toMatchObject({ commits: 1, since: tip, tip: third, findings: [] });
    expect(await main.verify({ since: second }, folder)).toMatchObject({ commits: 3, findings: [] });
  });

  it('has records: where none were fetched, it says how', async () => {
    await main.remote(['update-ref', '-d', 'refs/notes/guidon-evidence']);
    await expect(main.verify()).rejects.toThrow('git fetch origin refs/notes/guidon-evidence');
  });

  it('names a commit until it is settled with --since', async () => {
    const folder = await main.clone();
    const commit = await main.push({ [files.medium]: mediumFlag('6') });
    await main.record();
    expect(await main.codes({}, folder)).toEqual([`direct-push ${commit}`]);
    expect(await main.codes({}, folder)).toEqual([`direct-push ${commit}`]);
    expect(await main.codes({ since: commit }, folder)).toEqual([]);
    expect(await main.codes({}, folder)).toEqual([]);
  });
});

describe('attack 35: a push around the review', () => {
  it('directly, before anything recorded it', async () => {
    const commit = await main.push({ [files.medium]: mediumFlag('6') });
    expect(await main.codes()).toEqual([`evidence-missing ${commit}`]);
  });

  it('directly, recorded by the job', async () => {
    const commit = await main.push({ [files.high]: highFlag('canary') });
    await main.record();
    const { findings } = await main.verify();
    expect(findings).toMatchObject([{ code: 'direct-push', commit, severity: 'error' }]);
    expect(findings[0]?.message).toContain('its tier is high');
  });

  it('directly, with a message that claims a pull request', async () => {
    await merged(7, '6');
    const commit = await main.push({ [files.medium]: mediumFlag('7') }, 'Merge pull request #7 from acme/change-7');
    await main.record();
    expect(await main.codes()).toEqual([`direct-push ${commit}`]);
  });

  it('directly, with the words of a kill, which raises', async () => {
    const policy = await main.repository.git('show', 'main:flags/policy.yaml');
    const allowed = await main.push({ [files.policy]: `${policy}\nreducing: { direct: true }\n` });
    const commit = await main.push({ [files.medium]: mediumFlag('6') }, 'Kill\n\nReason: errors\nReview: owed\n');
    await main.record({ since: allowed });
    expect(await main.codes({ since: allowed })).toEqual([`direct-push ${commit}`]);
  });

  it('by an admin who merges without approvals', async () => {
    const [commit] = await main.merge(7, { [files.medium]: mediumFlag('6') });
    await main.record();
    const codes = await main.codes();
    expect(codes).toContain(`approvals-missing ${commit}`);
  });

  it('by an admin who merges a high flag with one approval of two', async () => {
    const [commit] = await main.merge(7, { [files.high]: highFlag('canary') }, { approvers: ['pat'] });
    await main.record();
    expect(await main.codes()).toEqual([`approvals-missing ${commit}`]);
  });

  it.each([
    ['came after the merge', { submittedAt: '2026-12-01T12:59:00Z' }],
    ['was of an older head', { commit: 'a'.repeat(40) }],
    ['was dismissed', { state: 'dismissed' as const }],
    ['was the author’s own', { login: 'mallory' }],
  ])('by a merge whose approval %s', async (_, otherwise) => {
    const tells = ({ reviews }: PullRequest) => ({ reviews: reviews.map((review) => ({ ...review, ...otherwise })) });
    const [commit] = await main.merge(7, { [files.medium]: mediumFlag('6') }, { approvers: ['pat'], tells });
    await main.record();
    expect(await main.codes()).toContain(`approvals-missing ${commit}`);
  });

  it('with something slipped into the merge', async () => {
    const slipped = { [files.high]: highFlag('canary') };
    const [commit] = await main.merge(7, { [files.medium]: mediumFlag('6') }, { approvers: ['pat'], slipped });
    await main.record();
    const codes = await main.codes();
    expect(codes).toContain(`merge-differs ${commit}`);
    expect(codes).toContain(`approvals-missing ${commit}`);
  });

  it('by force, over what was verified', async () => {
    const folder = await main.clone();
    const commit = await merged(7, '6');
    expect(await main.codes({}, folder)).toEqual([]);
    await main.repository.git('reset', '--quiet', '--hard', 'HEAD^');
    await main.repository.push();
    expect(await main.codes({}, folder)).toEqual([`force-pushed ${commit}`]);
  });

  it('by force, which a clone sees that never verified before', async () => {
    const commit = await merged(7, '6');
    await main.repository.git('reset', '--quiet', '--hard', 'HEAD^');
    await main.repository.push();
    const other = await merged(8, '7');
    expect(await main.codes()).toEqual([`force-pushed ${commit}`]);
    expect(await main.recordOf(other)).toMatchObject({ pullRequest: { number: 8 } });
  });

  it('by a merge that puts another line in the place of the main branch', async () => {
    const folder = await main.clone();
    const commit = await merged(7, '6');
    expect(await main.codes({}, folder)).toEqual([]);
    await main.repository.git('checkout', '--quiet', '-B', 'other', 'HEAD^');
    await main.repository.commitAs({ [files.low]: lowFlag('99') }, 'Mine', {}, 'other');
    await main.repository.git('merge', '--quiet', '--no-edit', 'main');
    const tip = await main.repository.push();
    const mine = await main.repository.git('rev-parse', `${tip}^`);
    const codes = await main.codes({}, folder);
    expect(codes).toContain(`left-main ${commit}`);
    expect(codes).toContain(`evidence-missing ${mine}`);
    expect(await main.codes()).toContain(`evidence-missing ${mine}`);
  });
});

describe('a record that somebody tampered with', () => {
  let commits: readonly string[];
  let records: readonly EvidenceRecord[];

  beforeEach(async () => {
    const root = await main.repository.git('rev-parse', 'main');
    commits = [root, await merged(7, '6'), await merged(8, '7')];
    records = await Promise.all(commits.map((commit) => main.recordOf(commit)));
  });

  const approve = (record: EvidenceRecord): EvidenceRecord =>
    record.commit === commits[1] ? { ...record, recordedAt: '2026-12-01T00:00:00Z' } : record;

  it('edited afterwards, with a digest that fits', async () => {
    const edited = resealed(records, approve)[1] as EvidenceRecord;
    await main.overwrite(edited.commit, recordText(edited));
    expect(await main.codes()).toEqual([`evidence-replaced ${commits[1]}`]);
  });

  it('edited afterwards in rewritten notes', async () => {
    await main.rewrite(records.map(approve));
    expect(await main.codes()).toEqual([`evidence-digest ${commits[1]}`, `chain-broken ${commits[2]}`]);
  });

  it('edited afterwards in rewritten notes, with a digest that fits', async () => {
    await main.rewrite(resealed(records, approve));
    expect(await main.codes()).toEqual([`chain-broken ${commits[2]}`]);
  });

  it('edited afterwards in rewritten notes, with all digests that follow: a clone that verified before knows', async () => {
    const folder = await main.clone();
    expect(await main.codes({}, folder)).toEqual([]);
    let previous: string | null = null;
    const chained = records.map((record) => {
      const next = sealed(approve(record), previous);
      previous = next.digest;
      return next;
    });
    await main.rewrite(chained);
    expect(await main.codes({}, folder)).toEqual([`evidence-rewritten ${commits[2]}`]);
  });

  it('hidden behind a second one in another folder, at a commit that was verified long ago', async () => {
    const folder = await main.clone();
    expect(await main.codes({}, folder)).toEqual([]);
    const [, second, third] = records as [EvidenceRecord, EvidenceRecord, EvidenceRecord];
    const text = recordText(sealed({ ...second, tool: 'mine' }, third.digest));
    const blob = await main.remote(['hash-object', '-w', '--stdin'], text);
    const entries = await main.remote(['ls-tree', 'refs/notes/guidon-evidence']);
    const inner = await main.remote(['mktree'], `100644 blob ${blob}\t${second.commit.slice(2)}\n`);
    const tree = await main.remote(['mktree'], `${entries}\n040000 tree ${inner}\t${second.commit.slice(0, 2)}\n`);
    const notes = await main.remote(['commit-tree', '-p', 'refs/notes/guidon-evidence', '-m', 'x', tree]);
    await main.remote(['update-ref', 'refs/notes/guidon-evidence', notes]);
    expect(await main.codes({}, folder)).toEqual([`evidence-replaced ${commits[1]}`]);
    expect(await main.codes()).toEqual([`evidence-replaced ${commits[1]}`]);
  });

  it('removed', async () => {
    await main.remote(['notes', '--ref=refs/notes/guidon-evidence', 'remove', commits[1] ?? '']);
    expect(await main.codes()).toEqual([`evidence-removed ${commits[1]}`, `evidence-missing ${commits[1]}`]);
  });

  it('removed by one who rewrites the notes', async () => {
    await main.rewrite(records.filter(({ commit }) => commit !== commits[1]));
    expect(await main.codes()).toEqual([`chain-broken ${commits[2]}`, `evidence-missing ${commits[1]}`]);
  });

  it('removed with all the others: a clone that verified before knows', async () => {
    const folder = await main.clone();
    expect(await main.codes({}, folder)).toEqual([]);
    await main.remote(['update-ref', '-d', 'refs/notes/guidon-evidence']);
    expect(await main.codes({}, folder)).toEqual([
      `evidence-rewritten ${commits[2]}`,
      ...commits.slice(2).map((commit) => `evidence-missing ${commit}`),
    ]);
  });

  it('forked', async () => {
    const [first, second, third] = records as [EvidenceRecord, EvidenceRecord, EvidenceRecord];
    await main.rewrite([first, second, sealed(third, second.previous)]);
    expect(await main.codes()).toEqual([`chain-forked ${commits[2]}`]);
  });

  it('copied from another commit', async () => {
    const commit = await main.push({ [files.medium]: mediumFlag('8') });
    await main.overwrite(commit, recordText(records[2] as EvidenceRecord));
    expect(await main.codes()).toEqual([`evidence-copied ${commit}`, `evidence-wrong ${commit}`]);
  });

  it('copied from another commit, and made to name this one', async () => {
    const commit = await main.push({ [files.medium]: mediumFlag('8') });
    const parent = commits[2] ?? '';
    const tree = await main.repository.git('rev-parse', `${commit}^{tree}`);
    const change = { base: parent, result: commit, part: 1, parts: 1 };
    const copied = sealed(
      { ...(records[2] as EvidenceRecord), commit, parent, tree, change },
      records[2]?.digest ?? '',
    );
    await main.overwrite(commit, recordText(copied));
    expect(await main.codes()).toEqual([`evidence-wrong ${commit}`]);
  });

  it('with a verdict that its facts do not bear out', async () => {
    const [commit = ''] = await main.merge(9, { [files.high]: highFlag('canary') }, { approvers: ['pat'] });
    await main.record();
    const { verdict, ...record } = await main.recordOf(commit);
    if (verdict === null) throw new Error('no verdict');
    const kind = { ...verdict, outcome: 'passes' as const, tier: 'low' as const, needed: 0, findings: [] };
    await main.rewrite([...records, sealed({ ...record, verdict: kind }, record.previous)]);
    await main.repository.git('push', '--quiet', 'origin', `${record.pullRequest?.head.commit}:refs/heads/kept`);
    expect(await main.codes()).toEqual([`approvals-missing ${commit}`]);
  });

  it('that is no record', async () => {
    const commit = await main.push({ [files.medium]: mediumFlag('8') });
    await main.overwrite(commit, '{"version":1}');
    expect(await main.codes()).toContain(`evidence-invalid ${commit}`);
  });
});
