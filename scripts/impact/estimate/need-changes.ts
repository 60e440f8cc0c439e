/** Which prerequisites may serve others than before, told once for all the flags that need them. */
import { canonical, segmentReferences, type Documents, type FlagDocument } from '../../../provider/engine/index.js';
import type { SegmentChanges } from './segment-changes.js';
import { stepsOf, type Steps } from './steps.js';

/** In one environment, between two revisions that load. */
export class NeedChanges {
  readonly #answers = new Map<string, boolean>();

  constructor(
    private readonly environment: string,
    private readonly before: Documents['flags'],
    private readonly after: Documents['flags'],
    private readonly segments: SegmentChanges,
  ) {}

  /** Whether a flag, a segment that it uses or a flag that it needs decides otherwise; values of variants do not count. */
  differs(key: string): boolean {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#differs(key);
    this.#answers.set(key, answer);
    return answer;
  }

  #differs(key: string): boolean {
    const [old, now] = [this.before.get(key), this.after.get(key)];
    if (old === undefined || now === undefined) return old !== now;
    const document = now.read();
    const is = stepsOf(document, this.environment);
    if (old !== now && this.#decisions(old.read()) !== decisionsText(is)) return true;
    const segments = is.steps.flatMap(({ when }) => segmentReferences(when, []));
    return (
      segments.some(({ name }) => this.segments.differs(name)) ||
      [...is.needs.keys()].some((need) => this.differs(need))
    );
  }

  #decisions(document: FlagDocument): string {
    return decisionsText(stepsOf(document, this.environment));
  }
}

function decisionsText({ isEnabled, needs, steps, rest, bucketBy, salt }: Steps): string {
  const decisions = [...steps, { when: {}, gives: rest }].map(({ when, gives: { shares, fallback } }) => ({
    when,
    shares: shares.map(({ variant, percent }) => [variant, percent]),
    fallback,
  }));
  return canonical({ isEnabled, needs: Object.fromEntries(needs), decisions, bucketBy, salt });
}
