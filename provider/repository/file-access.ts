/** Ways to call the file system. */
import { isErrno } from './git/files.js';

/** Twice libuv's default thread pool: more requests would only wait, and make one turn of the event loop longer. */
const CONCURRENCY = 8;

/** Calls an async function for each item, a few at a time. */
export async function forEachConcurrently<T>(items: readonly T[], use: (item: T, index: number) => Promise<void>) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      await use(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}

/** The value, or undefined where the file system says that there is nothing there. */
export async function ifThere<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ESTALE')) return undefined;
    throw error;
  }
}
