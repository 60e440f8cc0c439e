/** How the results of two sides are compared: those of one label are the same. */
import type { FlagDocument, JsonValue } from './documents.js';
import { defaultVariantOf, kindOf, variantsOf } from './variants.js';

/** From a variant, null for the caller's default, to its label. */
export interface Labels {
  readonly before: (variant: string | null) => string;
  readonly after: (variant: string | null) => string;
  /** Of the default, which is the same on both sides. */
  readonly default: string;
}

/** A flag on both sides of a change. */
export interface FlagPair {
  readonly before: FlagDocument;
  readonly after: FlagDocument;
}

/** By value; undefined where the default's value or the kind of values is another. */
export function valueLabels({ before, after }: FlagPair): Labels | undefined {
  const labels = { before: valueLabel(before), after: valueLabel(after) };
  const fallback = labels.before(defaultVariantOf(before));
  if (kindOf(before) !== kindOf(after) || labels.after(defaultVariantOf(after)) !== fallback) return undefined;
  return { ...labels, default: fallback };
}

/** By the variant's name, on which depend the flags that need this one; undefined where the default is another. */
export function variantLabels({ before, after }: FlagPair): Labels | undefined {
  const fallback = nameLabel(defaultVariantOf(before));
  if (nameLabel(defaultVariantOf(after)) !== fallback) return undefined;
  return { before: nameLabel, after: nameLabel, default: fallback };
}

/** Whether variants are of one name exactly where they are of one value: then one comparison answers for both. */
export function areNamesAsValues({ before, after }: FlagPair): boolean {
  const [values, names] = [new Map<string, string>(), new Map<string, string>()];
  return [...variantsOf(before), ...variantsOf(after)].every(([name, value]) => {
    const text = canonicalValue(value);
    if (!values.has(name)) values.set(name, text);
    if (!names.has(text)) names.set(text, name);
    return values.get(name) === text && names.get(text) === name;
  });
}

/** Whether a change of the flag may count as a reduction: the default is in the files, and every value stays. */
export function isReducible({ before, after }: FlagPair): boolean {
  if (defaultVariantOf(before) === null) return false;
  const values = variantsOf(after);
  return [...variantsOf(before)].every(([name, value]) => {
    const now = values.get(name);
    return now === undefined || canonicalValue(now) === canonicalValue(value);
  });
}

const CALLERS_DEFAULT = 'caller';

function nameLabel(variant: string | null): string {
  return variant === null ? CALLERS_DEFAULT : `variant ${variant}`;
}

function valueLabel(flag: FlagDocument): (variant: string | null) => string {
  const labels = new Map([...variantsOf(flag)].map(([name, value]) => [name, `value ${canonicalValue(value)}`]));
  return (variant) => {
    const label = variant === null ? CALLERS_DEFAULT : labels.get(variant);
    if (label === undefined) throw new Error(`the documents were not checked: ${flag.key} has no variant ${variant}`);
    return label;
  };
}

/** A value as text: the same exactly for equal values, whatever the order of an object's keys. */
function canonicalValue(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map((inner: JsonValue) => canonicalValue(inner)).join()}]`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalValue(inner)}`).join()}}`;
}
