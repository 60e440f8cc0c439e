import { describe, expect, it } from 'vitest';
import type { Protection } from '../protection/protection.js';
import { judgeSettings, protectionReport } from '../protection/report.js';
import { settings } from '../protection/settings.js';
import { renderReport } from '../output.js';
import { protectionCommand } from './protection.js';
import { runCommand } from '../format/testing/run-command.js';

const complete: Protection = {
  branch: 'main',
  isPullRequestRequired: true,
  requiredApprovals: 1,
  isCodeOwnerReviewRequired: true,
  areStaleReviewsDismissed: true,
  isLastPushApprovalRequired: true,
  isForcePushBlocked: true,
  isDeletionBlocked: true,
  isMergeQueueRequired: true,
  isUpToDateRequired: false,
  requiredChecks: [{ name: 'guidon', appId: 4_711 }],
  requiredWorkflows: ['acme/control/.github/workflows/flags.yml'],
  mergeMethods: ['squash'],
  bypassActors: [],
  gaps: [],
};

/** What a host gives that shows nothing. */
const blind: Protection = {
  ...(Object.fromEntries(Object.keys(complete).map((name) => [name, undefined])) as unknown as Protection),
  branch: 'main',
  gaps: ['the rulesets are not shown'],
};

const plain = { columns: undefined, hasColour: false };
const report = (changes: Partial<Protection> = {}, host: 'github' | 'gitlab' = 'github') =>
  protectionReport({ host, protection: { ...complete, ...changes }, status: 'guidon' });
const open = (changes: Partial<Protection>, status = 'guidon') =>
  judgeSettings({ host: 'github', protection: { ...complete, ...changes }, status })
    .filter(({ judgement }) => judgement.state !== 'met')
    .map(({ setting, judgement }) => [setting.id, judgement.state, judgement.found ?? '']);

describe('of complete settings', () => {
  it('nothing is missing', () => {
    expect(report()).toMatchObject({ outcome: 'clean', json: { isControlled: true } });
    expect(renderReport(report(), 'text', plain)).toContain('main is controlled: every setting is as it must be.');
  });

  it.each<
    readonly [changes: Partial<Protection>, expected: readonly [id: string, state: string, found: string | RegExp]]
  >([
    [{ isPullRequestRequired: false }, ['pull-request', 'missing', '']],
    [{ isPullRequestRequired: undefined }, ['pull-request', 'unknown', '']],
    [{ requiredApprovals: 0 }, ['approvals', 'missing', '0 required']],
    [{ requiredApprovals: undefined }, ['approvals', 'unknown', '']],
    [{ isCodeOwnerReviewRequired: false }, ['code-owners', 'missing', '']],
    [{ isCodeOwnerReviewRequired: undefined }, ['code-owners', 'unknown', '']],
    [{ areStaleReviewsDismissed: false }, ['stale-reviews', 'missing', '']],
    [{ areStaleReviewsDismissed: undefined }, ['stale-reviews', 'unknown', '']],
    [{ isLastPushApprovalRequired: false }, ['last-push', 'missing', '']],
    [{ isLastPushApprovalRequired: undefined }, ['last-push', 'unknown', '']],
    [{ isForcePushBlocked: false }, ['force-push', 'missing', '']],
    [{ isForcePushBlocked: undefined }, ['force-push', 'unknown', '']],
    [{ isDeletionBlocked: false }, ['deletion', 'missing', '']],
    [{ isDeletionBlocked: undefined }, ['deletion', 'unknown', '']],
    [{ requiredChecks: [] }, ['check', 'missing', '`guidon` is not required']],
    [{ requiredChecks: [{ name: 'Guidon', appId: 4_711 }] }, ['check', 'missing', '`guidon` is not required']],
    [
      { requiredChecks: [{ name: 'guidon', appId: null }] },
      ['check', 'missing', '`guidon` is required by its name, from anyone'],
    ],
    [
      { requiredChecks: [{ name: 'guidon', appId: 15_368 }] },
      ['check', 'missing', '`guidon` is required from GitHub Actions, for which every workflow speaks'],
    ],
    [{ requiredChecks: undefined }, ['check', 'unknown', '']],
    [{ requiredChecks: [], gaps: ['classic protection is not shown'] }, ['check', 'unknown', '']],
    [
      { bypassActors: [{ kind: 'OrganizationAdmin', name: '', isOnlyByPullRequest: false }] },
      ['bypass', 'missing', 'OrganizationAdmin'],
    ],
    [
      { bypassActors: [{ kind: 'Team', name: 'release', isOnlyByPullRequest: true }] },
      ['bypass', 'missing', 'Team release (by pull request)'],
    ],
    [{ bypassActors: undefined }, ['bypass', 'unknown', '']],
    [{ isMergeQueueRequired: false }, ['up-to-date', 'missing', '']],
    [{ isMergeQueueRequired: undefined }, ['up-to-date', 'unknown', '']],
    [{ isMergeQueueRequired: false, isUpToDateRequired: undefined }, ['up-to-date', 'unknown', '']],
    [{ requiredWorkflows: [] }, ['required-workflow', 'missing', '']],
    [{ requiredWorkflows: undefined }, ['required-workflow', 'unknown', '']],
    [{ mergeMethods: ['squash', 'rebase'] }, ['merge-method', 'missing', 'squash, rebase']],
    [{ mergeMethods: undefined }, ['merge-method', 'unknown', '']],
  ])('%j leaves open: %j', (changes, expected) => {
    expect(open(changes)).toEqual([expected]);
    const isAdvice = settings.find(({ id }) => id === expected[0])?.isAdvice === true;
    expect(report(changes).outcome).toBe(isAdvice ? 'clean' : 'findings');
  });

  it.each<Partial<Protection>>([
    { isMergeQueueRequired: false, isUpToDateRequired: true },
    { isMergeQueueRequired: undefined, isUpToDateRequired: true },
    { isUpToDateRequired: undefined },
    {
      requiredChecks: [
        { name: 'guidon', appId: null },
        { name: 'guidon', appId: 4_711 },
        { name: 'ci', appId: null },
      ],
    },
    { gaps: ['something else is not shown'] },
    { requiredApprovals: 6 },
  ])('%j leaves nothing open', (changes) => expect(open(changes)).toEqual([]));

  it('the status has the name that is asked for', () => {
    expect(open({}, 'flags')).toEqual([['check', 'missing', '`flags` is not required']]);
  });
});

