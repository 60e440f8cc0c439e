import { describe, expect, it } from 'vitest';
import { branchOf } from './message.js';
import { pageOf } from './pull-request.js';
import { addressOf, secretsOf } from './remote-address.js';

describe('the address of a remote', () => {
  const urls: readonly (readonly [url: string, address: string | undefined])[] = [
    ['https://github.com/acme/flags.git', 'github.com acme/flags'],
    ['https://github.com/acme/flags/', 'github.com acme/flags'],
    ['https://ann:secret@GitHub.com/acme/flags.git', 'github.com acme/flags'],
    ['https://git.example.com:8443/acme/flags', 'git.example.com:8443 acme/flags'],
    ['ssh://git@git.example.com:2222/acme/flags.git', 'git.example.com acme/flags'],
    ['git@github.com:acme/flags.git', 'github.com acme/flags'],
    ['gitlab.example.com:group/sub/flags.git', 'gitlab.example.com group/sub/flags'],
    ['/srv/git/flags.git', undefined],
    ['file:///srv/git/flags.git', undefined],
    ['../flags.git', undefined],
    ['https://github.com/flags', undefined],
    ['https://github.com/acme/fl ags', undefined],
    ['https://github.com/acme/flags?token=x', undefined],
    ['ext::sh -c x', undefined],
    [`https://github.com/acme/${'x'.repeat(3_000)}`, undefined],
    ['', undefined],
  ];
  it.each(urls)('%s', (url, address) => {
    const found = addressOf(url);
    expect(found && `${found.host} ${found.repository}`).toBe(address);
  });
});

describe('the secrets of a URL', () => {
  const urls: readonly (readonly [url: string, secrets: readonly string[]])[] = [
    ['https://ann:pass%40word@example.com/x', ['pass%40word', 'pass@word']],
    ['https://ghp_0123456789abcdef0123@example.com/x', ['ghp_0123456789abcdef0123', 'ghp_0123456789abcdef0123']],
    ['https://ann@example.com/x', []],
    ['ssh://git@example.com/x', []],
    ['git@example.com:x', []],
  ];
  it.each(urls)('%s', (url, secrets) => expect(secretsOf(url)).toEqual(secrets));
});

describe('the page that opens a pull request', () => {
  const request = {
    repository: 'acme/flags',
    base: 'main',
    head: 'kill/a.b.c-1',
    title: 'kill a.b.c & more',
    body: '#1\n"x"',
  };
  const pages: readonly (readonly [host: string, page: string | undefined])[] = [
    [
      'github.com',
      'https://github.com/acme/flags/compare/main...kill/a.b.c-1?expand=1&title=kill+a.b.c+%26+more&body=%231%0A%22x%22',
    ],
    [
      'gitlab.acme.com',
      'https://gitlab.acme.com/acme/flags/-/merge_requests/new?merge_request%5Bsource_branch%5D=kill%2Fa.b.c-1&merge_request%5Btarget_branch%5D=main&merge_request%5Btitle%5D=kill+a.b.c+%26+more&merge_request%5Bdescription%5D=%231%0A%22x%22',
    ],
    ['git.acme.com', undefined],
    ['notgithub.com', undefined],
  ];
  it.each(pages)('on %s', (host, page) => expect(pageOf({ ...request, host })).toBe(page));
});

describe('the name of a branch', () => {
  it.each(['a.b.c', 'x@{1}', 'x~1', 'y.lock', '-x'])('of %s is one that git takes', (key) => {
    expect(branchOf('kill', key, ['reason'])).toMatch(/^kill\/[A-Za-z0-9.=+_-]+-[0-9a-f]{10}$/);
    expect(branchOf('kill', key, ['reason'])).not.toMatch(/\.\.|@\{|\.lock$|\/\./);
  });
});
