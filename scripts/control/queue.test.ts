import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRepository } from '../../provider/repository/index.js';
import type { PullRequest, Review } from '../approval/pull-request.js';
import { checkQueue } from './queue.js';
import type { Preview } from '../impact/preview.js';
import { companyFiles, files, flagText, lowFlag, mediumFlag, production, signatureOf } from './testing/company.js';
import { moved, populationOf } from './testing/preview.js';
import { disposeCompany, NOW, Scene } from './testing/scene.js';
import type { Verdict } from './verdict.js';

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.create();
});
afterEach(() => scene.repository.dispose());
afterAll(disposeCompany);

/** A pull request of one file on a branch from main, approved by some. */
interface Member {
  readonly number: number;
  readonly path: string;
  readonly text: string;
  readonly approvers: readonly string[];
}

const widening: Member = { number: 11, path: files.medium, text: mediumFlag('8'), approvers: ['pat'] };
const other: Member = { number: 12, path: files.low, text: lowFlag('12'), approvers: ['pia'] };

async function propose({ number, path, text, approvers }: Member): Promise<PullRequest> {
  await scene.git('checkout', '--quiet', '-b', `branch-${number}`, 'main');
  await scene.repository.commitAs(
    { [path]: text },
    'Change\n\nReason: it is time',
    { author: signatureOf('mallory') },
    `branch-${number}`,
  );
  const pullRequest = await scene.pullRequest(`branch-${number}`, number);
  const reviews = approvers.map((login, index): Review => ({
    id: String(index),
    login,
    state: 'approved',
    commit: pullRequest.head.commit,
    submittedAt: '2026-12-01T11:00:00Z',
  }));
  return { ...pullRequest, reviews };
}

type Method = 'merge' | 'squash';

/** What the host makes of a group: main with each of them on top. */
async function group(members: readonly Member[], method: Method): Promise<string> {
  await scene.git('checkout', '--quiet', '-B', 'group', 'main');
  for (const { number } of members) {
    if (method === 'merge') {
      await scene.git(
        'merge',
        '--quiet',
        '--no-ff',
        '-m',
        `Merge pull request #${number} from acme/x`,
        `branch-${number}`,
      );
    } else {
      await scene.git('merge', '--quiet', '--squash', `branch-${number}`);
      await scene.git('commit', '--quiet', '-m', `Change (#${number})`);
    }
  }
  return scene.git('rev-parse', 'HEAD');
}

async function judge(
  head: string,
  pullRequests: readonly PullRequest[],
  told: readonly number[] = [],
  preview?: Preview,
): Promise<Verdict> {
  const repository = await findRepository(scene.repository.workDir);
  if (repository === undefined) throw new Error('there is a repository');
  const request = {
    repository,
    root: 'flags',
    base: await scene.git('rev-parse', 'origin/main'),
    baseRef: 'main',
    head,
    preview,
    now: new Date(NOW),
    progress: () => undefined,
  };
  return checkQueue(request, {
    readPullRequest: (number) => {
      const found = pullRequests.find((one) => one.number === number);
      return found === undefined ? Promise.reject(new Error(`there is no #${number}`)) : Promise.resolve(found);
    },
    pullRequestsOf: () => Promise.resolve(told),
  });
}

