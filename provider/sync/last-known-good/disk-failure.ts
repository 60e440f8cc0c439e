/** What the file system's errors mean to an operator. */
import { SyncError } from '../../repository/sync-error.js';

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
  ['ENOTDIR', 'something that is no folder is in the place of one'],
  ['EEXIST', 'something that is no folder is in the place of one'],
  ['ENOENT', 'the folder has been removed'],
  ['ELOOP', 'a symlink is in its place'],
  ['EIO', 'the disk fails'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
]);

/** The reason in a few words, from an error of the file system or a SyncError. @throws any other error, which is a bug */
export function reasonOf(error: unknown): string {
  if (error instanceof SyncError) return error.message;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  return reasons.get(error.code) ?? error.message;
}
