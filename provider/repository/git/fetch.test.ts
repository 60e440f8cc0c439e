import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchRef, type GitAuth, type GitMirror, openRepository, readTree } from '../git.js';
import { Bundle } from '../testing/bundle.js';
import { basic, GitHttpServer } from '../testing/git-http-server.js';
import { makeCertificate, opensslMissing } from '../testing/certificate.js';
import { canListProcesses, processesWith } from '../testing/processes.js';
import { TestRepository } from '../testing/repository.js';
import { sshMissing, SshServer } from '../testing/ssh-server.js';

const TOKEN = 's3cret/t0ken+with=odd&characters';

let repository: TestRepository;

beforeEach(async () => {
  repository = await TestRepository.create();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await repository.dispose();
});

const mirrorOf = (url: string, auth?: GitAuth): Promise<GitMirror> =>
  openRepository({ dir: join(repository.folder, 'cache', 'mirror'), remote: { url, auth } });

/** The error, once it is sure that it shows no secret. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (thrown: unknown) => thrown,
  );
  const encoded = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
  for (const secret of [TOKEN, encodeURIComponent(TOKEN), encoded]) expect(String(error)).not.toContain(secret);
  return error;
}

const syncError = (retry: string, part: string) => ({
  name: 'SyncError',
  retry,
  message: expect.stringContaining(part) as unknown,
});

describe('a file remote', () => {
  it.each(['HEAD', 'main', 'refs/heads/main'])('is fetched by %s', async (ref) => {
    const commit = await repository.commit({ 'flags/a.yaml': 'a' });
    expect(await fetchRef(await mirrorOf(repository.url), ref)).toBe(commit);
    expect(await fetchRef(await mirrorOf(repository.remoteDir), ref)).toBe(commit);
  });

  it('brings the full history and later commits, also after a rewind', async () => {
    const first = await repository.commit({ 'a.yaml': '1' });
    const second = await repository.commit({ 'a.yaml': '2' });
    const mirror = await mirrorOf(repository.url);
    expect(await fetchRef(mirror, 'main')).toBe(second);
    expect((await readTree(mirror, first, '')).entries).toHaveLength(1);
    await repository.git('reset', '--quiet', '--hard', first);
    await repository.push();
    expect(await fetchRef(mirror, 'main')).toBe(first);
  });

  it('brings new commits also of a remote that no longer has its full history', async () => {
    await repository.commit({ 'a.yaml': '1' });
    const mirror = await mirrorOf(repository.url);
    await fetchRef(mirror, 'main');
    const second = await repository.commit({ 'a.yaml': '2' });
    await writeFile(join(repository.remoteDir, 'shallow'), `${second}\n`);
    expect(await fetchRef(mirror, 'main')).toBe(second);
    expect((await readTree(mirror, second, '')).entries).toHaveLength(1);
  });

  it('gives the commit of an annotated tag, and no other tags', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    await repository.git('tag', '--annotate', '--message=x', 'v1');
    await repository.git('push', '--quiet', 'origin', 'v1');
    const mirror = await mirrorOf(repository.url);
    expect(await fetchRef(mirror, 'refs/tags/v1')).toBe(commit);
    await expect(readFile(join(mirror.gitDir, 'FETCH_HEAD'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses a ref that is no commit', async () => {
    await repository.commit({ 'a.yaml': '1' });
    await repository.git('push', '--quiet', 'origin', 'HEAD^{tree}:refs/tags/tree');
    await expect(fetchRef(await mirrorOf(repository.url), 'refs/tags/tree')).rejects.toMatchObject(
      syncError('later', 'not a commit'),
    );
  });

  it('may use SHA-256', async () => {
    const modern = await TestRepository.create({ objectFormat: 'sha256' });
    try {
      const commit = await modern.commit({ 'a.yaml': '1' });
      const mirror = await mirrorOf(modern.url);
      expect(await fetchRef(mirror, 'main')).toBe(commit);
      expect(commit).toHaveLength(64);
      const tree = await readTree(mirror, commit, '');
      expect([...(await tree.read(tree.entries, 10)).values()]).toEqual([Buffer.from('1')]);
      expect(await fetchRef(await mirrorOf(modern.url), 'main')).toBe(commit);
    } finally {
      await modern.dispose();
    }
  });

  it('keeps what it has when the branch vanishes', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    await repository.push('other');
    const mirror = await mirrorOf(repository.url);
    await fetchRef(mirror, 'other');
    await repository.git('push', '--quiet', 'origin', ':refs/heads/other');
    expect(await failureOf(fetchRef(mirror, 'other'))).toMatchObject(syncError('later', 'the ref does not exist'));
    expect((await readTree(mirror, commit, '')).entries).toHaveLength(1);
  });

  it('must be a repository', async () => {
    const mirror = await mirrorOf(`file://${repository.folder}/nothing.git`);
    expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject(syncError('never', 'no such repository'));
  });

  it.each([
    ['..', '..'],
    ['.', '.'],
    ['.git', '.git'],
    ['.GIT', '.GIT'],
    ['git~1'],
    ['.g\u200cit'],
    ['a/b', 'a/b'],
    ['the same name twice', 'a', 'a'],
    ['names out of order', 'b', 'a'],
  ])('is refused when a tree holds %s, and taken again when it no longer does', async (first, ...rest) => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const blob = await repository.git('rev-parse', 'HEAD:a.yaml');
    const names = rest.length === 0 ? [first] : rest;
    const flags = await repository.makeTree(names.map((path) => ({ mode: '100644', path, id: blob })));
    const evil = await repository.makeTree([{ mode: '40000', path: 'flags', id: flags }]);
    const evilCommit = await repository.git('commit-tree', '-p', commit, '-m', 'evil', evil);
    const pushMain = (id: string) => repository.git('push', '--quiet', '--force', 'origin', `${id}:refs/heads/main`);
    const mirror = await mirrorOf(repository.url);
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    await pushMain(evilCommit);
    for (const _ of ['first', 'again']) {
      expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject(syncError('later', 'malformed'));
      expect((await readTree(mirror, commit, '')).entries).toHaveLength(1);
    }
    await pushMain(await repository.git('commit-tree', '-p', commit, '-m', 'good', `${commit}^{tree}`));
    expect(await fetchRef(mirror, 'main')).not.toBe(commit);
  });
});

describe("the user's settings", () => {
  it('change nothing: neither files nor variables', async () => {
    const commit = await repository.commit({ 'flags/a.yaml': 'a' });
    const home = join(repository.folder, 'home');
    const evidence = join(repository.folder, 'evidence');
    const script = join(home, 'touch.sh');
    await mkdir(join(home, '.config', 'git'), { recursive: true });
    await writeFile(script, `#!/bin/sh\ntouch '${evidence}'\n`, { mode: 0o755 });
    const hostile = [
      '[url "file:///nowhere/"]\n\tinsteadOf = file:///',
      `[core]\n\thooksPath = ${home}\n\tfsmonitor = ${script}\n\tsshCommand = ${script}\n\tpager = ${script}`,
      `[alias]\n\tfetch = !${script}\n[uploadpack]\n\tpackObjectsHook = ${script}`,
      '[protocol "file"]\n\tallow = never\n[fetch]\n\tprune = true\n',
    ].join('\n');
    await writeFile(join(home, '.gitconfig'), hostile);
    await writeFile(join(home, '.config', 'git', 'config'), hostile);
    const variables = {
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'url.file:///nowhere/.insteadOf',
      GIT_CONFIG_VALUE_0: 'file:///',
      GIT_DIR: '/nowhere',
      GIT_WORK_TREE: '/nowhere',
      GIT_INDEX_FILE: '/nowhere',
      GIT_OBJECT_DIRECTORY: '/nowhere',
      GIT_ALTERNATE_OBJECT_DIRECTORIES: '/nowhere',
      GIT_NAMESPACE: 'nowhere',
      GIT_SSH_COMMAND: script,
      GIT_SSH: script,
      GIT_ASKPASS: script,
      GIT_EXEC_PATH: home,
      GIT_TEMPLATE_DIR: home,
      GIT_ALLOW_PROTOCOL: 'none',
      GIT_TRACE: join(repository.folder, 'evidence'),
      GIT_PAGER: script,
      EDITOR: script,
      LC_ALL: 'de_DE.UTF-8',
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const mirror = await mirrorOf(repository.url);
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    const tree = await readTree(mirror, commit, 'flags');
    expect([...(await tree.read(tree.entries, 10)).values()]).toEqual([Buffer.from('a')]);
    await expect(readFile(evidence)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('an http remote', () => {
  let server: GitHttpServer;
  let accepted: string;

  beforeEach(async () => {
    accepted = basic('x-access-token', TOKEN);
    server = await GitHttpServer.start({
      root: join(repository.folder, 'remotes'),
      authorize: (header) => header === accepted,
    });
  });

  afterEach(() => server.stop());

  const fetchWith = async (auth?: GitAuth) => fetchRef(await mirrorOf(server.url('flags.git'), auth), 'main');

  it.each([
    ['a token', TOKEN],
    ['a token function', async () => TOKEN],
    ['a token for a user', { token: TOKEN, username: 'x-access-token' }],
  ] as const)('is fetched with %s', async (_, auth) => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    expect(await fetchWith(auth)).toBe(commit);
  });

  it('keeps the token out of the mirror and the process list', async () => {
    await repository.commit({ 'a.yaml': '1' });
    server.behaviour = 'hang';
    const controller = new AbortController();
    const mirror = await mirrorOf(server.url('flags.git'), TOKEN);
    const request = server.nextRequest();
    const outcome = failureOf(fetchRef(mirror, 'main', { signal: controller.signal }));
    await request;
    if (canListProcesses) {
      const ids = await processesWith(`HOME=${mirror.gitDir}`);
      const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'latin1')));
      expect(commands.join('\n')).toContain('remote-http');
      expect(commands.join('\n')).not.toMatch(/Authorization|s3cret/);
    }
    controller.abort();
    await outcome;
    expect(await readFile(join(mirror.gitDir, 'config'), 'utf8')).not.toMatch(/Authorization|s3cret/);
  });

  it('does not show the token to a proxy', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const proxy = await GitHttpServer.start({ root: repository.folder });
    for (const name of ['http_proxy', 'all_proxy', 'ALL_PROXY']) vi.stubEnv(name, proxy.url(''));
    expect(await fetchWith(TOKEN)).toBe(commit);
    expect(proxy.authorizations).toEqual([]);
    await proxy.stop();
  });

  it('asks a token function for each fetch, and recovers with the next token', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const tokens = ['expired', TOKEN, 'expired'];
    const auth = vi.fn(async () => tokens.shift() ?? '');
    const mirror = await mirrorOf(server.url('flags.git'), auth);
    const refusal = syncError('later', 'wants valid credentials');
    expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject(refusal);
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject(refusal);
    expect(auth).toHaveBeenCalledTimes(3);
    expect(new Set(server.authorizations)).toEqual(new Set([basic('x-access-token', 'expired'), accepted]));
  });

  it.each([
    ['no token', undefined, 'never', 'wants valid credentials'],
    ['a wrong token', `${TOKEN}-`, 'never', 'wants valid credentials'],
    ['a wrong username', { token: TOKEN, username: 'bot' }, 'never', 'wants valid credentials'],
  ] as const)('refuses %s', async (_, auth, retry, part) => {
    await repository.commit({ 'a.yaml': '1' });
    expect(await failureOf(fetchWith(auth))).toMatchObject(syncError(retry, part));
  });

  it.each([
    [403, TOKEN, 'never', 'forbids access'],
    [403, async () => TOKEN, 'later', 'forbids access'],
    [404, TOKEN, 'never', 'no such repository'],
    [301, TOKEN, 'later', 'redirects'],
    [429, TOKEN, 'later', 'limits the rate'],
    [500, TOKEN, 'later', 'has an error'],
    [503, TOKEN, 'later', 'has an error'],
    ['page', TOKEN, 'later', 'no git server'],
  ] as const)('is told apart when it answers %s', async (behaviour, auth, retry, part) => {
    server.behaviour = behaviour;
    expect(await failureOf(fetchWith(auth))).toMatchObject(syncError(retry, part));
  });

  it('keeps what it has when its credentials are revoked', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const mirror = await mirrorOf(server.url('flags.git'), TOKEN);
    await fetchRef(mirror, 'main');
    accepted = basic('x-access-token', 'the next one');
    expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject(syncError('never', 'wants valid credentials'));
    expect((await readTree(mirror, commit, '')).entries).toHaveLength(1);
    accepted = basic('x-access-token', TOKEN);
    expect(await fetchRef(mirror, 'main')).toBe(commit);
  });

  it.each([
    [429, '120', 120_000],
    [503, '3', 3_000],
    [503, 'later', undefined],
    [429, undefined, undefined],
  ])('may say with %i when to come back: %s', async (status, value, retryAfterMs) => {
    server.behaviour = { status, headers: value === undefined ? {} : { 'Retry-After': value } };
    expect(await failureOf(fetchWith(TOKEN))).toMatchObject({ retry: 'later', retryAfterMs });
  });

  it('may say with a date when to come back, by its own clock', async () => {
    const headers = { Date: 'Mon, 02 Mar 2037 09:00:00 GMT', 'Retry-After': 'Mon, 02 Mar 2037 09:01:00 GMT' };
    server.behaviour = { status: 503, headers };
    expect(await failureOf(fetchWith(TOKEN))).toMatchObject({ retry: 'later', retryAfterMs: 60_000 });
  });

  it('says nothing of coming back once it serves again, or when nobody answers', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    const mirror = await mirrorOf(server.url('flags.git'), TOKEN);
    server.behaviour = { status: 429, headers: { 'Retry-After': '120' } };
    await failureOf(fetchRef(mirror, 'main'));
    server.behaviour = 'serve';
    expect(await fetchRef(mirror, 'main')).toBe(commit);
    server.behaviour = 500;
    expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject({ retryAfterMs: undefined });
  });

  it('does not fill the memory with a flood of headers', async () => {
    const flood = Array.from({ length: 60 }, (_, index) => [`X-Filler-${index}`, 'x'.repeat(1_000)]);
    const headers = Object.fromEntries([...flood, ['Retry-After', '60']]) as Record<string, string>;
    server.behaviour = { status: 503, headers };
    // The status line is no longer among what is kept, and without it nothing is believed.
    const expected = { ...syncError('later', 'has an error'), retryAfterMs: undefined };
    expect(await failureOf(fetchWith(TOKEN))).toMatchObject(expected);
  });

  it('is told apart when it does not have the repository', async () => {
    const mirror = await mirrorOf(server.url('nothing.git'), TOKEN);
    expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject(syncError('never', 'no such repository'));
  });

  it('is told apart when nobody listens', async () => {
    const gone = await GitHttpServer.start({ root: repository.folder });
    const url = gone.url('flags.git');
    await gone.stop();
    const mirror = await mirrorOf(url, TOKEN);
    expect(await failureOf(fetchRef(mirror, 'main'))).toMatchObject(syncError('later', 'could not be reached'));
  });

  it('is not waited for beyond the deadline, nor by any process', async () => {
    server.behaviour = 'hang';
    const mirror = await mirrorOf(server.url('flags.git'), TOKEN);
    const outcome = failureOf(fetchRef(mirror, 'main', { timeoutMs: 500 }));
    expect(await outcome).toMatchObject(syncError('later', 'took longer than 1 s'));
    if (canListProcesses) expect(await processesWith(`HOME=${mirror.gitDir}`)).toEqual([]);
  });
});

describe.skipIf(opensslMissing !== undefined)(
  `an https remote${opensslMissing === undefined ? '' : `: ${opensslMissing}`}`,
  () => {
    it.each([
      ['a certificate that is trusted', 'now', true],
      ['a certificate that is not trusted', 'now', false],
      ['a certificate that has expired', 'past', true],
    ] as const)('with %s', async (name, validity, isTrusted) => {
      const commit = await repository.commit({ 'a.yaml': '1' });
      const certificate = await makeCertificate(join(repository.folder, 'tls'), validity);
      const server = await GitHttpServer.start({ root: join(repository.folder, 'remotes'), certificate });
      try {
        if (isTrusted) vi.stubEnv('GIT_SSL_CAINFO', certificate.certFile);
        const fetched = fetchRef(await mirrorOf(server.url('flags.git'), TOKEN), 'main');
        if (name.endsWith('is trusted')) expect(await fetched).toBe(commit);
        else {
          expect(await failureOf(fetched)).toMatchObject(syncError('later', 'not trusted'));
          expect(server.authorizations).toEqual([]);
        }
      } finally {
        await server.stop();
      }
    });
  },
);

describe('a fetch in the background', () => {
  it.each([
    ['the server', 'TOKEN'],
    ['the token', 'new Promise(() => undefined)'],
  ])('does not keep the process alive while %s is silent', async (_, token) => {
    const server = await GitHttpServer.start({ root: repository.folder });
    server.behaviour = 'hang';
    try {
      const bundle = await Bundle.of(join(import.meta.dirname, '../git.ts'), join(repository.folder, 'built'));
      const body = `
        const [dir, url, TOKEN] = args;
        const mirror = await module.openRepository({ dir, remote: { url, auth: async () => ${token} } });
        process.on('exit', () => console.log('exit'));
        await module.fetchRef(mirror, 'main', { isBackground: true });
        console.log('fetched');`;
      const dir = join(repository.folder, 'cache', 'mirror');
      expect(await bundle.run(body, dir, server.url('flags.git'), TOKEN)).toBe('exit\n');
      const processes = async () => expect(await processesWith(`HOME=${dir}`)).toEqual([]);
      // SIGKILL was sent before the exit; the kernel may still be at it.
      if (canListProcesses) await vi.waitFor(processes, { timeout: 10_000 });
    } finally {
      await server.stop();
    }
  });
});

describe.skipIf(sshMissing !== undefined)(`an ssh remote${sshMissing === undefined ? '' : `: ${sshMissing}`}`, () => {
  let server: SshServer;

  beforeEach(async () => {
    server = await SshServer.start(join(repository.folder, 'ssh server'));
  });

  afterEach(() => server.stop());

  const fetchWith = async (sshKeyFile: string, knownHostsFile: string, path = repository.remoteDir) =>
    fetchRef(await mirrorOf(server.url(path), { sshKeyFile, knownHostsFile }), 'main');

  it('is fetched with a key and a pinned host key', async () => {
    const commit = await repository.commit({ 'a.yaml': '1' });
    vi.stubEnv('SSH_AUTH_SOCK', '/nowhere');
    expect(await fetchWith(server.keyFile, server.knownHostsFile)).toBe(commit);
  });

  it.each([
    ['another host key', () => [server.keyFile, server.strangeKnownHostsFile], 'host key'],
    ['a key that the server does not know', () => [server.strangeKeyFile, server.knownHostsFile], 'ssh key is refused'],
    [
      'a repository that is not there',
      () => [server.keyFile, server.knownHostsFile, '/nothing.git'],
      'no such repository',
    ],
  ] as const)('refuses %s', async (_, args, part) => {
    await repository.commit({ 'a.yaml': '1' });
    const [key, hosts, path] = args();
    expect(await failureOf(fetchWith(String(key), String(hosts), path))).toMatchObject(syncError('never', part));
  });

  it('refuses a host that is not among the known ones', async () => {
    const empty = join(repository.folder, 'no hosts');
    await writeFile(empty, '');
    expect(await failureOf(fetchWith(server.keyFile, empty))).toMatchObject(syncError('never', 'host key'));
  });

  it('refuses a key file that others can read', async () => {
    const open = join(repository.folder, 'open_key');
    await writeFile(open, await readFile(server.keyFile), { mode: 0o644 });
    expect(await failureOf(fetchWith(open, server.knownHostsFile))).toMatchObject(syncError('never', '0600'));
  });
});
