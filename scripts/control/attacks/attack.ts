/** What a row of the attack suite says: what somebody tries, and what `flagctl check` must say of it. */
import type { FileChanges } from '../../../provider/repository/testing/repository.js';
import type { Preview } from '../../impact/preview.js';
import type { Scene } from '../testing/scene.js';

/** An attack, or an honest use that looks like one. */
export interface Attack {
  /** In the published list of forty; those beyond it are ours. */
  readonly number: number;
  /** What is tried, as a sentence without a full stop. */
  readonly name: string;
  /** Files of main besides the company's, before anything happens; null removes one. */
  readonly before?: FileChanges;
  /** All that happens up to the check. */
  readonly scene: (scene: Scene) => Promise<void>;
  /** The preview that `check` is given, made after all that; left out: none. */
  readonly preview?: (scene: Scene) => Promise<Preview>;
  readonly verdict: 'refused' | 'passes';
  /** Findings, or problems of the merge result, that it must have, by their codes. */
  readonly codes?: readonly string[];
  /** Part of the message of one of those. */
  readonly says?: string;
  readonly tier?: 'low' | 'medium' | 'high';
  readonly isReducing?: boolean;
  /** RFC 3339; left out: the scene's own now. */
  readonly now?: string;
  /** What else a reader should know. */
  readonly remark?: string;
}

/** An attack of the list that `check` never sees, and what meets it. */
export interface MetElsewhere {
  readonly number: number;
  readonly name: string;
  /** What meets it, with the test that shows it. */
  readonly by: string;
}
