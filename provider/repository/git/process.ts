/**
 * Runs git where a group of processes must die together, bytes stream in or out, or a network may hang. simple-git
 * does the short local commands (git-plumbing.ts); its time limit leaves a fetch's transport processes alive.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { isErrno } from './files.js';
import { SyncError } from '../sync-error.js';

/** Ends a git operation early: on abort, or after a time (left out: the operation's own limit). */
export interface GitLimits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** One run of git. */
export interface GitRun extends GitLimits {
  /** Absolute. */
  readonly gitDir: string;
  /** The subcommand first. */
  readonly args: readonly string[];
  /** All of the process's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** How a run ended by itself. */
export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** At most the first 16 KiB. */
  readonly stderr: string;
}

/** Git's own messages are a few lines; a server may send any amount. */
const MAX_STDERR_BYTES = 16 * 1024;

/** Between SIGTERM, on which git removes its lock and temporary files, and SIGKILL. */
const KILL_GRACE_MS = 1_000;

const liveGroups = new Set<number>();

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: it has ended; EPERM (macOS): only zombies are left.
    if (!isErrno(error, 'ESRCH', 'EPERM')) throw error;
  }
}

function killLiveGroups(): void {
  for (const pid of liveGroups) signalGroup(pid, 'SIGKILL');
}

function track(pid: number): void {
  if (liveGroups.size === 0) process.on('exit', killLiveGroups);
  liveGroups.add(pid);
}

function untrack(pid: number): void {
  liveGroups.delete(pid);
  if (liveGroups.size === 0) process.off('exit', killLiveGroups);
}

/** Kills the group and, whatever still holds its pipes, brings about the `close` event. */
function terminate(child: ChildProcessWithoutNullStreams, pid: number): void {
  signalGroup(pid, 'SIGTERM');
  child.once('exit', () => signalGroup(pid, 'SIGKILL'));
  const kill = setTimeout(() => {
    signalGroup(pid, 'SIGKILL');
    for (const stream of child.stdio) stream?.destroy();
  }, KILL_GRACE_MS);
  child.once('close', () => clearTimeout(kill));
}

/** Collects a stream's first bytes; calls `overflow` when there are more. */
function collect(stream: NodeJS.ReadableStream, maxBytes: number, overflow: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let room = maxBytes;
  stream.on('data', (chunk: Buffer) => {
    if (room > 0) chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
    if (room < 0) overflow();
  });
  return chunks;
}

/** What a run that was ended by its caller reports. */
export function interruption(operation: string, signal: AbortSignal): SyncError {
  return new SyncError(`${operation} was interrupted`, 'later', { cause: signal.reason });
}

/** What a run that took too long reports. */
export function overdue(operation: string, timeoutMs: number): SyncError {
  return new SyncError(`${operation} took longer than ${Math.ceil(timeoutMs / 1_000)} s and was ended`, 'later');
}

/** What a process that could not be started reports. */
export function unstartable(cause: Error): SyncError {
  return cause.message.includes('ENOENT')
    ? new SyncError('git was not found on the PATH; install git 2.31 or newer', 'never', { cause })
    : new SyncError('git could not be started', 'later', { cause });
}

/** Calls `stop` on the abort or the deadline of a run; gives what ends the watch. */
function watchLimits(run: GitRun, operation: string, stop: (reason: SyncError) => void): () => void {
  const { signal, timeoutMs } = run;
  const onAbort = (): void => {
    if (signal) stop(interruption(operation, signal));
  };
  const deadline = setTimeout(() => stop(overdue(operation, timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', onAbort);
  };
}

/** Kills the group at the first failure; `end`, after the last process, tells which failure that was. */
function superviseGroup(child: ChildProcessWithoutNullStreams, run: GitRun, operation: string) {
  const { pid } = child;
  let failure: SyncError | undefined;
  const fail = (reason: SyncError): void => {
    if (failure !== undefined) return;
    failure = reason;
    if (pid !== undefined) terminate(child, pid);
  };
  if (pid !== undefined) track(pid);
  child.on('error', (error) => fail(unstartable(error)));
  const unwatch = watchLimits(run, operation, fail);
  const end = (): SyncError | undefined => {
    unwatch();
    if (pid !== undefined) untrack(pid);
    return failure;
  };
  return { fail, end };
}

/**
 * Runs git in a process group of its own and waits until the whole group has ended.
 * @throws SyncError when git can't be started, is aborted, exceeds its time or prints too much; not for an exit code
 */
export function runGit(run: GitRun): Promise<GitResult> {
  const operation = `git ${run.args[0]}`;
  if (run.signal?.aborted) return Promise.reject(interruption(operation, run.signal));
  // The working directory is not used, and the caller's may have been deleted.
  const options = { cwd: '/', env: run.environment, detached: true };
  const child = spawn('git', [`--git-dir=${run.gitDir}`, ...run.args], options);
  const group = superviseGroup(child, run, operation);
  const stdout = collect(child.stdout, run.maxOutputBytes, () =>
    group.fail(new SyncError(`${operation} printed more than ${run.maxOutputBytes} bytes`, 'later')),
  );
  const stderr = collect(child.stderr, MAX_STDERR_BYTES, () => undefined);
  // Git may end before it has read all: its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      const failure = group.end();
      if (failure !== undefined) return reject(failure);
      resolve({ exitCode: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}
