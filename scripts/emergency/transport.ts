/** How a command that works from any state of a clone talks to its remote. */

/** A fetch that touches nothing of the user's: no branch, tag or remote-tracking ref, no FETCH_HEAD, no submodule. */
export const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-prune',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
  '--no-write-fetch-head',
  '--refmap=',
  '--end-of-options',
];

/**
 * A push without a hook of the clone, for hooks are the server's to run; and without a force, so that a server takes it
 * only on top of what it has.
 */
export const PUSH = [
  'push',
  '--porcelain',
  '--no-verify',
  '--no-follow-tags',
  '--recurse-submodules=no',
  '--end-of-options',
];
