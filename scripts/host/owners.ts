/** The members of owners, asked one after the other. */
import type { Owner } from '../approval/pull-request.js';
import { mapInTurn } from './in-turn.js';
import { MAX_OWNERS } from './limits.js';
import type { Reading } from './reading.js';

/** Each owner once, in the order given; of those beyond the limit nobody is asked, and a gap says so. */
export async function readEachOwner(
  handles: readonly string[],
  reading: Reading,
  readMembers: (handle: string) => Promise<readonly string[] | null>,
): Promise<readonly Owner[]> {
  const unique = [...new Set(handles)];
  if (unique.length > MAX_OWNERS) reading.miss(`only the members of the first ${MAX_OWNERS} owners were asked for`);
  const asked = new Set(unique.slice(0, MAX_OWNERS));
  return mapInTurn(unique, async (handle) => ({
    handle,
    members: asked.has(handle) ? await readMembers(handle) : null,
  }));
}
