import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { companyFiles, files, lowFlag, mediumFlag } from '../control/testing/company.js';
import { moved, populationOf, shareOf } from '../control/testing/preview.js';
import type { EnvironmentImpact, Preview } from '../impact/preview.js';
import { call } from '../testing/call.js';
import { impactOf, measuredOf } from './impact.js';
import { sealed } from './record.js';
import { MainBranch } from './testing/main-branch.js';

const POLICY = (companyFiles[files.policy] ?? '')
  .replace(
    'medium: { approvals: 1, reason: required }',
    'medium: { approvals: 1, reason: required, preview: required }',
  )
  .replace('freezes:', 'blastRadius: { high: 10% }\nfreezes:');

const USERS = 1_000_000;

let main: MainBranch;

beforeEach(async () => {
  main = await MainBranch.create({ [files.policy]: POLICY });
  await main.record();
});

afterEach(() => main.dispose());

/** The preview of a commit of the main branch, as a job makes it after the merge, or of its pull request's head. */
async function previewOf(
  commit: string,
  environments: readonly EnvironmentImpact[],
  more: Partial<Preview> = {},
): Promise<Preview> {
  const git = main.repository.git.bind(main.repository);
  return {
    version: 1,
    tool: 'flagctl 0.0.0',
    base: await git('rev-parse', `${commit}^`),
    head: commit,
    merged: await git('rev-parse', `${commit}^{tree}`),
    population: populationOf({ plain: 1_000 }, USERS),
    environments,
    flags: [],
    findings: [],
    ...more,
  };
}

/** A merge with the approval of the tier medium; gives its commit. */
async function merged(approvers: readonly string[] = ['pat']): Promise<string> {
  const [commit = ''] = await main.merge(7, { [files.medium]: mediumFlag('6') }, { approvers });
  return commit;
}

describe('a record', () => {
  it('has the figures of the preview of its change, and is verified by them', async () => {
    const commit = await merged();
    const head = await main.repository.git('rev-parse', 'change-7');
    const { findings } = await main.record({
      previews: [await previewOf(commit, [moved('production', 3.7, USERS)], { head })],
    });
    expect(findings).toEqual([]);
    const record = await main.recordOf(commit);
    expect(record.impact).toEqual({
      contexts: 1_000,
      plain: 1_000,
      hashed: 0,
      synthetic: 0,
      missing: 0,
      population: USERS,
      'production.flags': 1,
      'production.contexts': 37,
      'production.share': 0.037,
      'production.low': 0.032,
      'production.high': 0.042,
      'production.users': 37_000,
      'production.usersLow': 32_000,
      'production.usersHigh': 42_000,
    });
    expect(record.verdict).toMatchObject({ outcome: 'passes', tier: 'medium', findings: [] });
    expect(await main.codes()).toEqual([]);
  });

  it('of a change that moved too many for its approvals is named, by the figures alone', async () => {
    const commit = await merged();
    await main.record({ previews: [await previewOf(commit, [moved('production', 40, USERS)])] });
    expect((await main.recordOf(commit)).verdict).toMatchObject({
      outcome: 'refused',
      tier: 'high',
      tierReasons: ['moves up to 40.5 % of users in production (policy: high from 10 %)'],
      needed: 2,
    });
    expect(await main.codes()).toEqual([`approvals-missing ${commit}`]);
  });

  it('with the approvals of so many is verified', async () => {
    const commit = await merged(['pat', 'pia']);
    await main.record({ previews: [await previewOf(commit, [moved('production', 40, USERS)])] });
    expect(await main.codes()).toEqual([]);
  });

  it('of an estimate is as at the check', async () => {
    const commit = await merged();
    const estimate = { population: undefined };
    const environments = [{ ...moved('production', 0), changed: undefined }];
    await main.record({ previews: [await previewOf(commit, environments, estimate)] });
    expect((await main.recordOf(commit)).impact).toEqual({ contexts: 0, 'production.flags': 1 });
    expect(await main.codes()).toEqual([`preview-estimate ${commit}`]);
  });

  it('without figures is named where they were needed, and that is no error', async () => {
    const commit = await merged();
    await main.record();
    expect((await main.recordOf(commit)).impact).toBeUndefined();
    const { findings } = await main.verify();
    expect(findings).toMatchObject([{ code: 'preview-missing', severity: 'warning', commit }]);
    expect(findings[0]?.message).toContain('no figures of a preview are recorded');
  });

  it('without figures is named where the policy counts users, and is not raised', async () => {
    await main.merge(6, { [files.policy]: POLICY.replace(', preview: required', '') }, { approvers: ['olga', 'omar'] });
    await main.record();
    const commit = await merged();
    await main.record();
    expect((await main.recordOf(commit)).verdict).toMatchObject({ outcome: 'passes', tier: 'medium' });
    const { findings } = await main.verify();
    expect(findings).toMatchObject([{ code: 'users-unmeasured', severity: 'warning', commit }]);
    expect(findings[0]?.message).toContain('no figures of a preview are recorded');
  });

  it('takes no preview of another change, and says so', async () => {
    const [commit = ''] = await main.merge(7, { [files.low]: lowFlag('11') });
    const [later = ''] = await main.merge(8, { [files.low]: lowFlag('12') });
    const base = await main.repository.git('rev-parse', `${commit}^`);
    const preview = await previewOf(later, [moved('production', 3.7)], { base });
    const { findings } = await main.record({ previews: [preview] });
    expect(findings).toMatchObject([{ code: 'preview-unused', severity: 'notice', commit: later }]);
    expect((await main.recordOf(later)).impact).toBeUndefined();
  });

  it('takes each of several previews for the change that it is of', async () => {
    const [first = ''] = await main.merge(7, { [files.low]: lowFlag('11') }, { how: 'squash' });
    const earlier = [{ [files.low]: lowFlag('12') }];
    const rebased = await main.merge(8, { [files.low]: lowFlag('13') }, { how: 'rebase', earlier });
    const last = rebased.at(-1) ?? '';
    const previews = [
      await previewOf(last, [moved('production', 2)], { base: first }),
      await previewOf(first, [moved('production', 1)]),
    ];
    expect((await main.record({ previews })).findings).toEqual([]);
    const shares = await Promise.all(
      [first, ...rebased].map(async (commit) => (await main.recordOf(commit)).impact?.['production.share']),
    );
    expect(shares).toEqual([0.01, 0.02, 0.02]);
  });

  it('whose figures are made smaller is named like every edited one', async () => {
    const commit = await merged();
    await main.record({ previews: [await previewOf(commit, [moved('production', 40, USERS)])] });
    const first = await main.recordOf(await main.repository.git('rev-parse', `${commit}^`));
    const record = await main.recordOf(commit);
    const edited = { ...record, impact: impactOf(await previewOf(commit, [moved('production', 1, USERS)])) };
    const folder = await main.clone();
    await main.fetch(folder);
    await main.overwrite(commit, JSON.stringify(sealed(edited, record.previous)));
    expect(await main.codes({}, folder)).toContain(`evidence-replaced ${commit}`);
    // Whoever may write there and rewrites all of it leaves no trace but with those who saw it before.
    await main.rewrite([first, sealed(edited, record.previous)]);
    expect(await main.codes()).toEqual([]);
  });
});

