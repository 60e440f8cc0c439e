/** A rule of control that a change breaks, or what a reviewer should know. */

/** What is wrong, with the way out. */
export interface Finding {
  /** In kebab-case, for documents and tests: `tier-reason-missing`. */
  readonly code: string;
  /** `error` refuses the change; `warning` and `notice` are for the reviewer. */
  readonly severity: 'error' | 'warning' | 'notice';
  /** What was found and what was expected, in one or two sentences. */
  readonly message: string;
  /** How to go on; undefined where there is nothing to do. */
  readonly fix?: string | undefined;
  /** The file that it is about. */
  readonly file?: string | undefined;
  /** The flag that it is about. */
  readonly key?: string | undefined;
  readonly environment?: string | undefined;
}
