/** Which segments hold for others after a change, told once for all the flags that use them. */
import { segmentReferences } from '../../../provider/engine/index.js';
import type { Segments } from '../../change/audience.js';
import { conditionChanges } from '../../change/conditions.js';
import { conditionMeaning } from '../../change/meaning.js';
import { listed } from '../../change/words.js';

/** Differences of a condition that are said; whoever wants all reads the change of the segment. */
const MAX_SAID = 2;

/** Between two revisions that load; a segment that either does not have is no change of a segment. */
export class SegmentChanges {
  readonly #answers = new Map<string, boolean>();
  readonly #words = new Map<string, string>();

  constructor(
    private readonly before: Segments,
    private readonly after: Segments,
  ) {}

  /** Whether a segment, or one that it uses, is written otherwise. */
  differs(name: string): boolean {
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const answer = this.#differs(name);
    this.#answers.set(name, answer);
    return answer;
  }

  /** What differs in a segment itself, in words; empty where that is only in one that it uses. */
  words(name: string): string {
    const known = this.#words.get(name);
    if (known !== undefined) return known;
    const [old, now] = [this.before.get(name)?.read(), this.after.get(name)?.read()];
    const changes = old === undefined || now === undefined ? [] : conditionChanges(old.when, now.when);
    const words = listed(changes, MAX_SAID);
    this.#words.set(name, words);
    return words;
  }

  #differs(name: string): boolean {
    const [old, now] = [this.before.get(name), this.after.get(name)];
    if (old === undefined || now === undefined) return false;
    const { when } = now.read();
    if (old !== now && conditionMeaning(old.read().when) !== conditionMeaning(when)) return true;
    return segmentReferences(when, []).some((inner) => this.differs(inner.name));
  }
}
