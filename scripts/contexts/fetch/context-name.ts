/** Names of files that may hold contexts, as an archive or a branch has them. */
import { kindByName } from '../reading/file-kind.js';

/** What a file may be called on any system, and on a command line: no dot or dash first. */
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9_ .=@+-]{0,199}$/;

const MAX_SEGMENTS = 20;

/** Whether a name ends as files of contexts do. */
export function isContextName(name: string): boolean {
  try {
    kindByName(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * What is wrong with a name of an archive: something that would lead out of the folder, or mean another file than it says,
 * makes the whole archive untrustworthy.
 */
export function unsafeName(name: string): string | undefined {
  const segments = name.replace(/\/$/, '').split('/');
  if (name.includes('\\') || /^[A-Za-z]:/.test(name)) return 'a path of another system';
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'a control character';
  if (name.startsWith('/')) return 'an absolute path';
  if (segments.some((segment) => segment === '..' || segment === '.' || segment === ''))
    return 'a path out of its folder';
  return undefined;
}

/** Whether a file of this name is taken: one of contexts, with a name that means the same everywhere. */
export function isTaken(name: string): boolean {
  const segments = name.split('/');
  return segments.length <= MAX_SEGMENTS && isContextName(name) && segments.every((segment) => SEGMENT.test(segment));
}
