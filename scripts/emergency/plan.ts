/** What a command is going to do to a flag, as data. */
import type { FlagDocument } from '../../provider/engine/index.js';

/** An edit of a flag's file, and what it means. */
export interface EditPlan {
  readonly kind: 'edit';
  readonly text: string;
  /** What the text must say. */
  readonly expected: FlagDocument;
  /** The commit's subject: `kill payments.checkout.new-flow in production`. */
  readonly subject: string;
  /** What happens in each environment, one line each. */
  readonly effects: readonly string[];
  /** What somebody should know before. */
  readonly warnings: readonly string[];
  /** Why this may not go to the main branch unreviewed; undefined where nothing speaks against it. */
  readonly reviewNeeded: string | undefined;
}

/** Nothing is to be done, for these reasons. */
interface EmptyPlan {
  readonly kind: 'nothing';
  readonly reasons: readonly string[];
}

export type Plan = EditPlan | EmptyPlan;
