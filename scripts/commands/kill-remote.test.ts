import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basic, GitHttpServer } from '../../provider/repository/testing/git-http-server.js';
import { Desk, stable } from '../emergency/testing/desk.js';
import type { OpenerFor, PullRequestRequest } from '../emergency/pull-request.js';
import { runCommand } from '../format/testing/run-command.js';
import { call } from '../testing/call.js';
import { flagFiles } from '../testing/flag-repository.js';
import { killCommand } from './kill.js';

const KEY = 'payments.checkout.new-flow';
const FILE = 'flags/payments/checkout/new-flow.yaml';
const POLICY = 'flags/policy.yaml';
const REASON = 'Checkout fails for one in ten.';
const before = flagFiles[FILE] ?? '';
const direct = { [POLICY]: `${flagFiles[POLICY]}reducing: { direct: true }\n` };

let desk: Desk;

beforeEach(async () => {
  desk = await Desk.create();
});

afterEach(() => desk.dispose());

const kill = (words: readonly string[] = [], directory?: string) =>
  desk.call(['kill', KEY, '--reason', REASON, ...words], directory);
const fileOn = (ref: string) => desk.remote('show', `${ref}:${FILE}`);

/** Runs a script on the side of the remote, between the fetch of a command and its push. */
async function beforeEachPush(script: string): Promise<void> {
  const file = join(desk.repository.folder, 'receive-pack');
  await writeFile(file, `#!/bin/sh\n(\n${script}\n) >&2 </dev/null\nexec git-receive-pack "$@"\n`);
  await chmod(file, 0o755);
  await desk.repository.git('config', 'remote.origin.receivepack', file);
}

/** Puts a branch of the remote in the place of its main, as if somebody merged it; only once. */
const mergeOnce = (branch: string): string =>
  `cd '${desk.repository.remoteDir}' && git update-ref refs/heads/main ${branch} && git update-ref -d refs/heads/${branch}`;

/** Pushes a version of the flag's file to a branch of the remote. */
async function propose(branch: string, text: string): Promise<void> {
  const main = await desk.repository.git('rev-parse', 'HEAD');
  await desk.write(FILE, text);
  await desk.repository.git('commit', '--quiet', '--all', '--message=ramp');
  await desk.repository.push(branch);
  await desk.repository.git('reset', '--quiet', '--hard', main);
}

async function hook(name: string, script: string): Promise<void> {
  const file = join(desk.repository.remoteDir, 'hooks', name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

describe('kill --direct', () => {
  it('pushes to main where the policy allows it, and owes a review', async () => {
    await desk.repository.commit(direct);
    const { exitCode, output, errors } = await kill(['--direct', '--env', 'production']);
    expect(exitCode).toBe(0);
    await expect(stable(`${output}${errors}`, desk)).toMatchFileSnapshot('golden/kill.direct.txt');
    expect(await fileOn('main')).toContain('production:\n    enabled: false');
    expect(await desk.remote('log', '-1', '--format=%(trailers)', 'main')).toBe(`Reason: ${REASON}\nReview: owed`);
    expect(await desk.branches()).toEqual([]);
  });

  const widening = flagFiles['flags/platform/web/banner.yaml']?.replace('new-flow: true', 'new-flow: false') ?? '';
  const refusals: readonly (readonly [what: string, files: Record<string, string>, message: RegExp])[] = [
    ['where the policy does not say so', {}, /policy\.yaml does not allow --direct.*leave --direct out/],
    [
      'where another flag may come on',
      { ...direct, 'flags/platform/web/banner.yaml': widening },
      /--direct is refused: platform\.web\.banner may come on when payments\.checkout\.new-flow serves its default/,
    ],
    [
      'where the default is the callers’',
      {
        ...direct,
        [FILE]: before
          .replace('default: false', 'default: null')
          .replace('rollout: 5', 'rollout: { true: 5 }')
          .replace('rollout: 10', 'rollout: { true: 10 }')
          .replace('rollout: 100', 'rollout: { true: 100 }'),
      },
      /--direct is refused: its default is in the callers’ code/,
    ],
    ['where main does not load', { ...direct, 'flags/platform/web/x.yaml': 'key: x\n' }, /does not load.*--direct/],
  ];
  it.each(refusals)('is refused %s', async (_, files, message) => {
    await desk.repository.commit(files);
    const main = await desk.remote('rev-parse', 'main');
    const { exitCode, output, errors } = await kill(['--direct']);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toMatch(message);
    expect(await desk.remote('rev-parse', 'main')).toBe(main);
  });

  it('is made anew on top of what came first', async () => {
    await desk.repository.commit(direct);
    await propose('ramp', before.replace('rollout: 5', 'rollout: 25'));
    await beforeEachPush(mergeOnce('ramp'));
    expect(await kill(['--direct', '--env', 'production'])).toMatchObject({ exitCode: 0 });
    expect(await fileOn('main')).toMatch(/production:\n {4}enabled: false[^]*rollout: 25/);
    expect(await desk.remote('log', '--format=%s', 'main')).toBe(`kill ${KEY} in production\nramp\nChange\nChange`);
  });

  it('has nothing to do where somebody else was faster', async () => {
    await desk.repository.commit(direct);
    await propose('theirs', before.replaceAll('enabled: true', 'enabled: false'));
    await beforeEachPush(mergeOnce('theirs'));
    const { exitCode, output } = await kill(['--direct']);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: `nothing to do: ${KEY} is off everywhere already\n` });
    expect(await desk.remote('log', '-1', '--format=%s', 'main')).toBe('ramp');
  });

  it('gives up after five that came first, and says so', async () => {
    await desk.repository.commit(direct);
    await beforeEachPush(
      `cd '${desk.repository.remoteDir}' && echo x >> pushes && git update-ref refs/heads/main $(git -c user.name=x -c user.email=x@x commit-tree -m other -p main main^{tree})`,
    );
    const { exitCode, errors } = await kill(['--direct']);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/others pushed to main first, 5 times in a row; try again, or without --direct/);
    expect(await readFile(join(desk.repository.remoteDir, 'pushes'), 'utf8')).toBe('x\n'.repeat(5));
  });

  it('of two environments by two people at once: both are off', async () => {
    await desk.repository.commit(direct);
    const environments = ['production', 'staging'];
    const results = await Promise.all(environments.map((name) => kill(['--direct', '--env', name])));
    expect(results.map(({ exitCode, errors }) => (exitCode === 0 ? 'done' : errors))).toEqual(['done', 'done']);
    expect(await fileOn('main')).not.toContain('enabled: true');
  });
});

