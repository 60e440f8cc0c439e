/** Files and folders that are there only while a command runs. */
import { rmSync } from 'node:fs';

/** What ends a process that does not listen: Ctrl-C, a cancelled job, a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const unfinished = new Set<string>();

/**
 * Has a file or folder removed where the process is interrupted. Signals are listened to only as long as there is one:
 * a listener has to wait for whatever runs, and what leaves nothing behind can end at once.
 * @returns To be called when it is finished, or gone
 */
export function removedOnInterrupt(path: string): () => void {
  if (unfinished.size === 0) for (const signal of SIGNALS) process.on(signal, interrupt);
  unfinished.add(path);
  return () => {
    unfinished.delete(path);
    if (unfinished.size === 0) ignoreSignals();
  };
}

function ignoreSignals(): void {
  for (const signal of SIGNALS) process.off(signal, interrupt);
}

/** Ends as without a listener, so that a shell sees the signal. */
function interrupt(signal: NodeJS.Signals): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // It can't be removed; nobody is left to do more.
    }
  }
  ignoreSignals();
  process.kill(process.pid, signal);
}
