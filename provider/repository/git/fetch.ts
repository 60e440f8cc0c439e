/** Brings one ref of the remote, with its full history, into a mirror. */
import { credentialsFor, type GitCredentials, isLoopback } from './auth.js';
import { localEnvironment, remoteEnvironment } from './environment.js';
import { fetchError, isStoreDamage } from './failure.js';
import type { GitMirror } from './mirror.js';
import { type GitLimits, type GitResult, interruption, overdue, runGit } from './process.js';
import type { Quarantine } from './quarantine.js';
import { checkQuota, MAX_RECEIVED_BYTES, type Quota, withinQuota } from './quota.js';
import { HEADER_TRACE, retryAfterOf } from './retry-after.js';
import { parseRef } from './url.js';
import { SyncError } from '../sync-error.js';

/** How far a fetch may go. */
export interface FetchLimits extends GitLimits {
  /** What it may receive; left out: 512 MiB. */
  readonly maxReceivedBytes?: number | undefined;
}

/** git-sync's default; the first fetch of a large repository may need more. */
const DEFAULT_TIMEOUT_MS = 120_000;

/** A quiet fetch prints nothing; a server's greetings go to stderr. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Depth 1 would be slower, lose ancestry and leave `shallow.lock` behind a kill. */
const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-show-forced-updates',
  // A remote without its full history: left out, git skips the update, and --quiet says nothing of it.
  '--update-shallow',
  '--end-of-options',
];

/** What to fetch, from where and as whom. */
interface FetchRequest {
  readonly mirror: GitMirror;
  /** The ref's name on the remote. */
  readonly source: string;
  readonly credentials: GitCredentials;
  /** Asked before each step: what is left of the time. @throws SyncError when there is none */
  readonly left: () => TimeLeft;
  readonly quota: Quota;
}

type TimeLeft = GitLimits & { readonly timeoutMs: number };

function startDeadline({ signal, timeoutMs = DEFAULT_TIMEOUT_MS, isBackground }: GitLimits): () => TimeLeft {
  const start = performance.now();
  return () => {
    if (signal?.aborted) throw interruption('git fetch', signal);
    const left = timeoutMs - (performance.now() - start);
    if (left <= 0) throw overdue('git fetch', timeoutMs);
    return { signal, timeoutMs: left, isBackground };
  };
}

async function runFetch(request: FetchRequest, quarantine: Quarantine): Promise<GitResult> {
  const { mirror, source, credentials, quota } = request;
  const { gitDir, remote } = mirror;
  const environment = remoteEnvironment(gitDir, remote.scheme, isLoopback(remote.host));
  const limits = request.left();
  return withinQuota(quarantine, quota, limits, (signal) =>
    runGit({
      ...limits,
      signal,
      gitDir: quarantine.gitDir,
      args: [...FETCH, remote.url, source],
      environment: { ...environment, ...quarantine.environment, ...HEADER_TRACE, ...credentials.environment },
      maxOutputBytes: MAX_OUTPUT_BYTES,
    }),
  );
}

/** The commit that an object is or, as a tag, leads to. */
async function commitOf(id: string, { mirror, source, left }: FetchRequest, quarantine: Quarantine): Promise<string> {
  const { exitCode, stdout } = await runGit({
    ...left(),
    gitDir: quarantine.gitDir,
    args: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${id}^{commit}`],
    environment: { ...localEnvironment(mirror.gitDir), ...quarantine.environment },
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  if (exitCode !== 0) throw new SyncError(`${source} of ${mirror.remote.url} is not a commit`, 'later');
  return stdout.toString('latin1').trim();
}

/** The fetched commit, which is in the store then, or the result of the fetch that failed. */
async function receive(request: FetchRequest): Promise<string | GitResult> {
  const { mirror, quota } = request;
  return mirror.inQuarantine(async (quarantine) => {
    const result = await runFetch(request, quarantine);
    if (result.exitCode !== 0) return result;
    const [id = '', received] = await Promise.all([quarantine.fetchedId(), quarantine.received()]);
    checkQuota(received, quota);
    const known = mirror.fetched?.id === id ? mirror.fetched.commit : undefined;
    if (known !== undefined && received.length === 0 && (await quarantine.keep(mirror.ref))) return known;
    const commit = await commitOf(id, request, quarantine);
    await quarantine.release(received, mirror.ref, commit);
    mirror.fetched = { id, commit };
    return commit;
  });
}

/** The remote's object format, where the mirror was made for the other one. */
function otherFormat({ stderr }: GitResult): 'sha1' | 'sha256' | undefined {
  const format = /mismatched algorithms: client sha\d+; server (sha1|sha256)\b/.exec(stderr)?.[1];
  return format === 'sha1' || format === 'sha256' ? format : undefined;
}

/**
 * Fetches one ref (`HEAD`, a branch name, `refs/...`), also after a force-push; gives its commit's full hash.
 * @throws SyncError `never` for what waiting cannot mend: a refused ref, refused constant credentials, an unknown
 *   repository, an unknown host key; `later` for all else, such as a vanished ref or a fetch that is too large
 */
export async function fetchRef(mirror: GitMirror, ref: string, limits: FetchLimits = {}): Promise<string> {
  const source = parseRef(ref);
  const left = startDeadline(limits);
  await mirror.prepare(left());
  const credentials = await credentialsFor(mirror.remote, mirror.auth, left());
  const { maxReceivedBytes = MAX_RECEIVED_BYTES } = limits;
  const quota = { what: `what ${source} of ${mirror.remote.url} brings`, maxBytes: maxReceivedBytes };
  const request = { mirror, source, credentials, left, quota };
  let received = await receive(request);
  const format = typeof received === 'string' ? undefined : otherFormat(received);
  if (format !== undefined) {
    await mirror.convert(format);
    received = await receive(request);
  }
  if (typeof received === 'string') return received;
  const { stderr, trace } = received;
  if (isStoreDamage(stderr)) await mirror.reportDamage();
  const retryAfterMs = retryAfterOf(trace, Date.now());
  throw fetchError({ remote: mirror.remote, ref: source, stderr, credentials, retryAfterMs });
}
