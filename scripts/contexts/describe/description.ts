/** A description of files of contexts as data: what `flagctl contexts describe --json` prints. */
import type { ContextKeys } from '../contexts.js';
import type { AttributeUse } from '../referenced.js';
import type { ReadFile, Refused } from '../row-reader.js';
import type { AttributeCounter, ValueKind } from './attribute.js';
import { valueKinds } from './attribute.js';
import type { ContextCounts } from './describe.js';

/** What some files hold. Shares are of users, by the contexts' weights: 0 to 1. */
export interface ContextsDescription {
  readonly files: readonly ReadFile[];
  /** Contexts in the files, repeated ones too. */
  readonly rows: number;
  /** One for each targeting key, and each that has none. All that follows is of these. */
  readonly contexts: number;
  /** Rows after the first of their targeting key. */
  readonly repeated: number;
  readonly refused: Refused;
  readonly weights: {
    /** How many users the contexts stand for, where they have weights; else as many as there are. */
    readonly sum: number;
    /** How many contexts have a weight of their own. */
    readonly contexts: number;
    /** Kish's effective sample size: how many equally weighted contexts would tell as much. */
    readonly effective: number;
  };
  readonly keys: ContextKeys;
  /** Sorted by path. */
  readonly attributes: readonly AttributeDescription[];
  /** How often attributes occurred that came after a thousand others, and are not described. */
  readonly undescribed: number;
  /** What flags read and no context has; undefined outside of a flag repository. */
  readonly lacking: readonly { readonly path: string; readonly flags: readonly string[] }[] | undefined;
}

/** What there is under one path. */
export interface AttributeDescription {
  readonly path: string;
  readonly contexts: number;
  /** Of all users. */
  readonly share: number;
  /** Contexts by the kind of their value; only kinds that occur. */
  readonly kinds: Partial<Readonly<Record<ValueKind, number>>>;
  /** `isMore`: there are more values than that. */
  readonly distinct: { readonly count: number; readonly isMore: boolean };
  /** Of its texts, in characters; undefined where there are none. */
  readonly lengths: { readonly shortest: number; readonly longest: number } | undefined;
  /** What some of its values look like. */
  readonly looks: readonly string[];
  /** The commonest, with their shares of the users who have it; undefined where they might tell who somebody is. */
  readonly values: readonly { readonly value: string; readonly contexts: number; readonly share: number }[] | undefined;
  /** The flags that read it, or hash it; undefined outside of a flag repository. */
  readonly flags: readonly string[] | undefined;
}

/** Values that are shown of an attribute. */
const SHOWN_VALUES = 5;

/** The description of what was counted. @param uses what flags read; undefined outside of a flag repository */
export function descriptionOf(
  counts: ContextCounts,
  { files, rows, refused }: { readonly files: readonly ReadFile[]; readonly rows: number; readonly refused: Refused },
  uses: ReadonlyMap<string, AttributeUse> | undefined,
): ContextsDescription {
  const { contexts, repeated, weight, weighted, effective, keys, untold } = counts;
  const attributes = [...counts.attributes]
    .filter(([path, counter]) => !isWay(path, counter, counts))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, counter]) => attributeOf(path, counter, weight, uses));
  return {
    files,
    rows,
    contexts,
    repeated,
    refused,
    weights: { sum: weight, contexts: weighted, effective },
    keys,
    attributes,
    undescribed: untold,
    lacking: uses && lackingOf(uses, counts),
  };
}

/** Whether all that is there are objects with attributes, which are described by themselves. */
function isWay(path: string, { kinds, contexts }: AttributeCounter, { attributes }: ContextCounts): boolean {
  return kinds.object === contexts && [...attributes.keys()].some((other) => other.startsWith(`${path}.`));
}

function attributeOf(
  path: string,
  counter: AttributeCounter,
  weight: number,
  uses: ReadonlyMap<string, AttributeUse> | undefined,
): AttributeDescription {
  const { contexts, kinds, distinct, looks, shortest, longest } = counter;
  const isHidden = path === 'targetingKey' || counter.isIdentifying;
  return {
    path,
    contexts,
    share: counter.weight / weight,
    kinds: Object.fromEntries(valueKinds.filter((kind) => kinds[kind] > 0).map((kind) => [kind, kinds[kind]])),
    distinct,
    lengths: kinds.string === 0 ? undefined : { shortest, longest },
    looks: [...looks.keys()],
    values: isHidden
      ? undefined
      : counter
          .commonest(SHOWN_VALUES)
          .map((value) => ({ value: value.text, contexts: value.contexts, share: value.weight / counter.weight })),
    flags: uses && (uses.get(path)?.flags ?? []),
  };
}

function lackingOf(
  uses: ReadonlyMap<string, AttributeUse>,
  { attributes }: ContextCounts,
): ContextsDescription['lacking'] {
  // One that is always null is as missing as one that is not there.
  const isLacking = (path: string): boolean => {
    const counter = attributes.get(path);
    return counter === undefined || counter.kinds.null === counter.contexts;
  };
  return [...uses]
    .filter(([path]) => isLacking(path))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { flags }]) => ({ path, flags }));
}
