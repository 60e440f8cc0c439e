import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { actionPath } from './testing/action-steps.js';
import { actionFaults, workflowFaults } from './testing/workflow-faults.js';
import { CHECKOUT, OWN_CONTEXTS, workflowFiles } from './workflows.js';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const ACTIONS = `acme/guidon@${'0123456789'.repeat(4)}`;

/** An innocent workflow; the rows below each spoil one thing. */
const sound = `name: x
on:
  pull_request_target:
permissions:
  contents: read
concurrency:
  group: x
jobs:
  x:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          ref: \${{ github.event.repository.default_branch }}
          persist-credentials: false
      - run: echo "$TITLE"
        env:
          TITLE: \${{ github.event.pull_request.title }}
`;

describe('the workflows', () => {
  it('of this repository are those that init writes, with its own actions', async () => {
    for (const { path, text } of workflowFiles({ branch: 'main', contextsCommand: OWN_CONTEXTS })) {
      expect(await readFile(join(root, path), 'utf8'), `${path} differs from scripts/init/workflows.ts`).toBe(text);
    }
  });

  it('check out with the action that the workflow ci is pinned to', async () => {
    expect(await readFile(join(folder, 'ci.yml'), 'utf8')).toContain(`- uses: ${CHECKOUT}\n`);
  });

  it('set up node as the workflow ci does', async () => {
    const ci = await readFile(join(folder, 'ci.yml'), 'utf8');
    for (const name of ['check', 'audit']) {
      const pinned = /uses: (actions\/setup-node@.*)/.exec(await readFile(actionPath(name, 'action.yml'), 'utf8'));
      expect(ci).toContain(pinned?.[1]);
    }
  });

  it('of another repository take the five lines of a job and what it needs', () => {
    const { text } = workflowFiles({ actions: ACTIONS, branch: 'main' })[0]!;
    expect(text.slice(text.indexOf('jobs:'))).toBe(`jobs:
  flags:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    environment: guidon
    steps:
      - uses: acme/guidon/.github/actions/check@${'0123456789'.repeat(4)}
        with:
          app-id: \${{ secrets.GUIDON_APP_ID }}
          private-key: \${{ secrets.GUIDON_PRIVATE_KEY }}
          # Who would get another value is counted in contexts, from one of these or several. How to sample some:
          # https://github.com/acme/guidon/blob/${'0123456789'.repeat(4)}/.github/CONTROL.md#who-is-moved
          # contexts: .github/contexts.jsonl.gz
          # contexts-command: flagctl contexts synth .github/population.yaml
          # contexts-artifact: contexts # and to the permissions: actions: read
`);
  });

  it('name contexts by inputs that the actions have, each way as it is written once its # is gone', async () => {
    for (const name of ['check', 'audit']) {
      const { inputs } = parse(await readFile(actionPath(name, 'action.yml'), 'utf8')) as { inputs: object };
      const file = workflowFiles({ actions: ACTIONS, branch: 'main' }).find(({ text }) => text.includes(`/${name}@`));
      const text = file?.text ?? '';
      for (const way of ['contexts', 'contexts-command', 'contexts-artifact']) {
        const { jobs } = parse(text.replace(`# ${way}:`, `${way}:`)) as {
          jobs: Record<string, { steps: readonly { with: Record<string, unknown> }[] }>;
        };
        const [job] = Object.values(jobs);
        const given = job?.steps[0]?.with ?? {};
        expect(given[way]).toEqual(expect.any(String));
        expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      }
    }
  });

  it('of this repository make contexts of a population that it has', async () => {
    const [, file = ''] = /^flagctl contexts synth (\S+)$/.exec(OWN_CONTEXTS) ?? [];
    expect(await readFile(join(root, file), 'utf8')).toContain('users:');
  });

  it('are without faults: all of this repository, those that init writes, and the actions', async () => {
    const names = await readdir(folder);
    expect(names.length).toBeGreaterThanOrEqual(5);
    for (const name of names) {
      expect(workflowFaults(await readFile(join(folder, name), 'utf8')), name).toEqual([]);
    }
    for (const { path, text } of workflowFiles({ actions: ACTIONS, branch: 'trunk' })) {
      expect(workflowFaults(text), path).toEqual([]);
    }
    for (const name of ['check', 'audit']) {
      expect(actionFaults(await readFile(actionPath(name, 'action.yml'), 'utf8')), name).toEqual([]);
    }
  });

  it.each(['flags', 'two-person'])(
    '%s takes the same turn as the other, so that no older verdict is the last',
    (name) => {
      const texts = workflowFiles({ branch: 'main' }).map(({ text }) => parse(text) as Record<string, never>);
      const found = texts.find((workflow) => workflow['name'] === name) as { concurrency?: unknown } | undefined;
      expect(found?.concurrency).toEqual({
        group: expect.stringMatching(/^guidon-\$\{\{ github\.event\..*head(\.|_)sha/) as string,
        'cancel-in-progress': false,
      });
    },
  );
});

describe('a fault is found:', () => {
  it('none in the sound one', () => expect(workflowFaults(sound)).toEqual([]));

  it.each<readonly [fault: string, from: string | RegExp, to: string]>([
    ['not pinned', /@11bd[0-9a-f]*/, '@v4'],
    ['not pinned', /@11bd[0-9a-f]*/, '@11bd719'],
    ['not pinned', /uses: .*/, 'uses: docker://alpine:3'],
    ['expression in run', 'echo "$TITLE"', 'echo "${{ github.event.pull_request.title }}"'],
    ['expression in run', 'echo "$TITLE"', 'echo "${{ github.head_ref }}"'],
    ['no permissions', 'permissions:\n  contents: read\n', ''],
    ['no permissions', 'permissions:\n  contents: read', 'permissions: write-all'],
    ['no permissions', 'permissions:\n  contents: read', 'permissions: read-all'],
    [
      'checks out',
      'ref: ${{ github.event.repository.default_branch }}',
      'ref: ${{ github.event.pull_request.head.sha }}',
    ],
    ['checks out', '          ref: ${{ github.event.repository.default_branch }}\n', ''],
    ['checks out', 'echo "$TITLE"', 'git checkout "$HEAD"'],
    ['checks out', 'echo "$TITLE"', 'gh pr checkout 7'],
    ['keeps the token', 'persist-credentials: false', 'persist-credentials: true'],
    ['keeps the token', '          persist-credentials: false\n', ''],
    ['secrets for the pull request', 'pull_request_target:', 'pull_request:\nenv: { A: "${{ secrets.A }}" }'],
    [
      'rights for the pull request',
      /pull_request_target:\npermissions:\n {2}contents: read/,
      'pull_request_review:\npermissions:\n  contents: write',
    ],
    ['may be skipped', '    runs-on', '    if: github.actor == 1\n    runs-on'],
    ['may be skipped', 'pull_request_target:', 'pull_request_target:\n    paths: [flags/**]'],
    ['may be skipped', 'pull_request_target:', 'pull_request_target:\n    branches-ignore: [x]'],
    ['passes when it fails', '    runs-on', '    continue-on-error: true\n    runs-on'],
    ['passes when it fails', '      - run:', '      - continue-on-error: true\n        run:'],
    ['runs scripts of packages', 'echo "$TITLE"', 'npm ci'],
    ['no limit', '    timeout-minutes: 5\n', ''],
    ['secrets of any branch', 'echo "$TITLE"', 'echo "${{ secrets.A }}"'],
    ['no turn', 'concurrency:\n  group: x\n', ''],
  ])('%s: %s → %s', (fault, from, to) => {
    const spoiled = sound.replace(from, to);
    expect(spoiled).not.toBe(sound);
    expect(workflowFaults(spoiled).join('\n')).toContain(fault);
  });
});
