/** What the benchmark needs of a side: Guidon, or another SDK. Adding one is a file in `peers/` and its name here. */
import type { CaseName } from './cases.js';
import type { BenchContext, BenchFlag } from './flag.js';

/** The files in `peers/`, in the order of their columns. */
export const peerFiles = [
  'flagd',
  'launchdarkly',
  'unleash',
  'growthbook',
  'featurevisor',
  'configcat',
  'statsig',
] as const;

/** An SDK, and how it is set up without a network, events or timers. */
export interface Peer {
  /** The heading of its column. */
  readonly title: string;
  /** On npm; undefined for Guidon. */
  readonly packageName: string | undefined;
  /** What a reader of all its rows must know, to follow the title: `has promises only`. */
  readonly note?: string;
  /** The same of one row. */
  readonly notes?: Readonly<Partial<Record<CaseName, string>>>;
  /** The rows that it cannot express, each with the reason, in the same form: `has no objects`. */
  readonly cannot?: Readonly<Partial<Record<CaseName, string>>>;
  open(flags: readonly BenchFlag[]): Promise<OpenPeer>;
}

/** An SDK that is ready to answer; `Native` is its own form of a context, made outside the timed loop. */
export interface OpenPeer<Native = unknown> {
  /** Its evaluations are promises: the SDK has no synchronous ones, and waiting for them is part of their price. */
  readonly isAsync?: true;
  context(context: BenchContext): Native;
  /** The value of a boolean flag, or a promise of it. */
  boolean(key: string, context: Native): unknown;
  /** As {@link boolean}, of a flag whose values are mappings. */
  object(key: string, context: Native): unknown;
  /** Ends everything; the process must then be able to end by itself. */
  close(): void | Promise<void>;
}