const errorsOf = ({ findings }: Verdict): readonly string[] =>
  findings.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`);

describe.each(['merge', 'squash'] as const)('a group made by %s', (method) => {
  it('passes where each pull request has the approvals of its own head', async () => {
    const pullRequests = [await propose(widening), await propose(other)];
    const verdict = await judge(await group([widening, other], method), pullRequests);
    expect({ outcome: verdict.outcome, errors: errorsOf(verdict) }).toEqual({ outcome: 'passes', errors: [] });
  });

  it('is refused where one of them lacks an approval, and says which', async () => {
    const pullRequests = [await propose({ ...widening, approvers: [] }), await propose(other)];
    const verdict = await judge(await group([widening, other], method), pullRequests);
    expect(verdict.outcome).toBe('refused');
    expect(errorsOf(verdict).join('\n')).toContain('#11: needs 1 approval');
  });

  it('is refused where it holds what no pull request has', async () => {
    const pullRequests = [await propose(widening)];
    await group([widening], method);
    const head = await scene.repository.commitAs({ [files.low]: lowFlag('100') }, 'Change (#11)', {}, 'group');
    expect(errorsOf(await judge(head, pullRequests)).join('\n')).toMatch(/queue-unmapped/);
  });

  it('is refused where a pull request was pushed to after the group was made', async () => {
    const approved = await propose(widening);
    const head = await group([widening], method);
    await scene.git('checkout', '--quiet', 'branch-11');
    await scene.repository.commitAs(
      { [files.low]: lowFlag('100') },
      'More',
      { author: signatureOf('mallory') },
      'branch-11',
    );
    const later = await scene.pullRequest('branch-11', 11);
    expect((await judge(head, [{ ...later, reviews: approved.reviews }])).outcome).toBe('refused');
  });
});

describe('the combination', () => {
  it('is judged by the rules: two halves of a large widening are none by themselves', async () => {
    const first = { ...other, number: 13, text: lowFlag('22') };
    const second = { ...other, number: 14, text: lowFlag('34') };
    const one = await propose(first);
    await scene.git('checkout', '--quiet', '-B', 'main-later', 'branch-13');
    await scene.git('branch', '--quiet', '--force', 'main', 'main-later');
    const two = await propose(second);
    await scene.git('branch', '--quiet', '--force', 'main', 'origin/main');
    const verdict = await judge(await group([first, second], 'merge'), [one, two]);
    expect(verdict).toMatchObject({ outcome: 'refused', tier: 'high' });
  });

  it('is refused where there is nothing in it', async () => {
    expect((await judge(await scene.git('rev-parse', 'main'), [])).outcome).toBe('refused');
  });
});

describe('the preview of a group', () => {
  const policy = (companyFiles[files.policy] ?? '')
    .replace('approvals: 1, reason: required', 'approvals: 1, reason: required, preview: required')
    .replace('freezes:', 'blastRadius: { high: 10% }\nfreezes:');

  beforeEach(async () => {
    await scene.repository.dispose();
    scene = await Scene.create({ [files.policy]: policy });
  });

  /** Of the whole group, from the tip of main on. */
  async function previewOf(head: string, percent: number): Promise<Preview> {
    const base = await scene.git('rev-parse', 'origin/main');
    return {
      version: 1,
      tool: 'flagctl 0.0.0',
      base,
      head,
      merged: await scene.git('rev-parse', `${head}^{tree}`),
      population: populationOf(),
      environments: [moved('production', percent)],
      flags: [],
      findings: [],
    };
  }

  it('is asked of the whole, and of no member', async () => {
    const pullRequests = [await propose(widening), await propose(other)];
    const head = await group([widening, other], 'merge');
    const without = await judge(head, pullRequests);
    const asked = without.findings.filter(({ code }) => code.startsWith('preview'));
    expect(asked.map(({ code, message }) => [code, message.startsWith('#')])).toEqual([['preview-missing', false]]);
    const verdict = await judge(head, pullRequests, [], await previewOf(head, 2));
    expect({ outcome: verdict.outcome, errors: errorsOf(verdict) }).toEqual({ outcome: 'passes', errors: [] });
    expect(verdict.blastRadius?.environments).toMatchObject([{ environment: 'production' }]);
  });

  it('is of exactly this group', async () => {
    const pullRequests = [await propose(widening), await propose(other)];
    const alone = await previewOf(await group([widening], 'merge'), 2);
    const head = await group([widening, other], 'merge');
    expect(errorsOf(await judge(head, pullRequests, [], alone))).toEqual([
      expect.stringMatching(/^preview-mismatch: .* its head is .*; its merge \(tree\) is /),
    ]);
  });

  it('raises each that has a part in it, whose own users would not', async () => {
    const pullRequests = [await propose(widening), await propose(other)];
    const head = await group([widening, other], 'merge');
    const verdict = await judge(head, pullRequests, [], await previewOf(head, 12));
    expect(verdict.tier).toBe('high');
    expect(errorsOf(verdict)).toEqual([
      expect.stringContaining('#11: needs 2 approvals'),
      expect.stringContaining('#12: needs 2 approvals'),
    ]);
  });

  it('that nobody made raises each that may have a part in it', async () => {
    const off = flagText('payments.checkout.confetti', { tier: 'low' }, production('10')).replace('does', 'did');
    const same: Member = { ...other, text: off, approvers: [] };
    const pullRequests = [await propose(widening), await propose(same)];
    const verdict = await judge(await group([widening, same], 'merge'), pullRequests);
    expect(verdict.tierReasons.map(({ why }) => why)).toEqual([
      'nobody measured how many users it moves in production (policy: high from 10 %)',
    ]);
    expect(errorsOf(verdict)).toEqual([
      expect.stringMatching(/^preview-missing: /),
      expect.stringContaining('#11: needs 2 approvals'),
    ]);
  });

  it('raises no kill in it', async () => {
    const kill: Member = {
      ...other,
      text: flagText('payments.checkout.confetti', { tier: 'low' }, production('10', { enabled: false })),
      approvers: [],
    };
    const pullRequests = [await propose({ ...widening, approvers: ['pat', 'pia'] }), await propose(kill)];
    const head = await group([widening, kill], 'merge');
    const verdict = await judge(head, pullRequests, [], await previewOf(head, 12));
    expect({ tier: verdict.tier, errors: errorsOf(verdict) }).toEqual({ tier: 'high', errors: [] });
  });

  it('is not needed by a group of kills', async () => {
    const killed = flagText('payments.checkout.new-flow', {}, production('5', { enabled: false }));
    const kill: Member = { ...widening, text: killed, approvers: [] };
    const pullRequests = [await propose(kill)];
    const verdict = await judge(await group([kill], 'merge'), pullRequests);
    expect({ outcome: verdict.outcome, errors: errorsOf(verdict) }).toEqual({ outcome: 'passes', errors: [] });
  });
});
