/** What reading contexts is bounded by, each limit with its origin. */

/**
 * Files in one command: the folders of five samplers, each of which may hold 200 by default. `contexts merge` makes one file
 * of them, and of its own results again.
 */
export const MAX_FILES = 1000;

/** Rows in all files together: at a million rows in ten seconds, this is what somebody still waits for. */
export const MAX_CONTEXTS = 10_000_000;

/** Of a line of JSON, a record of CSV or a cell: an application's context is a few hundred bytes, and `--context` takes as much. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** Nesting of a context, itself counted: as deep as a flag file may be, for a condition can't ask for more. */
export const MAX_DEPTH = 32;

/** Attributes of a context, those of its objects counted too: more than any directory of users has, few enough to walk. */
export const MAX_ATTRIBUTES = 1000;

/** Users that a row may stand for: more than there are people. Sums of weights and of their squares stay far from infinite. */
export const MAX_WEIGHT = 10_000_000_000;

/** The least that a row may weigh: a share of all users, where they are the most that there may be. Its square stays far from 0. */
export const MIN_WEIGHT = 1 / MAX_WEIGHT;

/** Bytes that an archive may unpack to: {@link MAX_CONTEXTS} rows of two kilobytes. */
export const MAX_UNPACKED_BYTES = 20 * 1024 ** 3;

/** Bytes of lines in a batch: about a thousand rows, some milliseconds of a worker's time. */
export const BATCH_BYTES = 256 * 1024;

/** Rows in a batch of columns: as much work as {@link BATCH_BYTES} of lines. */
export const BATCH_ROWS = 1000;

/** Refused rows that are shown: enough to see a pattern, few enough for a screen. */
export const MAX_REFUSED_EXAMPLES = 5;

/** Characters of a wrong value in a message: to find it by, not to know it by. */
export const SHOWN_CHARACTERS = 12;

/** In characters, of a line in which the place of a JSON error is looked for; in a longer one finding it is not worth the time. */
export const MAX_LOCATED_LENGTH = 20_000;

/** The limits that depend on how much there is, for whoever reads with others. */
export interface ReadLimits {
  readonly files: number;
  readonly contexts: number;
  readonly lineBytes: number;
  readonly unpackedBytes: number;
}

/** The limits of every command. */
export const READ_LIMITS: ReadLimits = {
  files: MAX_FILES,
  contexts: MAX_CONTEXTS,
  lineBytes: MAX_LINE_BYTES,
  unpackedBytes: MAX_UNPACKED_BYTES,
};
