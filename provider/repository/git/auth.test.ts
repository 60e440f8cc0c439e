import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentialsFor, type GitAuth, type GitCredentials } from './auth.js';
import { parseGitUrl } from './url.js';

const WEB = 'https://example.com/acme/flags';
const SSH = 'git@example.com:acme/flags';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-auth-'));
  file = join(folder, 'key');
  await writeFile(file, 'key');
});

afterEach(() => rm(folder, { recursive: true }));

const credentials = (url: string, auth?: GitAuth, limits = {}): Promise<GitCredentials> =>
  credentialsFor(parseGitUrl(url), auth, limits);

describe('tokens', () => {
  it.each([
    ['a constant', 't0ken', 'x-access-token:t0ken', 'constant'],
    ['a function', (): string => 't0ken', 'x-access-token:t0ken', 'renewable'],
    ['an async function', async (): Promise<string> => 't0ken', 'x-access-token:t0ken', 'renewable'],
    ['a username', { token: 't0ken', username: 'bot' }, 'bot:t0ken', 'constant'],
    ['a username left open', { token: 't0ken', username: undefined }, 'x-access-token:t0ken', 'constant'],
  ] as const)('are a header for one origin: %s', async (_, auth, pair, kind) => {
    const { environment, ...rest } = await credentials(WEB, auth as GitAuth);
    expect(environment).toEqual({
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'http.https://example.com/.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(pair).toString('base64')}`,
      GIT_CONFIG_KEY_1: 'http.followRedirects',
      GIT_CONFIG_VALUE_1: 'false',
    });
    expect(rest).toEqual({ kind, secrets: ['t0ken', pair] });
  });

  it.each(['http://localhost:1/x', 'http://127.0.0.1:1/x', 'http://127.1/x', 'http://[::1]:1/x'])(
    'may travel to this machine unencrypted: %s',
    async (url) => {
      expect((await credentials(url, 's3cret')).kind).toBe('constant');
    },
  );

  it.each([
    ['plain http', 'http://example.com/x', 's3cret', 'https://', 'never'],
    ['a host that only looks local', 'http://127.0.0.1.example.com/x', 's3cret', 'https://', 'never'],
    ['ssh', SSH, 's3cret', 'ssh key', 'never'],
    ['a local path', '/srv/flags', 's3cret', 'leave `auth` out', 'never'],
    ['an empty token', WEB, '', '1 to 4096', 'never'],
    ['a line end', WEB, 's3cret\nX-Evil: 1', 'line ends', 'never'],
    ['a long token', WEB, 's3cret'.repeat(1_000), '1 to 4096', 'never'],
    ['a username with a colon', WEB, { token: 's3cret', username: 'a:b' }, 'colons', 'never'],
    ['a username that is no text', WEB, { token: 's3cret', username: 5 }, '`username`', 'never'],
    ['null', WEB, null, '{ token, username }', 'never'],
    ['a number', WEB, 5, '{ token, username }', 'never'],
    ['an object without any', WEB, {}, '{ token, username }', 'never'],
    ['a token that is no text', WEB, { token: 5 }, '1 to 4096', 'never'],
    ['a function that gives a line end', WEB, (): string => 's3cret\n', 'line ends', 'later'],
    ['a function that gives nothing', WEB, (): string => '', '1 to 4096', 'later'],
    ['a function that throws', WEB, () => Promise.reject(new Error('s3cret')), 'failed to give', 'later'],
  ] as const)('are refused: %s', async (_, url, auth, reason, retry) => {
    const error = await credentials(url, auth as GitAuth).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'SyncError', retry, message: expect.stringContaining(reason) });
    expect(String(error)).not.toContain('s3cret');
  });

  it('are not waited for longer than the limits allow', async () => {
    const never = () => new Promise<string>(() => undefined);
    const error = { name: 'SyncError', retry: 'later' };
    await expect(credentials(WEB, never, { timeoutMs: 1 })).rejects.toMatchObject(error);
    await expect(credentials(WEB, never, { signal: AbortSignal.abort() })).rejects.toMatchObject(error);
  });
});

describe('ssh keys', () => {
  it('reach ssh by variables alone', async () => {
    const { environment } = await credentials(SSH, { sshKeyFile: file, knownHostsFile: file });
    expect(environment).toMatchObject({ GUIDON_SSH_KEY_FILE: file, GUIDON_SSH_KNOWN_HOSTS: file });
    expect(environment['GIT_SSH_COMMAND']).not.toContain(folder);
    expect(environment).not.toHaveProperty('SSH_AUTH_SOCK');
  });

  it.each(['a"b', "a'b", 'a%h', 'a$HOME', 'a`id`', 'a\\b', 'a\nb', '', 'missing', '.'])(
    'are refused in a file %j',
    async (name) => {
      const path = name === '' ? '' : join(folder, name);
      for (const auth of [
        { sshKeyFile: path, knownHostsFile: file },
        { sshKeyFile: file, knownHostsFile: path },
      ]) {
        await expect(credentials(SSH, auth)).rejects.toMatchObject({ name: 'SyncError', retry: 'never' });
      }
    },
  );

  it('are refused over https', async () => {
    const auth = { sshKeyFile: file, knownHostsFile: file };
    await expect(credentials(WEB, auth)).rejects.toMatchObject({ retry: 'never' });
  });
});

describe('no credentials', () => {
  it('leave ssh its agent but not its configuration', async () => {
    const { environment, kind } = await credentials(SSH);
    expect(environment['GIT_SSH_COMMAND']).toMatch(
      /^exec ssh -F \/dev\/null .*BatchMode=yes .*StrictHostKeyChecking=yes/,
    );
    expect(kind).toBe('none');
  });

  it('are nothing at all over https', async () => {
    expect(await credentials(WEB)).toEqual({ environment: {}, secrets: [], kind: 'none' });
  });
});
