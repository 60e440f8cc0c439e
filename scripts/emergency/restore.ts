/** Puts a part of a YAML text back to a value that it had, changing what differs and nothing else. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../../provider/engine/index.js';
import { appendTo, removeIn, setIn, type EditPath } from '../edit.js';

/** A value, or undefined where there is none. */
export type Held = JsonValue | undefined;

/** The text with `then` in the place of `now`, which it holds. @throws as `setIn` */
export function restore(text: string, path: EditPath, now: Held, then: Held): string {
  if (isDeepStrictEqual(now, then)) return text;
  if (then === undefined) return removeIn(text, path);
  if (isMapping(now) && isMapping(then)) return restoreMapping(text, path, now, then);
  if (isNamedList(now) && isNamedList(then)) return restoreNamedList(text, path, now, then);
  return setIn(text, path, then);
}

function restoreMapping(text: string, path: EditPath, now: JsonObject, then: JsonObject): string {
  const gone = Object.keys(now).filter((key) => !Object.hasOwn(then, key));
  // What is added comes first: a mapping that is emptied in between loses its style.
  const filled = Object.entries(then).reduce(
    (edited, [key, value]) => restore(edited, [...path, key], own(now, key), value),
    text,
  );
  return gone.reduce((edited, key) => removeIn(edited, [...path, key]), filled);
}

/** Rules and stages: each is known by its name, and their order matters. */
type NamedList = readonly (JsonObject & { readonly name: string })[];

/** Keeps the items that are in both, with their comments, where only others go and new ones come at the end. */
function restoreNamedList(text: string, path: EditPath, now: NamedList, then: NamedList): string {
  const names = new Set(then.map(({ name }) => name));
  const kept = now.filter(({ name }) => names.has(name));
  const isInOrder = kept.length > 0 && kept.every(({ name }, index) => then[index]?.name === name);
  if (!isInOrder) return setIn(text, path, then);
  const removed = now.reduceRight(
    (edited, { name }, index) => (names.has(name) ? edited : removeIn(edited, [...path, index])),
    text,
  );
  const changed = kept.reduce((edited, item, index) => restore(edited, [...path, index], item, then[index]), removed);
  return then.slice(kept.length).reduce((edited, item) => appendTo(edited, path, item), changed);
}

function isMapping(value: Held): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamedList(value: Held): value is NamedList {
  if (!Array.isArray(value) || value.length === 0) return false;
  const names = value.map((item: JsonValue) => (isMapping(item) ? own(item, 'name') : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

function own(mapping: JsonObject, key: string): Held {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}
