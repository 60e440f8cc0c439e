/** The layout of a document's line, which is cut apart rather than parsed. */
import type { BundleDocument } from './content.js';

/** What stands before a document's path; the rest of a JSON string with the path follows. */
export const PATH = '{"path":"';
/** What stands between its path and its id. A quote within a path is escaped, so that no path holds this. */
export const ID = '","id":"';
/** What stands between its id and its value. */
export const VALUE = '","value":';

/**
 * Cuts a line, which is `text` from `start` to before its end at `end`, into its parts; undefined where it is not laid
 * out as one. The value is not parsed.
 */
export function parseLine(text: string, start: number, end: number): BundleDocument | undefined {
  const pathAt = start + PATH.length;
  const pathEnd = text.indexOf(ID, pathAt);
  const idAt = pathEnd + ID.length;
  const idEnd = text.indexOf(VALUE, idAt);
  const valueAt = idEnd + VALUE.length;
  const valueEnd = end - 1;
  const isComplete = pathEnd >= 0 && idEnd >= 0 && valueAt < valueEnd && text[valueEnd] === '}';
  if (!isComplete || !text.startsWith(PATH, start)) return undefined;
  const path = parseInner(text.slice(pathAt, pathEnd));
  const id = parseInner(text.slice(idAt, idEnd));
  const json = text.slice(valueAt, valueEnd);
  return path === undefined || id === undefined || !isBracketed(json) ? undefined : { path, id, json };
}

/** Whether a text can stand as the value of a line: a map or a list, as every document is, on one line. */
export function isDocumentJson(json: string): boolean {
  return isBracketed(json) && !json.includes('\n');
}

function isBracketed(json: string): boolean {
  return json.startsWith('{') ? json.endsWith('}') : json.startsWith('[') && json.endsWith(']');
}

/** The string whose JSON this is, without the quotes; undefined where JSON.stringify would have written it otherwise. */
function parseInner(text: string): string | undefined {
  if (!/["\\\u0000-\u001f]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return JSON.stringify(value) === `"${text}"` ? (value as string) : undefined;
  } catch {
    return undefined;
  }
}
