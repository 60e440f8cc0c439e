/** Files of contexts through a replay: every batch parsed and counted, in whatever order, and added up in the files'. */
import { availableParallelism } from 'node:os';
import type { ContextFile } from '../../contexts/contexts.js';
import { Dispatch, type Replayed } from './dispatch.js';
import type { Job } from './job.js';
import { OwnLane, type Lane } from './lane.js';
import { SeenKeys, type Repeats } from './repeats.js';
import { WorkerLane } from './worker-lane.js';

/** How to replay. */
export interface FilesReplay {
  readonly job: Job;
  readonly files: readonly ContextFile[];
  readonly threads: number;
  /** Told which part of all bytes has been read, 0 to 1. */
  readonly progress: (done: number) => void;
}

/** More than that leaves the one thread that reads behind. */
const MAX_THREADS = 8;

/** Bytes below which one thread is done before others would have started. */
const SMALL_BYTES = 8 * 1024 * 1024;

/** How many threads replay files, where nobody says. */
export function threadsFor(files: readonly ContextFile[]): number {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return bytes < SMALL_BYTES ? 1 : Math.min(MAX_THREADS, availableParallelism());
}

/**
 * Replays files; twice where a row of a targeting key comes after a heavier one, as in samples that nobody has merged:
 * only the second time it is known which row counts.
 * @throws UsageError where a file as a whole can't be read, or there are too many keys
 */
export async function replayFiles(replay: FilesReplay): Promise<Replayed> {
  const seen = new SeenKeys();
  const replayed = await replayOnce(replay, seen);
  return seen.hasLighter ? replayOnce(replay, seen.lightest()) : replayed;
}

async function replayOnce({ job, files, threads, progress }: FilesReplay, repeats: Repeats): Promise<Replayed> {
  const lanes: readonly Lane[] =
    threads === 1 ? [new OwnLane(job)] : Array.from({ length: threads }, () => new WorkerLane(job));
  const dispatch = new Dispatch(lanes, repeats);
  const allBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytesBefore = 0;
  try {
    for (const file of files) {
      const from = bytesBefore;
      await dispatch.read(file, (bytes) => progress(allBytes === 0 ? 0 : Math.min(1, (from + bytes) / allBytes)));
      bytesBefore += file.bytes;
    }
    return await dispatch.end();
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
  }
}
