import { describe, expect, it } from 'vitest';
import { fetchError, isStoreDamage } from './failure.js';
import { parseGitUrl } from './url.js';

const URL = 'https://example.com/acme/flags';
const SECRET = 's3cret-t0ken';

const errorFor = (stderr: string, kind: 'none' | 'constant' | 'renewable' = 'constant') =>
  fetchError({ remote: parseGitUrl(URL), ref: 'main', stderr, credentials: { kind, secrets: [SECRET] } });

/** What servers and git say, beyond what the tests of fetchRef provoke for real. */
describe('fetchError', () => {
  it.each([
    [
      'GitHub over ssh',
      'ERROR: Repository not found.\nfatal: Could not read from remote repository.',
      'never',
      'ERROR: Repository not found.',
    ],
    [
      'GitHub over https',
      "remote: Repository not found.\nfatal: repository 'https://example.com/x/' not found",
      'never',
      'no such repository',
    ],
    ['GitLab', 'remote: The project you were looking for could not be found.\nfatal: x', 'never', 'no such repository'],
    [
      'GitLab, bad token',
      'remote: HTTP Basic: Access denied.\nfatal: Authentication failed for x',
      'never',
      'valid credentials',
    ],
    ['too many keys', 'Received disconnect: Too many authentication failures', 'never', 'key is refused'],
    [
      'an unknown host key',
      'No ED25519 host key is known for h and you have requested strict checking.\nHost key verification failed.',
      'never',
      'host key',
    ],
    [
      'a name that does not resolve',
      "fatal: unable to access 'x': Could not resolve host: example.com",
      'later',
      'could not be reached',
    ],
    [
      'a closed port',
      'ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.',
      'later',
      'Connection refused',
    ],
    [
      'silence',
      "fatal: unable to access 'x': Operation too slow. Less than 1 bytes/sec",
      'later',
      'could not be reached',
    ],
    [
      'an expired certificate',
      "fatal: unable to access 'x': SSL certificate problem: certificate has expired",
      'later',
      'not trusted',
    ],
    [
      'numbers that are no status',
      'error: 40163 bytes of body are still expected\nfatal: early EOF',
      'later',
      'broke off',
    ],
    ['a broken connection', 'error: RPC failed; curl 18 transfer closed\nfatal: early EOF', 'later', 'RPC failed'],
    [
      'a full disk at the end of a pack',
      "fatal: sha1 file 'tmp_idx_x' write error. Out of diskspace\nfatal: index-pack failed",
      'later',
      'disk is full',
    ],
    ['a full disk', 'fatal: write error: No space left on device\nfatal: index-pack failed', 'later', 'disk is full'],
    [
      'a read-only cache',
      "error: cannot lock ref 'refs/guidon/x': Unable to create 'y.lock': Read-only file system",
      'later',
      'cannot be written',
    ],
    ["another user's repository", "fatal: detected dubious ownership in repository at '/x'", 'never', 'another user'],
    ['nothing', '', 'later', 'git said nothing'],
  ] as const)('tells %s', (_, stderr, retry, part) => {
    const error = errorFor(stderr);
    expect(error).toMatchObject({ name: 'SyncError', retry });
    expect(error.message).toContain(part);
    expect(error.message).toContain(`main of ${URL}`);
  });

  it('waits for the next token where there will be one', () => {
    const stderr = 'The requested URL returned error: 403';
    expect((['none', 'constant', 'renewable'] as const).map((kind) => errorFor(stderr, kind).retry)).toEqual([
      'never',
      'never',
      'later',
    ]);
  });

  it('shows what git said on one short line without secrets', () => {
    const { message } = errorFor(`fatal: \u001b[2J ${SECRET} https://ann:pw@example.com ${'x'.repeat(9_000)}`);
    expect(message).not.toMatch(/s3cret|pw@|\u001b/);
    expect(message.length).toBeLessThan(600);
  });
});

describe('isStoreDamage', () => {
  it.each([
    ['error: object file ./objects/ab/cd is empty', true],
    ['fatal: loose object abcd (stored in ./objects/ab/cd) is corrupt', true],
    ["fatal: not a git repository: '/cache/mirror'", true],
    ['fatal: bad object refs/guidon/x', true],
    ["fatal: '/srv/x' does not appear to be a git repository", false],
    ["fatal: couldn't find remote ref refs/heads/main", false],
    ['fatal: unable to access: Could not resolve host', false],
  ])('judges %s', (stderr, isDamaged) => {
    expect(isStoreDamage(stderr)).toBe(isDamaged);
  });
});
