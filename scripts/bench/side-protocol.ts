/** What the benchmark asks of a side's process, and what that answers. */
import type { CaseName } from './cases.js';
import type { Effort } from './measure.js';
import type { Peer } from './peer.js';

/** What a side says of itself. */
export type SideDescription = Pick<Peer, 'title' | 'packageName' | 'note' | 'notes' | 'cannot'>;

/** Each request, and the answer to it. */
export interface SideRequests {
  readonly describe: { readonly asks: object; readonly answers: SideDescription };
  /** The values of a case, for each key and each context once, in the order in which the loop goes through them. */
  readonly values: { readonly asks: { readonly case: CaseName }; readonly answers: readonly unknown[] };
  /** Warms a case up; gives how many calls fill a slice. */
  readonly warmUp: { readonly asks: { readonly case: CaseName; readonly effort: Effort }; readonly answers: number };
  /** Nanoseconds of CPU time a call. */
  readonly slice: { readonly asks: { readonly case: CaseName; readonly times: number }; readonly answers: number };
  /** Bytes allocated a call. */
  readonly bytes: { readonly asks: { readonly case: CaseName }; readonly answers: number };
  /** Closes the SDK; gives what it tried to connect to since it was opened. */
  readonly close: { readonly asks: object; readonly answers: readonly string[] };
}

/** A request as it is sent. */
export type SideRequest = {
  [Name in keyof SideRequests]: { readonly request: Name } & SideRequests[Name]['asks'];
}[keyof SideRequests];

/** An answer as it is sent; `error` is a stack. */
export type SideAnswer = { readonly answer: unknown } | { readonly error: string };
