/** What a redaction does to each attribute. */
import { keyedHash } from '../../../provider/sampler/index.js';
import { canonical } from '../../../provider/engine/index.js';
import type { JsonValue } from '../../../provider/engine/index.js';
import { isHashedKey, isSyntheticKey } from '../hashed-key.js';
import { isPlainObject } from '../reading/nest.js';

/** Which attributes stay, and how. Paths are objects' names with dots between; a path stands for all that it holds. */
export interface Redaction {
  /** Only these stay, and what is hashed or cut; undefined: all do. */
  readonly keep: ReadonlySet<string> | undefined;
  readonly drop: ReadonlySet<string>;
  readonly hash: ReadonlySet<string>;
  /** E-mail addresses of which the domain stays, with the `@` before it. */
  readonly emailDomain: ReadonlySet<string>;
  /** Of the hashes; undefined where nothing is hashed. */
  readonly secret: string | undefined;
}

/** What happens to a value. `within`: its parts are decided one by one. */
export type Fate = 'keep' | 'drop' | 'hash' | 'emailDomain' | 'within';

/** Decides the fate of paths, each once. */
export class Fates {
  readonly #known = new Map<string, Fate>();

  constructor(private readonly redaction: Redaction) {}

  /** @param inherited the fate of the object around: that of a path holds for all within, unless one within is named */
  of(path: string, inherited: Fate): Fate {
    const id = `${inherited} ${path}`;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const fate = this.#decide(path, inherited);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(id, fate);
    return fate;
  }

  #decide(path: string, inherited: Fate): Fate {
    const { keep, drop, hash, emailDomain } = this.redaction;
    if (drop.has(path)) return 'drop';
    if (hash.has(path)) return 'hash';
    if (emailDomain.has(path)) return 'emailDomain';
    const isBelow = (names: ReadonlySet<string>): boolean => [...names].some((name) => name.startsWith(`${path}.`));
    const isKept = inherited === 'keep' || keep === undefined || keep.has(path);
    const hasExceptions = isBelow(drop) || isBelow(hash) || isBelow(emailDomain);
    if (isKept) return 'keep';
    return hasExceptions || isBelow(keep ?? new Set()) ? 'within' : 'drop';
  }
}

/** As many attributes as a thousand contexts of different kinds have; names may also be values. */
const MAX_KNOWN = 100_000;

/** A value as its keyed hash: texts and numbers, lists of them one by one, objects as a whole; null stays, and what is hashed. */
export function hashed(value: unknown, secret: string): JsonValue {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map((inner) => hashed(inner, secret));
  if (value instanceof Date) return keyedHash(secret, value.toISOString());
  if (isPlainObject(value)) return keyedHash(secret, canonical(JSON.parse(JSON.stringify(value)) as JsonValue));
  // A made-up key is nobody's, and hashed again the sample's hashes would fit no other sample.
  if (typeof value === 'string' && (isHashedKey(value) || isSyntheticKey(value))) return value;
  return keyedHash(secret, typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value));
}

/** An address's domain with the `@` before it, also of a list's addresses; undefined for what is none. */
export function emailDomain(value: unknown): JsonValue | undefined {
  if (Array.isArray(value)) return value.map(emailDomain).filter((domain) => domain !== undefined);
  if (typeof value !== 'string') return undefined;
  const at = value.lastIndexOf('@');
  const domain = value.slice(at);
  // What begins with the @ may be a handle, and is the domain only where it was cut before.
  const isDomain = at > 0 || (at === 0 && domain.includes('.'));
  return isDomain && DOMAIN.test(domain) ? domain : undefined;
}

/** Names and dots behind an `@`; anything else may be part of an address that is written in another way. */
const DOMAIN = /^@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*$/u;
