import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** What this process holds that a stopped source must have let go of. */
export interface HeldResources {
  readonly childProcesses: number;
  /** Folders and files that the system watches for this process; counted on Linux only. */
  readonly watches: number;
  /** What lies in the temporary folder. */
  readonly temporaryFiles: number;
}

/** Counts what is held now. */
export async function heldResources(): Promise<HeldResources> {
  return {
    childProcesses: process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length,
    watches: process.platform === 'linux' ? await countWatches() : 0,
    temporaryFiles: (await readdir(tmpdir())).length,
  };
}

async function countWatches(): Promise<number> {
  const folder = '/proc/self/fdinfo';
  // A descriptor may be closed between the two steps.
  const infos = (await readdir(folder)).map((fd) => readFile(`${folder}/${fd}`, 'utf8').catch(() => ''));
  return (await Promise.all(infos)).join('\n').match(/^inotify wd:/gm)?.length ?? 0;
}
