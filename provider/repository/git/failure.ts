/** What a failed fetch means: git's and the servers' words, told apart by a table. */
import type { GitCredentials } from './auth.js';
import { shown } from './redact.js';
import type { GitUrl } from './url.js';
import { SyncError } from '../sync-error.js';

/** A fetch that ended with an exit code other than 0. */
export interface FetchFailure {
  readonly remote: GitUrl;
  readonly ref: string;
  readonly stderr: string;
  readonly credentials: Pick<GitCredentials, 'kind' | 'secrets'>;
  /** For how long the server asks not to be asked again. */
  readonly retryAfterMs?: number | undefined;
}

/** `credentials`: never, except where the next token may be accepted. */
interface Row {
  readonly words: RegExp;
  readonly meaning: string;
  readonly retry: 'later' | 'never' | 'credentials';
  readonly isOfCache?: boolean;
}

/** The first row whose words occur decides: causes stand before the general complaints that follow them. */
const rows: readonly Row[] = [
  {
    words: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|host key is known for/,
    meaning: 'the host key is not among the known ones; compare it with the one your provider publishes, then pin that',
    retry: 'never',
  },
  {
    words: /UNPROTECTED PRIVATE KEY FILE|Load key .*(?:invalid|error|incorrect passphrase)/,
    meaning: 'ssh does not accept the key file; it needs mode 0600 and no passphrase',
    retry: 'never',
  },
  {
    words: /Permission denied \(|Too many authentication failures/,
    meaning: 'the ssh key is refused; give one that may read the repository',
    retry: 'credentials',
  },
  {
    words: /returned error: 401\b|could not read (?:Username|Password)|Authentication failed|HTTP Basic: Access denied/,
    meaning: 'the server wants valid credentials; give ones that may read the repository as `auth`',
    retry: 'credentials',
  },
  {
    words: /returned error: 403\b/,
    meaning: 'the server forbids access; give credentials that may read the repository as `auth`',
    retry: 'credentials',
  },
  { words: /returned error: 429\b/, meaning: 'the server limits the rate of requests', retry: 'later' },
  { words: /returned error: 5\d\d\b/, meaning: 'the server has an error', retry: 'later' },
  {
    words: /returned error: 3\d\d\b|unable to update url base from redirection/,
    meaning: 'the server redirects elsewhere; if the repository has moved, use its new URL',
    retry: 'later',
  },
  {
    words: /detected dubious ownership/,
    meaning: 'the repository belongs to another user of this machine; run as its owner or serve it over ssh or https',
    retry: 'never',
  },
  {
    words:
      /returned error: 404\b|not found$|[Rr]epository not found|does not appear to be a git repository|could not be found/m,
    meaning: 'there is no such repository, or the credentials may not see it; check the URL and `auth`',
    retry: 'never',
  },
  {
    words: /find remote ref/,
    meaning: 'the ref does not exist there; for a tag give its full name, refs/tags/…',
    retry: 'later',
  },
  {
    words: /No space left on device|Disk quota exceeded|Out of diskspace/,
    meaning: 'the disk is full',
    retry: 'later',
    isOfCache: true,
  },
  {
    words: /insufficient permission|unable to create|cannot lock ref/i,
    meaning: 'the cache cannot be written',
    retry: 'later',
    isOfCache: true,
  },
  {
    words: /fsck error|in packed data|fsck-objects|unpack-objects failed|index-pack failed/i,
    meaning: 'what the server sent is malformed and was refused',
    retry: 'later',
  },
  {
    words: /certificate|SSL|TLS/,
    meaning: "no secure connection: the server's certificate is not trusted",
    retry: 'later',
  },
  { words: /is this a git repository\?/, meaning: 'what answers there is no git server', retry: 'later' },
];

/** The local object store is damaged: fetching into a new one is the cure. */
const DAMAGE: readonly RegExp[] = [
  /object file .* is empty/,
  /loose object .* is corrupt/,
  /bad object refs|does not point to a valid object/,
  /packfile .*(?:corrupt|far too short|cannot be)/,
  /missing (?:blob|tree|commit)/,
  /bad config line/,
  /inflate: data stream error|unable to unpack/,
  // With a colon: the directory of --git-dir.
  /not a git repository: '/,
];

/** Whether git says that its own object store, not the remote's, is damaged. */
export function isStoreDamage(stderr: string): boolean {
  return DAMAGE.some((words) => words.test(stderr));
}

/** What git adds to every failure of a transport. */
const GENERALITIES =
  /^(?:$|fatal: Could not read from remote|Please make sure you have the correct|and the repository exists)/;

/** The line that says most: the first that git or the server calls an error, else the last (ssh begins with a frame). */
function reasonLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !GENERALITIES.test(line.trim()));
  return lines.find((line) => /^(?:fatal|error|ERROR): /.test(line)) ?? lines.at(-1) ?? 'git said nothing';
}

/** The SyncError for a failed fetch: what, from where, why, git's own words redacted. */
export function fetchError({ remote, ref, stderr, credentials, retryAfterMs }: FetchFailure): SyncError {
  const { secrets } = credentials;
  const row = rows.find(({ words }) => words.test(stderr));
  const retry = row?.retry ?? 'later';
  const meaning = row?.meaning ?? 'the server could not be reached, or the fetch broke off';
  const renewed = credentials.kind === 'renewable' ? 'later' : 'never';
  const words = shown(reasonLine(stderr), secrets);
  const message = `cannot fetch ${ref} of ${shown(remote.url, secrets)}: ${meaning} (${words})`;
  return new SyncError(message, retry === 'credentials' ? renewed : retry, { retryAfterMs, isOfCache: row?.isOfCache });
}
