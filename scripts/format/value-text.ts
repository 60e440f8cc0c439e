/** A value of a program as YAML on one line. */
import type { JsonValue } from '../../provider/engine/index.js';
import { writeKey, writeString } from './scalar.js';
import { exemptionOf } from './style.js';

/** Where a value is to stand. */
export interface ValuePlace {
  /** Whether brackets are around it. */
  readonly isFlow: boolean;
  /** The key that it is the value of. */
  readonly key?: string | undefined;
}

/** A value as the formatter would write it on one line, however long. Numbers are finite. */
export function valueText(value: JsonValue, { isFlow, key }: ValuePlace): string {
  if (typeof value === 'string') return writeString(value, { isFlow, isExempt: exemptionOf(key) });
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) return `[${value.map((item) => valueText(item, { isFlow: true })).join(', ')}]`;
  const pairs = Object.entries(value).map(
    ([name, inner]) => `${writeKey(name)}: ${valueText(inner, { isFlow: true, key: name })}`,
  );
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
