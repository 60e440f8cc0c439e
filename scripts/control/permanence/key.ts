/** The key that a flag file has: of its content, which a renamed file keeps. */
import { parse } from '../../../provider/repository/index.js';

/** A key's longest length. */
const MAX_KEY_LENGTH = 200;

const KEY_LINE = /^key: +(\S+)[ \r]*$/m;

/**
 * The key of a file's content; where that can't be read, of its path. A line that says what the path says is believed
 * without parsing the file: whatever else the file may mean, it was never served under another key than its path's.
 * @param bytes undefined where the file is too large
 */
export function keyOf(path: string, keyOfPath: string | undefined, bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return keyOfPath;
  const [, line] = KEY_LINE.exec(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')) ?? [];
  if (line !== undefined && line === keyOfPath) return line;
  const parsed = parse(path, bytes);
  const { value } = parsed;
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  const key = isMapping && Object.hasOwn(value, 'key') ? (value as { readonly key: unknown }).key : undefined;
  return typeof key === 'string' && key.length <= MAX_KEY_LENGTH ? key : keyOfPath;
}
