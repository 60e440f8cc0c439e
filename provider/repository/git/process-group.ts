/** A child process with all its descendants: ended together, early on a failure and at the latest with this process. */
import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { isErrno } from './files.js';
import type { SyncError } from '../sync-error.js';

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

/** The group that a detached child leads, from its start to its `close` event. */
export class ProcessGroup {
  #failure: SyncError | undefined;

  /** @param isBackground whether this process need not stay alive for it */
  constructor(
    private readonly child: ChildProcess,
    private readonly isBackground = false,
  ) {
    if (child.pid !== undefined) track(child.pid);
    if (!isBackground) return;
    child.unref();
    for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
  }

  /** Ends the whole group, for the first reason that is given. */
  fail(reason: SyncError): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    if (this.child.pid !== undefined) this.#terminate(this.child.pid);
  }

  /** To be called when the last process has ended; gives the reason of a failure. */
  close(): SyncError | undefined {
    if (this.child.pid !== undefined) untrack(this.child.pid);
    return this.#failure;
  }

  /** Kills the group and, whatever still holds its pipes, brings about the `close` event. */
  #terminate(pid: number): void {
    signalGroup(pid, 'SIGTERM');
    this.child.once('exit', () => signalGroup(pid, 'SIGKILL'));
    const kill = setTimeout(() => {
      signalGroup(pid, 'SIGKILL');
      for (const stream of this.child.stdio) stream?.destroy();
    }, KILL_GRACE_MS);
    if (this.isBackground) kill.unref();
    this.child.once('close', () => clearTimeout(kill));
  }
}
