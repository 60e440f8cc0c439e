/**
 * Runs git where a group of processes must die together, bytes stream in or out, or a network may hang. simple-git
 * does the short local commands (plumbing.ts); its time limit leaves a fetch's transport processes alive.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { ProcessGroup } from './process-group.js';
import { SyncError } from '../sync-error.js';

/** How far a git operation may go. */
export interface GitLimits {
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  /** Ends it after this time; left out: the operation's own limit. */
  readonly timeoutMs?: number | undefined;
  /** Nobody waits for it: this process may end meanwhile, which ends it too. Left out: no. */
  readonly isBackground?: boolean | undefined;
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
  /** At most the last 16 KiB of what was written to {@link TRACE_DESCRIPTOR}. Must not be shown. */
  readonly trace: string;
}

/** A pipe that git and its transports inherit; what they trace goes there only where the environment says so. */
export const TRACE_DESCRIPTOR = 3;

/** Git's own messages are a few lines; a server may send any amount. */
export const MAX_STDERR_BYTES = 16 * 1024;

/** The headers of a response are at its end. */
const MAX_TRACE_BYTES = 16 * 1024;

/** Collects a stream's first bytes; calls `overflow` when there are more. */
export function collect(stream: NodeJS.ReadableStream | null, maxBytes: number, overflow: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let room = maxBytes;
  stream?.on('data', (chunk: Buffer) => {
    if (room > 0) chunks.push(chunk.subarray(0, room));
    room -= chunk.length;
    if (room < 0) overflow();
  });
  return chunks;
}

/** Collects a stream's last bytes; gives what gives them. */
function collectTail(stream: NodeJS.ReadableStream, maxBytes: number): () => string {
  let tail: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-maxBytes);
  });
  return () => tail.toString('latin1');
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
export function watchLimits(
  run: GitLimits & { readonly timeoutMs: number },
  operation: string,
  stop: (reason: SyncError) => void,
): () => void {
  const { signal, timeoutMs, isBackground } = run;
  const onAbort = (): void => {
    if (signal) stop(interruption(operation, signal));
  };
  const deadline = setTimeout(() => stop(overdue(operation, timeoutMs)), timeoutMs);
  if (isBackground === true) deadline.unref();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', onAbort);
  };
}

/** Starts git as the leader of a process group. */
export function start({ gitDir, args, environment }: Pick<GitRun, 'gitDir' | 'args' | 'environment'>): ChildProcess {
  // The working directory is not used, and the caller's may have been deleted.
  const options = {
    cwd: '/',
    env: environment,
    detached: true,
    stdio: Array<'pipe'>(TRACE_DESCRIPTOR + 1).fill('pipe'),
  };
  return spawn('git', [`--git-dir=${gitDir}`, ...args], options);
}

/**
 * Runs git in a process group of its own and waits until the whole group has ended.
 * @throws SyncError when git can't be started, is aborted, exceeds its time or prints too much; not for an exit code
 */
export function runGit(run: GitRun): Promise<GitResult> {
  const operation = `git ${run.args[0]}`;
  if (run.signal?.aborted) return Promise.reject(interruption(operation, run.signal));
  const child = start(run);
  const group = new ProcessGroup(child, run.isBackground);
  child.on('error', (error) => group.fail(unstartable(error)));
  const unwatch = watchLimits(run, operation, (reason) => group.fail(reason));
  const stdout = collect(child.stdout, run.maxOutputBytes, () =>
    group.fail(new SyncError(`${operation} printed more than ${run.maxOutputBytes} bytes`, 'later')),
  );
  const stderr = collect(child.stderr, MAX_STDERR_BYTES, () => undefined);
  const trace = collectTail(child.stdio[TRACE_DESCRIPTOR] as NodeJS.ReadableStream, MAX_TRACE_BYTES);
  // Git may end before it has read all: its exit code tells.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(run.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('close', (exitCode) => {
      unwatch();
      const failure = group.close();
      if (failure !== undefined) return reject(failure);
      const errors = Buffer.concat(stderr).toString();
      resolve({ exitCode: exitCode ?? -1, stdout: Buffer.concat(stdout), stderr: errors, trace: trace() });
    });
  });
}
