/** Columns with dots in their names: `address.city` is the attribute `city` of the object `address`. */
import { MAX_DEPTH } from './limits.js';

/** Why a column's name is none; undefined where it is one. Reserved names (`$weight`) have no parts. */
export function columnProblem(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (name.startsWith('$')) return undefined;
  const parts = name.split('.');
  if (parts.includes('')) return 'has an empty part between its dots';
  if (parts.includes('__proto__')) return 'has the part __proto__, which no attribute may have';
  return parts.length >= MAX_DEPTH ? `is nested deeper than ${MAX_DEPTH} levels` : undefined;
}

/** The first two columns that can't both be there, such as `a` and `a.b`; undefined where all can. */
export function columnConflict(names: readonly string[]): readonly [string, string] | undefined {
  const all = new Set(names);
  for (const name of names) {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (all.has(name.slice(0, dot))) return [name.slice(0, dot), name];
    }
  }
  return undefined;
}

/**
 * Sets a column's value on the object that its dots lead to, which is made where it is not there.
 * @returns Whether it could: an attribute on the way that is no object is left as it is
 */
export function setNested(target: Record<string, unknown>, path: readonly string[], value: unknown): boolean {
  let object = target;
  for (const part of path.slice(0, -1)) {
    if (part === '__proto__') return false;
    if (!Object.hasOwn(object, part)) object[part] = {};
    const inner = object[part];
    if (!isPlainObject(inner)) return false;
    object = inner;
  }
  const name = path.at(-1) ?? '';
  if (name === '__proto__' || Object.hasOwn(object, name)) return false;
  object[name] = value;
  return true;
}

/** Whether it is an object with attributes: no list, date or null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
