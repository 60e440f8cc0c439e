/** Contexts without what must not be known of users. */
import type { EvaluationContext } from '../../../provider/engine/index.js';
import { lookOf } from '../looks.js';
import { isPlainObject } from '../reading/nest.js';
import { isHashedKey, isSyntheticKey } from '../hashed-key.js';
import { emailDomain, Fates, hashed, type Fate, type Redaction } from './redaction.js';
import { GONE, Traces } from './trace.js';

/** What was done, by attribute path: in how many contexts. */
export interface Deeds {
  readonly dropped: ReadonlyMap<string, number>;
  readonly hashed: ReadonlyMap<string, number>;
  readonly cut: ReadonlyMap<string, number>;
  /** Attributes that held a value which was dropped, hashed or cut elsewhere in the same context. */
  readonly traced: ReadonlyMap<string, number>;
}

/** Paths that are told of; of a file whose names are values the rest is one. */
const MAX_PATHS = 1_000;

/** Where the rest is counted. */
const OTHERS = '…';

/** Redacts one context after the other. */
export class Redactor {
  readonly #fates: Fates;
  readonly #deeds = { dropped: new Map(), hashed: new Map(), cut: new Map(), traced: new Map() } satisfies Record<
    keyof Deeds,
    Map<string, number>
  >;

  constructor(private readonly redaction: Redaction) {
    this.#fates = new Fates(redaction);
  }

  /** What was done so far. */
  get deeds(): Deeds {
    return this.#deeds;
  }

  /** A context as it may be known. The one that is given is left as it was. */
  redact(context: EvaluationContext): EvaluationContext {
    const traces = new Traces();
    const rest = this.#object(context, '', 'within', traces);
    if (traces.isEmpty) return rest;
    for (const [name, value] of Object.entries(rest)) {
      let isFound = false;
      const clean = traces.clean({ [name]: value }, () => (isFound = true)) as Readonly<Record<string, unknown>>;
      if (!isFound) continue;
      count(this.#deeds.traced, name);
      if (Object.hasOwn(clean, name)) rest[name] = clean[name];
      else delete rest[name];
    }
    return rest;
  }

  #object(
    object: Readonly<Record<string, unknown>>,
    prefix: string,
    around: Fate,
    traces: Traces,
  ): Record<string, unknown> {
    const rest: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(object)) {
      const path = `${prefix}${name}`;
      const kept = this.#value(value, path, this.#fates.of(path, around), traces);
      if (kept !== GONE) rest[name] = kept;
    }
    return rest;
  }

  #value(value: unknown, path: string, fate: Fate, traces: Traces): unknown {
    switch (fate) {
      case 'drop':
        return this.#drop(value, path, traces);
      case 'hash':
        return this.#hash(value, path, traces);
      case 'emailDomain':
        return this.#cut(value, path, traces);
      case 'keep':
      case 'within':
        return this.#inner(value, path, fate, traces);
    }
  }

  /** Objects part by part, also those of a list. */
  #inner(value: unknown, path: string, fate: 'keep' | 'within', traces: Traces): unknown {
    if (isPlainObject(value)) {
      const rest = this.#object(value, `${path}.`, fate, traces);
      return fate === 'within' && Object.keys(rest).length === 0 ? GONE : rest;
    }
    if (Array.isArray(value) && value.some((inner) => typeof inner === 'object' && inner !== null)) {
      const rest = value.map((inner) => this.#inner(inner, path, fate, traces)).filter((inner) => inner !== GONE);
      return fate === 'within' && rest.length === 0 ? GONE : rest;
    }
    return fate === 'keep' ? value : this.#drop(value, path, traces);
  }

  #drop(value: unknown, path: string, traces: Traces): typeof GONE {
    count(this.#deeds.dropped, path);
    // What was named is meant wherever it stands; of the rest only what tells who somebody is.
    if (this.redaction.drop.has(path)) traces.add(value, undefined);
    else if (path === 'targetingKey' || lookOf(value) !== undefined) traces.add(value, undefined);
    return GONE;
  }

  #hash(value: unknown, path: string, traces: Traces): unknown {
    const { secret = '' } = this.redaction;
    count(this.#deeds.hashed, path);
    const isNobody = typeof value === 'string' && (isHashedKey(value) || isSyntheticKey(value));
    if (!isNobody) traces.add(value, (text) => hashed(text, secret));
    return hashed(value, secret);
  }

  #cut(value: unknown, path: string, traces: Traces): unknown {
    const domain = emailDomain(value);
    count(domain === undefined ? this.#deeds.dropped : this.#deeds.cut, path);
    if (domain !== value && JSON.stringify(value).includes('@')) traces.add(value, () => GONE);
    return domain ?? GONE;
  }
}

function count(deeds: Map<string, number>, path: string): void {
  const name = deeds.has(path) || deeds.size < MAX_PATHS ? path : OTHERS;
  deeds.set(name, (deeds.get(name) ?? 0) + 1);
}