describe('kill and others', () => {
  it('merges with a ramp of the same flag, and wins', async () => {
    await propose('ramp', before.replace('rollout: 5', 'rollout: 25'));
    await kill(['--env', 'production']);
    const branch = (await desk.branches()).find((name) => name.startsWith('kill/')) ?? '';
    await desk.repository.git('fetch', '--quiet', 'origin');
    await desk.repository.git('merge', '--quiet', 'origin/ramp', '-m', 'ramp');
    await desk.repository.git('merge', '--quiet', `origin/${branch}`, '-m', 'kill');
    const merged = await readFile(join(desk.workDir, FILE), 'utf8');
    expect(merged).toBe(before.replace('rollout: 5', 'rollout: 25').replace('enabled: true', 'enabled: false'));
  });

  it('by two people at once: two branches that both merge', async () => {
    const results = await Promise.all([kill(), kill(['--env', 'production'])]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(await desk.branches()).toHaveLength(2);
    await desk.repository.git('fetch', '--quiet', 'origin');
    for (const branch of await desk.branches()) await desk.repository.git('merge', '--quiet', `origin/${branch}`);
    expect(await readFile(join(desk.workDir, FILE), 'utf8')).not.toContain('enabled: true');
  });

  it('is refused by the server, whose words are shown', async () => {
    await desk.repository.commit(direct);
    await hook('pre-receive', 'echo "GH006: Protected branch update failed for refs/heads/main." >&2; exit 1');
    const held = await desk.state();
    const { exitCode, output, errors } = await kill(['--direct']);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    await expect(stable(errors, desk)).toMatchFileSnapshot('golden/kill.refused.txt');
    expect(await desk.state()).toEqual(held);
    expect(await kill()).toMatchObject({ exitCode: 2, errors: expect.stringContaining('the server refuses it') });
  });

  it('does not make the cases fail that tell what the flag does when it is on', async () => {
    await desk.repository.commit(direct);
    const killed = await kill(['--env', 'production', '--direct']);
    expect(killed).toMatchObject({ exitCode: 0, errors: expect.not.stringContaining('still expects') });
    await desk.repository.git('pull', '--quiet', 'origin', 'main');
    const { exitCode, output } = await call(desk.repository.workDir, ['validate']);
    expect({ exitCode, warnings: output.match(/warning case-failed/g) }).toEqual({
      exitCode: 0,
      warnings: [expect.anything()],
    });
  });
});

describe('kill where main does not load', () => {
  it('is made all the same, with a loud warning', async () => {
    await desk.repository.commit({ 'flags/platform/web/broken.yaml': 'key: [\n', [POLICY]: 'nonsense\n' });
    const { exitCode, output, errors } = await kill();
    expect(exitCode).toBe(0);
    await expect(stable(`${output}${errors}`, desk)).toMatchFileSnapshot('golden/kill.broken-main.txt');
    expect(await fileOn(await desk.branch())).not.toContain('enabled: true');
  });

  it('is refused where its own file is broken, and says what is', async () => {
    await desk.repository.commit({ [FILE]: before.replace('rollout: 5', 'rollout: 500') });
    const { exitCode, output } = await kill();
    expect(exitCode).toBe(1);
    expect(output).toContain(`${FILE}:17:`);
    expect(await desk.branches()).toEqual([]);
  });
});

describe('kill and its pull request', () => {
  const address = 'https://github.com/acme/flags.git';
  beforeEach(async () => {
    await desk.repository.git('config', 'remote.origin.url', address);
    await desk.repository.git('config', `url.${desk.repository.url}.insteadOf`, address);
  });
  const run = (openerFor: OpenerFor) =>
    runCommand(killCommand(openerFor), desk.workDir, { argument: KEY, options: { reason: REASON } });

  it('names the page that opens it', async () => {
    const { output } = await kill();
    const branch = await desk.branch();
    const [, url = ''] = /open the pull request: (\S+)/.exec(output) ?? [];
    expect(url).toContain(`https://github.com/acme/flags/compare/main...${branch}?expand=1&`);
    const query = new URL(url).searchParams;
    expect(query.get('title')).toBe(`kill ${KEY} in production, staging`);
    expect(query.get('body')).toContain(`\n## Reason\n\n${REASON}\n`);
  });

  it('opens it where it can', async () => {
    const requests: PullRequestRequest[] = [];
    const url = 'https://github.com/acme/flags/pull/7';
    const report = await run(() => ({ open: (request) => (requests.push(request), Promise.resolve({ url })) }));
    expect(report.json).toMatchObject({ pullRequest: { url, isOpened: true } });
    const head = await desk.branch();
    expect(requests).toMatchObject([{ host: 'github.com', repository: 'acme/flags', base: 'main', head }]);
  });

  it('names the page where that fails, for the push stands', async () => {
    const report = await run(() => ({ open: () => Promise.reject(new Error('403: the token may not')) }));
    expect(report).toMatchObject({ outcome: 'clean', json: { pullRequest: { isOpened: false } } });
    expect(report.notices?.[0]).toBe('the pull request could not be opened: 403: the token may not');
    expect(JSON.stringify(report.json)).toContain('/compare/main...');
  });
});

describe('kill over http', () => {
  const token = 'ghp_right0right0right0right0';
  let server: GitHttpServer;
  beforeEach(async () => {
    await desk.remote('config', 'http.receivepack', 'true');
    server = await GitHttpServer.start({
      root: dirname(desk.repository.remoteDir),
      authorize: (header) => header === basic('ann', token) || header === basic(token, ''),
    });
  });
  afterEach(() => server.stop());
  const useUrl = (userinfo: string) =>
    desk.repository.git('config', 'remote.origin.url', server.url('flags.git').replace('//', `//${userinfo}`));

  it.each([`ann:${token}@`, `${token}:@`])('shows no credentials of the URL: %#', async (userinfo) => {
    await useUrl(userinfo);
    const { exitCode, output, errors } = await kill();
    expect({ exitCode, errors }).toMatchObject({ exitCode: 0 });
    expect(output + errors).not.toContain('right0');
  });

  it.each(['ann:wrong0wrong0@', 'wrong0wrong0wrong0wrong0@', ''])(
    'says that credentials are refused or missing, without a prompt: %#',
    async (userinfo) => {
      await useUrl(userinfo);
      const { exitCode, output, errors } = await kill();
      expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
      expect(errors).toMatch(/credentials/);
      expect(errors).not.toContain('wrong0');
    },
  );

  it('says where it was when the server breaks off, and how to push by hand', async () => {
    await useUrl(`ann:${token}@`);
    await desk.remote('config', 'http.receivepack', 'false');
    const { exitCode, errors } = await kill();
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/git push origin [0-9a-f]{40}:refs\/heads\/kill\/payments/);
    expect(errors).not.toContain('right0');
  });
});
