import { describe, expect, it } from 'vitest';
import { hostFrom, openHost } from './host.js';
import { parseRemote, type RemoteOptions } from './remote.js';

describe('parseRemote', () => {
  const github = { kind: 'github', apiUrl: 'https://api.github.com', path: 'acme/flags' };

  it.each<[options: RemoteOptions, expected: object]>([
    [{ url: 'acme/flags' }, github],
    [{ url: 'https://github.com/acme/flags' }, github],
    [{ url: 'https://github.com/acme/flags.git/' }, github],
    [{ url: 'git@github.com:acme/flags.git' }, github],
    [{ url: 'ssh://git@github.com:22/acme/flags.git' }, github],
    [{ url: 'https://x-access-token:secret@github.com/acme/flags' }, github],
    [{ url: 'https://github.acme.example/acme/flags' }, { ...github, apiUrl: 'https://github.acme.example/api/v3' }],
    [
      { url: 'acme/flags', apiUrl: 'https://git.acme.example/api/v3/' },
      { ...github, apiUrl: 'https://git.acme.example/api/v3' },
    ],
    [
      { url: 'git@gitlab.com:acme/team/flags.git' },
      { kind: 'gitlab', apiUrl: 'https://gitlab.com/api/v4', path: 'acme/team/flags' },
    ],
    [
      { url: 'https://git.acme.example:8443/acme/flags', kind: 'gitlab' },
      { kind: 'gitlab', apiUrl: 'https://git.acme.example:8443/api/v4', path: 'acme/flags' },
    ],
    [
      { url: 'https://git.acme.example/acme/team/flags', fallback: 'gitlab' },
      { kind: 'gitlab', apiUrl: 'https://git.acme.example/api/v4', path: 'acme/team/flags' },
    ],
    [{ url: 'https://github.com/acme/flags', fallback: 'gitlab' }, github],
  ])('%j', (options, expected) => {
    expect(parseRemote(options)).toEqual(expected);
  });

  it.each<[options: RemoteOptions, message: RegExp]>([
    [{ url: '' }, /it is no URL/],
    [{ url: '/srv/git/flags' }, /it is no URL/],
    [{ url: 'file:///srv/git/flags' }, /it is file:, not on a host/],
    [{ url: 'https://github.com/acme' }, /its path is not owner\/name/],
    [{ url: 'https://github.com/acme/flags/more' }, /its path is not owner\/name/],
    [{ url: 'acme/..' }, /its path is not owner\/name/],
    [{ url: 'git@github.com:../flags' }, /its path is not owner\/name/],
    [{ url: 'https://git.acme.example/acme/flags' }, /name its API in GITHUB_API_URL or in CI_API_V4_URL/],
    [{ url: 'acme/flags', apiUrl: 'http://git.acme.example/api/v3' }, /must be https/],
    [{ url: 'acme/flags', apiUrl: 'https://user:secret@git.acme.example' }, /without credentials/],
    [{ url: 'acme/flags', apiUrl: 'secret' }, /is no URL/],
    [{ url: 'https://user:secret@git.acme.example/a' }, /name its API in GITHUB_API_URL or in CI_API_V4_URL/],
  ])('refuses %j', (options, message) => {
    expect(() => parseRemote(options)).toThrow(message);
    expect(() => parseRemote(options)).not.toThrow(/secret/);
  });
});

describe('openHost', () => {
  it.each(['ghp_secret\n', 'ghp_secret two', 'ghp_sécret', 'x'.repeat(5_000)])(
    'refuses the token %j unsaid',
    (token) => {
      expect(() => openHost({ url: 'acme/flags', token })).toThrow(/the token holds/);
      expect(() => openHost({ url: 'acme/flags', token })).not.toThrow(/secret|two|xxx/);
    },
  );

  it('takes the token and the API of its kind from the environment', () => {
    const environment = { GITHUB_TOKEN: 'a', GITHUB_API_URL: 'b', GITLAB_TOKEN: 'c', CI_API_V4_URL: 'd' };
    expect(hostFrom('github', environment)).toEqual({ token: 'a', apiUrl: 'b' });
    expect(hostFrom('gitlab', environment)).toEqual({ token: 'c', apiUrl: 'd' });
    expect(() => openHost({ url: 'acme/flags', ...hostFrom('github', {}) })).not.toThrow();
  });
});
