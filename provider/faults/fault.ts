/** What a row of the fault suite says: what breaks, and what an application must see of it. */
import type { EventName } from './application.js';
import type { Need } from './needs.js';
import type { Stage } from './stage.js';

/** Where the flags come from. */
export type Transport = 'http' | 'https' | 'ssh' | 'file' | 'directory';

/** What an application must see while a fault lasts. */
export interface Expected {
  /** Of the client. */
  readonly status: 'READY' | 'STALE' | 'ERROR' | 'FATAL';
  /** From the start on: all of them, in order. */
  readonly events: readonly EventName[];
  /** Whether several changes in a row count as one; left out: they do not. */
  readonly isUncounted?: boolean;
  /** The name of the revision whose value is served; `nothing`: the code's own default. */
  readonly serves: 'nothing' | 'first' | 'second' | 'newest';
  /** Part of `status().lastError.message`; left out: there must be none. */
  readonly error?: string;
  /** Part of `status().rejected.reason`; left out: there must be none. */
  readonly rejected?: string;
  /** Part of the log; left out: nothing is asked of it. */
  readonly log?: string;
  /** `status().persisted`; left out: true where something is served. */
  readonly persisted?: boolean;
  /** `status().fromLastKnownGood`; left out: false. */
  readonly fromLastKnownGood?: boolean;
}

/** A fault of the list. */
export interface Fault {
  /** In the list. */
  readonly number: number;
  /** What happens. */
  readonly name: string;
  /** One test each. */
  readonly over: readonly Transport[];
  /** What it takes; where that is missing the row is skipped. */
  readonly needs?: readonly Need[];
  /** From the start of the application to the end of what happens. */
  readonly scene: (stage: Stage) => Promise<void>;
  readonly sees: Expected;
  /** What ends it; left out: the source can be reached again and has a good revision. */
  readonly mend?: (stage: Stage) => Promise<void>;
  /** Why nothing ends it; left out: after it has ended a poll brings the newest revision. */
  readonly isFinal?: string;
  /** What the list says that this product has no part in, and what else a reader should know. */
  readonly remark?: string;
}

/** A fault of the list that can't happen to this provider. */
export interface Inapplicable {
  readonly number: number;
  readonly name: string;
  readonly reason: string;
}
