/** Which processes of this machine are ours. */
import { readdir, readFile } from 'node:fs/promises';

/** Whether {@link processesWith} works here: it reads /proc. */
export const canListProcesses = process.platform === 'linux';

/** The ids of the running processes whose environment holds `text`, such as the path of a temporary folder. */
export async function processesWith(text: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    ids.map(async (id) => {
      // It may have ended, or belong to somebody else.
      const environment = await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '');
      return environment.includes(text) ? [id] : [];
    }),
  );
  return found.flat();
}
