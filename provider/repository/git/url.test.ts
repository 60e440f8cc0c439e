import { describe, expect, it } from 'vitest';
import { parseGitUrl, parsePath, parseRef, repositoryName } from './url.js';
import { SyncError } from '../sync-error.js';

function refusalOf(run: () => unknown): SyncError {
  try {
    run();
  } catch (error) {
    if (error instanceof SyncError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseGitUrl', () => {
  it.each([
    ['https://example.com/acme/flags.git', 'https', 'flags'],
    ['https://example.com/acme/flags/', 'https', 'flags'],
    ['HTTPS://example.com/acme/flags', 'https', 'flags'],
    ['https://example.com:8443/flags.git', 'https', 'flags'],
    ['http://127.0.0.1:8080/flags.git', 'http', 'flags'],
    ['ssh://git@example.com/acme/flags.git', 'ssh', 'flags'],
    ['ssh://git@example.com:2222/acme/flags', 'ssh', 'flags'],
    ['ssh://example.com/~ann/flags', 'ssh', 'flags'],
    ['ssh://git@[::1]:22/flags', 'ssh', 'flags'],
    ['git@example.com:acme/flags.git', 'ssh', 'flags'],
    ['git@example.com:flags.git', 'ssh', 'flags'],
    ['example.com:/srv/flags.git', 'ssh', 'flags'],
    ['git@[::1]:flags', 'ssh', 'flags'],
    ['file:///srv/git/flags.git', 'file', 'flags'],
    ['file:///srv/git/my%20flags', 'file', 'my flags'],
    ['/srv/git/flags.git', 'file', 'flags'],
    ['/home/ann/my flags/.git', 'file', 'my flags'],
    ['/srv/git/a:b::c', 'file', 'c'],
  ])('accepts %s', (url, scheme, name) => {
    expect(parseGitUrl(url)).toMatchObject({ scheme, name });
  });

  it.each([
    ['', 'empty'],
    ['--upload-pack=touch x', 'hyphen'],
    ['-oProxyCommand=x', 'hyphen'],
    ['ext::sh -c touch% x', 'remote helper'],
    ['fd::7', 'remote helper'],
    ['EXT::x', 'remote helper'],
    ['http::http://example.com/flags', 'remote helper'],
    ['::x', 'remote helper'],
    ['git://example.com/flags', 'git:// is not allowed'],
    ['ftp://example.com/flags', 'ftp:// is not allowed'],
    ['ftp://example.com/flags?token=s3cret', 'ftp:// is not allowed'],
    ['git+ssh://example.com/flags', 'git+ssh:// is not allowed'],
    ['https://ann:s3cret@example.com/flags', '`auth`'],
    ['https://s3cret@example.com/flags', '`auth`'],
    ['http://:s3cret@localhost/flags', '`auth`'],
    ['https://example.com/flags?private_token=s3cret', 'query'],
    ['https://example.com/flags#s3cret', 'fragment'],
    ['https://', 'not a valid URL'],
    ['https://ann:pa/s3cret@example.com/flags', 'not a valid URL'],
    ['https://exa mple.com/flags', 'not a valid URL'],
    ['https://example.com', 'no repository'],
    ['https://example.com/', 'no repository'],
    ['https://example.com/%0a', 'no repository'],
    ['https://-oProxyCommand=x/flags', 'host begins with a hyphen'],
    ['ssh://-oProxyCommand=x/flags', 'without a password'],
    ['ssh://git@-oProxyCommand=x/flags', 'without a password'],
    ['ssh://-l@example.com/flags', 'without a password'],
    ['ssh://%2doProxyCommand=x/flags', 'without a password'],
    ['ssh://git:s3cret@example.com/flags', 'without a password'],
    ['ssh://example.com', 'without a password'],
    ['ssh://example.com/flags?token=s3cret', 'query'],
    ['git:s3cret@example.com:flags', 'relative path or no URL'],
    ['git@-oProxyCommand=x:flags', 'relative path or no URL'],
    ['-git@example.com:flags', 'hyphen'],
    ['git@example.com:-flags', 'relative path or no URL'],
    ['file://host/flags', 'absolute path'],
    ['file://', 'absolute path'],
    ['file:///', 'no repository'],
    ['/', 'no repository'],
    ['./flags', 'relative path'],
    ['../flags', 'relative path'],
    ['acme/flags', 'relative path'],
    ['flags', 'relative path'],
    ['/srv/fl\nags', 'control characters'],
    ['https://example.com/fl\u0000ags', 'control characters'],
    [`https://example.com/${'x'.repeat(2_048)}`, 'longer than 2048'],
  ])('refuses %j', (url, reason) => {
    const error = refusalOf(() => parseGitUrl(url));
    expect(error.message).toContain(reason);
    expect(error.retry).toBe('never');
    expect(error.message).not.toContain('s3cret');
    expect(error.message.length).toBeLessThan(600);
  });

  it('names a repository after the last part of any URL', () => {
    expect(repositoryName('../clones/flags.git/')).toBe('flags');
    expect(repositoryName('C:flags')).toBe('flags');
    expect(repositoryName('/bad/%zz')).toBe('%zz');
    expect(repositoryName('')).toBe('');
  });
});

describe('parseRef', () => {
  it.each([
    ['HEAD', 'HEAD'],
    ['main', 'refs/heads/main'],
    ['feature/new-flow', 'refs/heads/feature/new-flow'],
    ['refs/tags/v1.0', 'refs/tags/v1.0'],
    ['+main', 'refs/heads/+main'],
    ['größe', 'refs/heads/größe'],
  ])('gives %s in full', (text, full) => {
    expect(parseRef(text)).toBe(full);
    expect(parseRef(full)).toBe(full);
  });

  it.each([
    '',
    '-',
    '--upload-pack=x',
    '@',
    'a..b',
    'a@{1}',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a\nb',
    'a\u007f',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'refs/',
    'x'.repeat(300),
  ])('refuses %j', (text) => {
    expect(refusalOf(() => parseRef(text))).toMatchObject({ retry: 'never', message: expect.stringContaining('HEAD') });
  });
});

describe('parsePath', () => {
  it.each([
    ['', ''],
    ['.', ''],
    ['./', ''],
    ['flags', 'flags'],
    ['flags/', 'flags'],
    ['./config//flags/.', 'config/flags'],
    ['my flags', 'my flags'],
    ['..flags', '..flags'],
  ])('normalises %j', (text, path) => {
    expect(parsePath(text)).toBe(path);
  });

  it.each(['/flags', '../flags', 'a/../b', '..', '-flags', 'a\\b', 'a\u0000b', 'x'.repeat(5_000)])(
    'refuses %j',
    (text) => {
      expect(refusalOf(() => parsePath(text)).retry).toBe('never');
    },
  );
});
