/** The options that a kill and a rollback share. */
import type { CommandOption } from '../command.js';

/** Why, and where to. */
export const deliveryOptions: readonly CommandOption[] = [
  { name: 'reason', value: 'TEXT', summary: 'why, in one line; it stays in the history for good' },
  { name: 'dry-run', summary: 'show the diff and what it means, and change nothing' },
  { name: 'branch', value: 'NAME', summary: "the main branch (default: the remote's)" },
  { name: 'remote', value: 'NAME', summary: 'the remote to fetch from and push to (default: origin)' },
  { name: 'local', summary: 'edit the file in the working tree, without a commit' },
];