describe('of settings that the token is not shown', () => {
  it('none is fine, and each says what would show it', () => {
    const { outcome, json } = protectionReport({ host: 'github', protection: blind, status: 'guidon' });
    expect(outcome).toBe('findings');
    const shown = json as { settings: { state: string; readBy: string }[] };
    expect(shown.settings).toHaveLength(settings.length);
    for (const setting of shown.settings)
      expect(setting).toMatchObject({ state: 'unknown', readBy: expect.stringMatching(/".+: .+"/) as string });
  });

  it('the gaps are told beside the result', () => {
    const { notices, json } = report({ gaps: ['the rulesets are not shown; the token needs "Metadata: read"'] });
    expect(notices).toEqual(['not readable: the rulesets are not shown; the token needs "Metadata: read"']);
    expect(json).toMatchObject({ gaps: [expect.stringContaining('Metadata')] });
  });
});

describe('the command', () => {
  const words = (changes: Partial<Protection>, options = {}) => {
    const asked: string[] = [];
    const command = protectionCommand((_input, branch) => {
      asked.push(branch);
      return Promise.resolve({ host: 'gitlab', protection: { ...complete, branch, ...changes } });
    });
    return { asked, report: runCommand(command, '/', { options }) };
  };

  it.each([
    [{}, 'main'],
    [{ branch: 'trunk' }, 'trunk'],
  ])('%j reads the branch %s', async (options, branch) => {
    const { asked, report } = words({}, options);
    expect(await report).toMatchObject({ outcome: 'clean', json: { branch } });
    expect(asked).toEqual([branch]);
  });

  it("tells where to set what is missing, in the host's words", async () => {
    const text = renderReport(
      await words({ isForcePushBlocked: false, bypassActors: undefined }).report,
      'text',
      plain,
    );
    expect(text).toContain('force-push: without it, history, and with it the evidence, is rewritten.\n');
    expect(text).toContain('  Protected branch: Allowed to force push: off\n');
    expect(text).toContain('It was not shown; the token needs the scope `read_api` of a Maintainer.');
    expect(text).toContain('main is not known to be controlled: 1 setting missing, 1 unknown.');
  });

  it('prints Markdown', async () => {
    expect((await words({ requiredApprovals: 0 }).report).markdown).toMatch(
      /\| missing .*\| At least one approval .*\| 0 required/,
    );
  });
});
