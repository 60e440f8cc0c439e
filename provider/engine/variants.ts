/** What a flag's document says of its variants. */
import type { FlagDocument, JsonValue } from './documents.js';
import type { ValueKind } from './types.js';

/** A flag's variants in the order of the file; a boolean flag may leave them out. Values are frozen to the leaves. */
export function variantsOf(document: Pick<FlagDocument, 'variants'>): ReadonlyMap<string, JsonValue> {
  return new Map(Object.entries(document.variants ?? { true: true, false: false }));
}

/** The variant that a flag's `default` names; null where the default is the caller's. */
export function defaultVariantOf(document: FlagDocument): string | null {
  return document.default === null ? null : String(document.default ?? false);
}

/** The kind of a flag's values. */
export function kindOf(document: Pick<FlagDocument, 'variants'>): ValueKind {
  const [value] = variantsOf(document).values();
  const kind = typeof value;
  return kind === 'boolean' || kind === 'string' || kind === 'number' ? kind : 'object';
}