describe('flagctl audit', () => {
  it('shows whom a change moved', async () => {
    const commit = await merged();
    const staging = { ...moved('staging', 0), changed: shareOf(0, { users: USERS }) };
    await main.record({ previews: [await previewOf(commit, [moved('production', 3.7, USERS), staging])] });
    const folder = await main.clone();
    await main.fetch(folder);
    const words = '3.7 % (3.2–4.2 %) of users in production (37,000); 0 (at most 0.5 %) of users in staging (0)';
    const { output } = await call(folder, ['audit']);
    expect(output).toContain(`\n  moved     ${words}\n`);
    expect((await call(folder, ['audit', '--format', 'markdown'])).output).toContain(`\n- moved: ${words}\n`);
    expect((await call(folder, ['audit', '--format', 'csv'])).output).toContain(`"${words}"`);
    const { changes } = JSON.parse((await call(folder, ['audit', '--json'])).output) as {
      readonly changes: readonly { readonly impact?: unknown }[];
    };
    expect(changes[0]?.impact).toEqual((await main.recordOf(commit)).impact);
  });
});

const KEYS = { plain: 1_000, hashed: 0, synthetic: 0, missing: 0 };

describe('figures', () => {
  const judged = { base: 'a', head: 'b', merged: 'c' };

  it('are again what they were made of', () => {
    const preview = {
      ...judged,
      population: { contexts: 1_000, keys: { plain: 1, hashed: 2, synthetic: 3, missing: 994 }, users: undefined },
      environments: [
        { environment: 'production', flags: 2, changed: shareOf(3) },
        { environment: 'eu-west-1', flags: 0, changed: shareOf(0, { users: 10 }) },
      ],
      findings: [],
    };
    expect(measuredOf(impactOf(preview), judged)).toEqual(preview);
  });

  it.each([
    ['none', undefined],
    ['an empty list', {}],
    ['those of somebody else', { reached: 3 }],
  ])('that are %s are no preview', (_, impact) => {
    expect(measuredOf(impact, judged)).toBeUndefined();
  });

  it.each([
    ['an upper end below the share', { 'production.high': 0.01 }],
    ['an upper end below nobody', { 'production.low': -1, 'production.share': -1, 'production.high': -1 }],
    ['more than everybody', { 'production.high': 2 }],
    ['an upper end of users below their number', { 'production.usersHigh': 5 }],
  ])('with %s say nothing of the environment', (_, wrong) => {
    const preview = { ...judged, population: { contexts: 1_000, keys: KEYS, users: 1_000 }, findings: [] };
    const environments = [{ environment: 'production', flags: 1, changed: shareOf(30, { users: 1_000 }) }];
    const impact = impactOf({ ...preview, environments });
    expect(measuredOf(impact, judged)?.environments).toEqual(environments);
    expect(measuredOf({ ...impact, ...wrong }, judged)?.environments).toEqual([]);
  });

  it('that lack something of an environment say nothing of it', () => {
    const impact = { contexts: 10, 'production.flags': 1, 'production.share': 0.1, 'staging.flags': 1 };
    expect(measuredOf(impact, judged)?.environments).toEqual([]);
  });
});
