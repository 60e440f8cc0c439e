/** From the values that Parquet has to those that JSON and dates can say. */
import { isUtf8 } from 'node:buffer';
import { plainValue } from './columns.js';
import { isPlainObject } from './nest.js';
import type { SchemaTree } from 'hyparquet';

/** A value as an attribute's; bytes are left for whoever refuses them. */
export type ValueReader = (value: unknown) => unknown;

/** A cell of JSON; where it is none its bytes, so that its row is refused and not the file. */
export function jsonOrBytes(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined || !isUtf8(bytes)) return bytes;
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return bytes;
  }
}

/** How the values of a column are read. */
export function parquetValueReader({ children, element }: SchemaTree): ValueReader {
  if (children.length > 0 || element.converted_type === 'JSON' || element.logical_type?.type === 'JSON') {
    return (value) => (ArrayBuffer.isView(value) ? value : nested(value));
  }
  const isDecimal = element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL';
  const scale = element.scale ?? 0;
  // hyparquet multiplies by a power of ten, which makes 1999 hundredths 19.990000000000002.
  if (isDecimal && scale >= 0 && scale <= 100) {
    return (value) => (typeof value === 'number' ? Number(value.toFixed(scale)) : value);
  }
  return (value) => value;
}

/** Without what is null or NaN, as an empty cell is no attribute. */
function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => nested(item) ?? null);
  if (!isPlainObject(value) || ArrayBuffer.isView(value)) return Number.isNaN(value) ? undefined : plainValue(value);
  const object: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const plain = inner === null || name === '__proto__' ? undefined : nested(inner);
    if (plain !== undefined) object[name] = plain;
  }
  return object;
}
