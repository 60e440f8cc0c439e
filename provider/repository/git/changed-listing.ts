/** The entries of a commit by way of what changed since another one: a few lines instead of ten thousand. */
import { checkCount, kindOf, type ListingRequest, pathOf, runListing } from './listing.js';
import type { TreeEntry } from '../tree.js';

/** The entries of another commit, listed in full or in this way, with the same paths wanted. */
export interface PreviousListing {
  readonly commit: string;
  readonly entries: readonly TreeEntry[];
}

/** One path that differs; `before` or `after` is absent where it was added or removed, or is not wanted. */
interface Change {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

const CHANGE = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) [ADMT]$/;
const ABSENT_MODE = '000000';

/** Text compares as bytes do, but for surrogates; and a backslash may stand for a byte that is no text. */
const COMPARES_UNLIKE_BYTES = /[\\\ud800-\udfff]/;

/** In the order of the paths' bytes; undefined where the output is not what is expected. */
function parseChanges(output: Buffer, isWanted: ListingRequest['isWanted']): Change[] | undefined {
  const changes: Change[] = [];
  for (let start = 0; start < output.length;) {
    const middle = output.indexOf(0, start);
    const end = output.indexOf(0, middle + 1);
    const [, modeBefore, modeAfter, idBefore, idAfter] = CHANGE.exec(output.toString('latin1', start, middle)) ?? [];
    if (middle < 0 || end < 0 || idBefore === undefined || idAfter === undefined) return undefined;
    const path = pathOf(output.subarray(middle + 1, end));
    const entryOf = (mode = '', id: string): TreeEntry | undefined => {
      const kind = kindOf(mode);
      const entry = kind === undefined ? undefined : { path, id, kind };
      return entry !== undefined && isWanted(entry) ? entry : undefined;
    };
    const isKnown = (mode = ''): boolean => mode === ABSENT_MODE || kindOf(mode) !== undefined;
    if (!isKnown(modeBefore) || !isKnown(modeAfter)) return undefined;
    changes.push({ path, before: entryOf(modeBefore, idBefore), after: entryOf(modeAfter, idAfter) });
    start = end + 1;
  }
  return changes;
}

/** Adds the sizes, which a list of changes does not tell; undefined where a blob can't be read. */
async function withSizes(request: ListingRequest, changes: readonly Change[]): Promise<Change[] | undefined> {
  const blobs = changes.flatMap(({ after }) => (after === undefined || after.kind === 'submodule' ? [] : [after.id]));
  if (blobs.length === 0) return [...changes];
  const input = blobs.map((id) => `${id}\n`).join('');
  const { stdout } = await runListing(request, ['cat-file', '--batch-check', '--buffer'], input);
  const sizes = new Map<string, number>();
  for (const [, id = '', size] of stdout.toString('latin1').matchAll(/^([0-9a-f]+) blob (\d+)$/gm)) {
    sizes.set(id, Number(size));
  }
  if (!blobs.every((id) => sizes.has(id))) return undefined;
  return changes.map((change) => {
    const size = change.after && sizes.get(change.after.id);
    return change.after === undefined || size === undefined ? change : { ...change, after: { ...change.after, size } };
  });
}

/** Undefined where the changes do not fit the entries, or the order of the result is not certain. */
function applyChanges(entries: readonly TreeEntry[], changes: readonly Change[]): TreeEntry[] | undefined {
  const result: TreeEntry[] = [];
  let next = 0;
  for (const { path, before, after } of changes) {
    for (let entry; (entry = entries[next]) !== undefined && entry.path < path; next++) result.push(entry);
    const present = entries[next]?.path === path ? entries[next++] : undefined;
    if (present?.id !== before?.id || present?.kind !== before?.kind) return undefined;
    if (after !== undefined) result.push(after);
  }
  for (const entry of entries.slice(next)) result.push(entry);
  const isOrdered = result.every(({ path }, index) => index === 0 || (result[index - 1]?.path ?? '') < path);
  return isOrdered && !result.some(({ path }) => COMPARES_UNLIKE_BYTES.test(path)) ? result : undefined;
}

/**
 * The wanted entries of a commit, exactly as a full listing gives them; undefined on any doubt, and where the previous
 * commit is not in the store.
 * @throws SyncError when git does not end in time or there are too many entries
 */
export async function listChangedEntries(
  request: ListingRequest,
  previous: PreviousListing,
): Promise<readonly TreeEntry[] | undefined> {
  const { commit, paths, isWanted } = request;
  // Without the last option, a setting of the repository could hide changes of submodules.
  const options = ['-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=none'];
  const args = ['diff-tree', ...options, previous.commit, commit, '--', ...paths];
  const { exitCode, stdout } = await runListing(request, args);
  const changes = exitCode === 0 ? parseChanges(stdout, isWanted) : undefined;
  if (changes === undefined) return undefined;
  const sized = await withSizes(request, changes);
  if (sized === undefined) return undefined;
  const entries = applyChanges(previous.entries, sized);
  if (entries !== undefined) checkCount(entries);
  return entries;
}
