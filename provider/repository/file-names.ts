/** What the names and paths of files say. */
import { sep } from 'node:path';

/** Names that never hold flags: `..data` and its kin, git's store, packages, and what editors write beside a file. */
export function isSkippedName(name: string): boolean {
  if (name.startsWith('..') || name === '.git' || name === 'node_modules') return true;
  if (name.startsWith('.#') || (name.startsWith('#') && name.endsWith('#'))) return true;
  // 4913 is the file that vim makes to see whether it may write in a folder.
  return name.endsWith('~') || name.endsWith('.swp') || name.endsWith('.swx') || name === '4913';
}

/** Whether a path is a folder or lies below it; both absolute, with symlinks resolved. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
