/** Brings one ref of the remote, with its full history, into a mirror. */
import { credentialsFor, type GitCredentials, isLoopback } from './auth.js';
import { localEnvironment, remoteEnvironment } from './environment.js';
import { fetchError, isStoreDamage } from './failure.js';
import type { GitMirror } from './mirror.js';
import { type GitLimits, type GitResult, interruption, overdue, runGit } from './process.js';
import { HEADER_TRACE, retryAfterOf } from './retry-after.js';
import { parseRef } from './url.js';
import { SyncError } from '../sync-error.js';

/** git-sync's default; the first fetch of a large repository may need more. */
const DEFAULT_TIMEOUT_MS = 120_000;

/** A quiet fetch prints nothing; a server's greetings go to stderr. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Depth 1 would be slower, lose ancestry and leave `shallow.lock` behind a kill. */
const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-show-forced-updates',
  // A remote without its full history: left out, git skips the update, and --quiet says nothing of it.
  '--update-shallow',
  '--end-of-options',
];

type TimeLeft = GitLimits & { readonly timeoutMs: number };

/** Asked before each step of an operation: what is left of its time. @throws SyncError when there is none. */
function startDeadline({ signal, timeoutMs = DEFAULT_TIMEOUT_MS, isBackground }: GitLimits): () => TimeLeft {
  const start = performance.now();
  return () => {
    if (signal?.aborted) throw interruption('git fetch', signal);
    const left = timeoutMs - (performance.now() - start);
    if (left <= 0) throw overdue('git fetch', timeoutMs);
    return { signal, timeoutMs: left, isBackground };
  };
}

async function runFetch(
  mirror: GitMirror,
  source: string,
  credentials: GitCredentials,
  limits: TimeLeft,
): Promise<GitResult> {
  const { gitDir, remote, ref } = mirror;
  const environment = remoteEnvironment(gitDir, remote.scheme, isLoopback(remote.host));
  return runGit({
    ...limits,
    gitDir,
    args: [...FETCH, remote.url, `+${source}:${ref}`],
    environment: { ...environment, ...HEADER_TRACE, ...credentials.environment },
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
}

async function fetchedCommit({ gitDir, ref, remote }: GitMirror, source: string, limits: TimeLeft) {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const environment = localEnvironment(gitDir);
  const { exitCode, stdout } = await runGit({ ...limits, gitDir, args, environment, maxOutputBytes: 4_096 });
  if (exitCode !== 0) throw new SyncError(`${source} of ${remote.url} is not a commit`, 'later');
  return stdout.toString('latin1').trim();
}

/** The remote's object format, where the mirror was made for the other one. */
function otherFormat({ stderr }: GitResult): 'sha1' | 'sha256' | undefined {
  const format = /mismatched algorithms: client sha\d+; server (sha1|sha256)\b/.exec(stderr)?.[1];
  return format === 'sha1' || format === 'sha256' ? format : undefined;
}

/**
 * Fetches one ref (`HEAD`, a branch name, `refs/...`), also after a force-push; gives its commit's full hash.
 * @throws SyncError `never` for what waiting cannot mend: a refused ref, refused constant credentials, an unknown
 *   repository, an unknown host key; `later` for all else, such as a vanished ref
 */
export async function fetchRef(mirror: GitMirror, ref: string, limits: GitLimits = {}): Promise<string> {
  const source = parseRef(ref);
  const left = startDeadline(limits);
  await mirror.prepare(left());
  const credentials = await credentialsFor(mirror.remote, mirror.auth, left());
  let result = await runFetch(mirror, source, credentials, left());
  const format = otherFormat(result);
  if (format !== undefined) {
    await mirror.convert(format);
    result = await runFetch(mirror, source, credentials, left());
  }
  if (result.exitCode !== 0) {
    if (isStoreDamage(result.stderr)) await mirror.reportDamage();
    const retryAfterMs = retryAfterOf(result.trace, Date.now());
    throw fetchError({ remote: mirror.remote, ref: source, stderr: result.stderr, credentials, retryAfterMs });
  }
  return fetchedCommit(mirror, source, left());
}
