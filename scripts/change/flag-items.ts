/** What changed of a flag, in a reviewer's words and in the order of its file. */
import {
  canonical,
  defaultVariantOf,
  variantsOf,
  type FlagDocument,
  type JsonValue,
} from '../../provider/engine/index.js';
import type { ChangeItem, ItemKind } from './change.js';
import { itemsIn, type ItemDraft } from './draft.js';
import { environmentItems, environmentNames, environmentOf, goneItem } from './environments.js';
import { codeSpan, fromTo, listed, namesFromTo, valueSpan, valueWord, valuesFromTo, word } from './words.js';

/** The items between two documents of a flag; undefined is where it was not yet, or is no more. */
export function flagItems(before: FlagDocument | undefined, after: FlagDocument | undefined): readonly ChangeItem[] {
  if (before === undefined) return after === undefined ? [] : addedItems(after);
  if (after === undefined) return removedItems(before);
  return [
    ...itemsIn(undefined, [
      ...governanceItems(before, after),
      ...defaultItems(before, after),
      ...variantItems(before, after),
      ...prerequisiteItems(before, after),
      ...bucketingItems(before, after),
    ]),
    ...environmentNames(before, after).flatMap((name) => itemsIn(name, environmentItems(before, after, name))),
  ];
}

function addedItems(flag: FlagDocument): readonly ChangeItem[] {
  const { type, riskTier, owner, expiresAt } = flag;
  const text = `flag added: ${type}, tier ${riskTier}, owner ${word(owner)}, expires ${expiresAt}`;
  const bare: FlagDocument = { ...flag, prerequisites: {}, environments: {} };
  const variants = [...variantsOf(flag)].map(([name, value]) => `${codeSpan(name)} ${valueWord(value)}`);
  const isOrdinary = flag.variants === undefined && defaultVariantOf(flag) === 'false';
  return [
    ...itemsIn(undefined, [
      { kind: 'key', text, after: flag.key },
      ...(isOrdinary
        ? []
        : [{ kind: 'variant' as const, text: `variants ${listed(variants)}; ${defaultWords(flag)}` }]),
      ...prerequisiteItems(bare, flag),
      ...newBucketingItems(flag),
    ]),
    ...environmentNames(undefined, flag).flatMap((name) => itemsIn(name, environmentItems(bare, flag, name))),
  ];
}

function removedItems(flag: FlagDocument): readonly ChangeItem[] {
  const item: ChangeItem = { environment: undefined, kind: 'key', text: 'flag removed', before: flag.key };
  const environments = environmentNames(flag, undefined).flatMap((name) => {
    const was = environmentOf(flag, name);
    return was === undefined ? [] : itemsIn(name, [goneItem(flag, was, 'removed with the flag')]);
  });
  return [item, ...environments];
}

type Field = 'key' | 'type' | 'owner' | 'riskTier' | 'expiresAt' | 'description' | 'runbook';

/** In the order of the file. */
const fields: readonly (readonly [Field, ItemKind, label: string, words: (before: string, after: string) => string])[] =
  [
    ['key', 'key', 'key', fromTo],
    ['type', 'type', 'type', namesFromTo],
    ['owner', 'owner', 'owner', namesFromTo],
    ['riskTier', 'tier', 'tier', namesFromTo],
    ['expiresAt', 'expiry', 'expires', namesFromTo],
    ['description', 'description', 'description', fromTo],
    ['runbook', 'runbook', 'runbook', fromTo],
  ];

function governanceItems(before: FlagDocument, after: FlagDocument): readonly ItemDraft[] {
  return fields.flatMap(([field, kind, label, words]) => {
    const [was, is] = [before[field], after[field]];
    if (was === is) return [];
    const change =
      was === undefined || is === undefined
        ? `${valueSpan(was ?? is ?? '')} ${was === undefined ? 'added' : 'removed'}`
        : words(was, is);
    return [{ kind, text: `${label} ${change}`, before: was, after: is }];
  });
}

