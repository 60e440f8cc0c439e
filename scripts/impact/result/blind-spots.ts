/**
 * What replayed contexts cannot tell: rules of the change that read what no context has as applications send it. Whom those
 * move is not seen, so the upper end of the interval is everybody. Else an attribute that a sampler dropped, or keys that
 * are hashed in samples alone, would be a way to move many and be seen to move none.
 */
import { createHash } from 'node:crypto';
import {
  canonical,
  defaultVariantOf,
  segmentReferences,
  variantsOf,
  type ConditionDocument,
  type Documents,
  type FlagDocument,
} from '../../../provider/engine/index.js';
import { operatorsOf } from '../../change/meaning.js';
import type { Segments } from '../../change/audience.js';
import { isSplit, type Gives } from '../estimate/gives.js';
import { stepsOf } from '../estimate/steps.js';
import { ConditionReader, type AttributeUse } from '../findings/attribute-needs.js';
import { presentKinds } from '../findings/observed-change.js';
import type { ObservedAttribute } from '../findings/observed.js';
import type { Population } from '../preview.js';

/** An attribute that nobody can tell of. */
export interface BlindSpot {
  readonly path: string;
  /** `absent`: no context has a value that the rule could hold for; `hashed`: it is no value that applications send. */
  readonly why: 'absent' | 'hashed';
}

/** What is known of the contexts. */
export interface Sight {
  readonly population: Pick<Population, 'contexts' | 'keys'>;
  readonly attributeOf: (path: string) => ObservedAttribute | undefined;
}

/** One read of an attribute: by an operator, or to hash it. */
type Read = AttributeUse | { readonly path: string; readonly operator: 'hash' };

/** A part of what decides, as a text that is the same where it serves everybody the same, and what it reads. */
interface Part {
  readonly text: string;
  readonly reads: readonly Read[];
}

const KEY = 'targetingKey';

/** Users whom a rule may name one by one and nobody minds that they are not seen: fewer than any share tells of. */
const MAX_NAMED = 100;

/** One side of a change, as far as it was asked for: two thousand flags may use the same segments and prerequisites. */
class Side {
  readonly #reader: ConditionReader;
  readonly #segments = new Map<string, string>();
  readonly #flags = new Map<string, readonly Part[]>();

  constructor(private readonly documents: Documents) {
    this.#reader = new ConditionReader(documents.segments);
  }

  /** First what everybody passes: the state and the prerequisites; then rules and stages; then the rest. */
  partsOf(key: string, environment: string): readonly Part[] {
    const id = JSON.stringify([key, environment]);
    const known = this.#flags.get(id);
    if (known !== undefined) return known;
    const flag = this.documents.flags.get(key)?.read();
    const parts = flag === undefined ? [] : this.#parts(flag, environment);
    this.#flags.set(id, parts);
    return parts;
  }

  #parts(flag: FlagDocument, environment: string): readonly Part[] {
    const { isEnabled, needs, steps, rest, bucketBy, salt } = stepsOf(flag, environment);
    const giving = (gives: Gives): Part => ({
      text: canonical([valuesOf(gives), isSplit(gives) ? [bucketBy, salt] : []]),
      reads: isSplit(gives) ? [{ path: bucketBy, operator: 'hash' }] : [],
    });
    const needed = [...needs].map(([key, variant]) => ({ variant, parts: this.partsOf(key, environment) }));
    const texts = needed.map(({ variant, parts }) => [variant, digest(parts.map(({ text }) => text))]);
    return [
      {
        text: canonical([isEnabled, defaultVariantOf(flag), texts]),
        reads: needed.flatMap(({ parts }) => parts.flatMap(({ reads }) => reads)),
      },
      ...steps.map(({ when, gives }): Part => {
        const given = giving(gives);
        const uses = this.#reader.usesOf(when);
        const seen = namesFew(when, this.documents.segments) ? uses.filter(({ path }) => path !== KEY) : uses;
        return { text: canonical([this.#meaning(when), given.text]), reads: [...seen, ...given.reads] };
      }),
      giving(rest),
    ];
  }

  /** A condition with all segments that it leads to. */
  #meaning(when: ConditionDocument): string {
    const names = segmentReferences(when, []).map(({ name }) => name);
    return digest([canonical(when), ...names.map((name) => this.#segment(name))]);
  }

  #segment(name: string): string {
    const known = this.#segments.get(name);
    if (known !== undefined) return known;
    const meaning = this.#meaning(this.documents.segments.get(name)?.read().when ?? {});
    this.#segments.set(name, meaning);
    return meaning;
  }
}

/** What contexts cannot tell of the flags of a change. */
export class BlindSpots {
  readonly #base: Side;
  readonly #result: Side;

  constructor(
    sides: { readonly base: Documents; readonly result: Documents },
    private readonly sight: Sight,
  ) {
    this.#base = new Side(sides.base);
    this.#result = new Side(sides.result);
  }

  /**
   * Those of a flag in an environment, each path once. Whoever is decided for before anything differs is not moved: what
   * is read up to there does not matter.
   */
  of(key: string, environment: string): readonly BlindSpot[] {
    const [old, now] = [this.#base.partsOf(key, environment), this.#result.partsOf(key, environment)];
    const first = now.findIndex(({ text }, index) => text !== old[index]?.text);
    const start = first < 0 ? now.length : first;
    const reads = [...old.slice(start), ...now.slice(start)].flatMap((part) => part.reads);
    const spots = reads.flatMap((read) => spotOf(read, this.sight) ?? []);
    return [...new Map(spots.map((spot) => [spot.path, spot])).values()];
  }
}

function digest(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64');
}

/** By name, for prerequisites ask for those, and by value. */
function valuesOf({ flag, shares, fallback }: Gives): unknown {
  const values = variantsOf(flag);
  const served = (variant: string): unknown => [variant, values.get(variant)];
  return [
    shares.map(({ variant, percent }) => [served(variant), percent]),
    fallback === null ? null : served(fallback),
  ];
}

/** Whether a condition can hold for a few users only, whose targeting keys it lists. */
function namesFew(when: ConditionDocument, segments: Segments): boolean {
  const listed = when[KEY];
  if (listed !== undefined) {
    const members = operatorsOf(listed as Parameters<typeof operatorsOf>[0]).get('in');
    if (Array.isArray(members) && members.length <= MAX_NAMED) return true;
  }
  const names = when.segment === undefined ? [] : [when.segment].flat();
  return names.length === 1 && names.every((name) => namesFew(segments.get(name)?.read().when ?? {}, segments));
}

function spotOf(read: Read, { population, attributeOf }: Sight): BlindSpot | undefined {
  const { path, operator } = read;
  const { keys, contexts } = population;
  const isKey = path === KEY;
  if (operator === 'hash' && isKey) return keys.missing === contexts ? { path, why: 'absent' } : undefined;
  const attribute = attributeOf(path);
  if (attribute === undefined) return { path, why: 'absent' };
  const present = presentKinds(attribute);
  if (present.length === 0) return { path, why: 'absent' };
  if (operator === 'hash' || operator === 'exists') return undefined;
  if (isKey ? keys.hashed + keys.synthetic > 0 : attribute.hashed > 0) return { path, why: 'hashed' };
  return present.some((kind) => read.kinds.has(kind)) ? undefined : { path, why: 'absent' };
}
