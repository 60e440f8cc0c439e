/** How a command gives up. */

/** The caller asked for what can't be done: shown with the command's usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Somebody pressed Ctrl-C at a question: nothing more is said, exit code 130. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}