function defaultItems(before: FlagDocument, after: FlagDocument): readonly ItemDraft[] {
  const [was, is] = [defaultVariantOf(before), defaultVariantOf(after)];
  if (was === is) return [];
  return [{ kind: 'default', text: `${defaultWords(before)} → ${defaultName(is)}`, before: was, after: is }];
}

function defaultWords(flag: FlagDocument): string {
  return `default ${defaultName(defaultVariantOf(flag))}`;
}

function defaultName(variant: string | null): string {
  return variant === null ? "the caller's" : codeSpan(variant);
}

/** The value of the variant that stays the default is as permanent as the default, and an item of that kind. */
function variantItems(before: FlagDocument, after: FlagDocument): readonly ItemDraft[] {
  const [old, now] = [variantsOf(before), variantsOf(after)];
  const fallback = defaultVariantOf(before);
  const added = [...now].filter(([name]) => !old.has(name));
  const removed = [...old].filter(([name]) => !now.has(name));
  const revalued = [...now].flatMap(([name, is]): ItemDraft[] => {
    const was = old.get(name);
    if (was === undefined || canonical(was) === canonical(is)) return [];
    const isDefault = name === fallback && name === defaultVariantOf(after);
    const [kind, subject] = isDefault ? (['default', 'default variant'] as const) : (['variant', 'variant'] as const);
    return [{ kind, text: `${subject} ${codeSpan(name)}: ${valuesFromTo(was, is)}`, before: was, after: is }];
  });
  const order = [...now.keys()].filter((name) => old.has(name));
  const isReordered = canonical(order) !== canonical([...old.keys()].filter((name) => now.has(name)));
  const reordered: ItemDraft = { kind: 'variant', text: `variants reordered: ${listed(order.map(codeSpan))}` };
  return [
    ...added.map(([name, after]): ItemDraft => {
      return { kind: 'variant', text: `variant ${codeSpan(name)} added: ${valueWord(after)}`, after };
    }),
    ...removed.map(([name, before]): ItemDraft => {
      return { kind: 'variant', text: `variant ${codeSpan(name)} removed`, before };
    }),
    ...revalued,
    ...(isReordered ? [reordered] : []),
  ];
}

function prerequisiteItems(before: FlagDocument, after: FlagDocument): readonly ItemDraft[] {
  const [old, now] = [before, after].map(
    ({ prerequisites = {} }) => new Map(Object.entries(prerequisites).map(([key, variant]) => [key, String(variant)])),
  ) as [Map<string, string>, Map<string, string>];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was === is) return [];
    const change =
      was === undefined
        ? `added: needs ${codeSpan(is ?? '')}`
        : is === undefined
          ? `removed (needed ${codeSpan(was)})`
          : `needs ${fromTo(was, is)}`;
    return [{ kind: 'prerequisite', text: `prerequisite ${codeSpan(key)} ${change}`, before: was, after: is }];
  });
}

function newBucketingItems({ bucketBy, salt }: FlagDocument): readonly ItemDraft[] {
  const words = [
    bucketBy === undefined ? [] : [`bucketBy ${codeSpan(bucketBy)}`],
    salt === undefined ? [] : [`salt ${codeSpan(salt)}`],
  ];
  return words.flat().map((text) => ({ kind: 'bucketing', text }));
}

const ANEW = 'everybody is bucketed anew';

function bucketingItems(before: FlagDocument, after: FlagDocument): readonly ItemDraft[] {
  const [was, is] = [before, after].map(({ bucketBy = 'targetingKey' }) => bucketBy) as [string, string];
  const [salt, newSalt] = [before, after].map(({ key, salt = key }) => salt) as [string, string];
  const values = (one: JsonValue, other: JsonValue): Pick<ItemDraft, 'before' | 'after'> => ({
    before: one,
    after: other,
  });
  return [
    ...(was === is
      ? []
      : [{ kind: 'bucketing' as const, text: `bucketBy ${fromTo(was, is)}: ${ANEW}`, ...values(was, is) }]),
    ...(salt === newSalt
      ? []
      : [{ kind: 'bucketing' as const, text: `salt changed: ${ANEW}`, ...values(salt, newSalt) }]),
  ];
}
