/** What may widen a flag from elsewhere: the segments that it asks about, and the flags that it needs. */
import { defaultVariantOf } from '../../../provider/engine/index.js';
import type { Breach } from './breach.js';
import type { ServingDocuments } from './history.js';
import { conditionsOfServed, Meanings } from './meaning.js';
import { servedBy, servesNobody, type Served } from './served.js';
import { breachesOfStep } from './step.js';

/** Segments that a served environment asks about, and that are others than they were. */
export function segmentBreaches(after: Served, from: ServingDocuments, to: ServingDocuments): readonly Breach[] {
  const old = conditionsOfServed(after, from);
  return [...conditionsOfServed(after, to)]
    .filter(([name, condition]) => from.segments.has(name) && old.get(name) !== condition)
    .map(([name]) => ({
      code: 'staged-segment',
      message: `the segment \`${name}\` changes, which a reached stage or a rule uses, and may bring people in`,
      fix: `leave \`${name}\` as it is; make another segment for the new people, and a stage of its own for that`,
    }));
}

/** As {@link segmentBreaches}, of all that a flag needs: nothing of it may serve more than it did. */
export function widerNeeds(
  before: Served,
  after: Served,
  environment: string,
  from: ServingDocuments,
  to: ServingDocuments,
): readonly Breach[] {
  const [old, now] = [new Meanings(from, environment), new Meanings(to, environment)];
  return sharedNeeds(before, after).flatMap(([key, variant]): readonly Breach[] => {
    if (old.of(key) === now.of(key)) return [];
    if (isDefault(to, key, variant)) return [inverseNeed(key, variant)];
    const needed = servedBy(to.flags.get(key)?.read(), environment);
    if (needed === undefined || servesNobody(needed)) return [];
    const last = servedBy(from.flags.get(key)?.read(), environment);
    const breaches = last && [
      ...breachesOfStep(last, needed, 0),
      ...segmentBreaches(needed, from, to),
      ...widerNeeds(last, needed, environment, from, to),
    ];
    if (breaches?.length === 0) return [];
    const message = `\`${key}\`, which it needs, serves more than it did then`;
    return [{ code: 'staged-prerequisite', message, fix: 'begin at `stage: off`' }];
  });
}

/** What a flag needed before and needs still, each with the variant. */
export function sharedNeeds(before: Served, { flag }: Served): readonly (readonly [string, string])[] {
  const old = new Map(Object.entries(before.flag.prerequisites ?? {}));
  return Object.entries(flag.prerequisites ?? {})
    .filter(([key]) => old.has(key))
    .map(([key, variant]) => [key, String(variant)]);
}

/** Whether a variant is a flag's default. */
export function isDefault({ flags }: ServingDocuments, key: string, variant: string): boolean {
  const flag = flags.get(key)?.read();
  return flag !== undefined && defaultVariantOf(flag) === variant;
}

/** A flag that is open to whoever another one is closed to. */
export function inverseNeed(key: string, variant: string): Breach {
  return {
    code: 'staged-prerequisite',
    message: `it needs \`${key}: ${variant}\`, the default of that flag, which may reach more people now`,
    fix: 'turn this flag off in the same change, and on again afterwards',
  };
}
