/** The subset's keys and values of one line: scalars, and lists and mappings between brackets. */
import type { JsonValue } from '../../../engine/index.js';
import { MAX_NESTING } from '../stream.js';
import {
  COMMA,
  DASH,
  DOUBLE_QUOTE,
  LIST_END,
  LIST_START,
  MAPPING_END,
  MAPPING_START,
  SINGLE_QUOTE,
} from './characters.js';
import type { Cursor } from './cursor.js';
import { canStartText, isPlainKey, plainValue } from './plain-scalar.js';

/** The longest key without a `?` in YAML 1.2.2 (section 7.4.2), with its quotes. */
const MAX_KEY_LENGTH = 1_024;

/** Adds a pair to a mapping; false where the format refuses the key. */
export function addPair(mapping: Record<string, JsonValue>, key: string, value: JsonValue): boolean {
  if (key === '__proto__' || Object.hasOwn(mapping, key)) return false;
  mapping[key] = value;
  return true;
}

/** Reads what is at the cursor and goes behind it; undefined, with the cursor anywhere, for all outside of the subset. */
export class InlineReader {
  constructor(
    private readonly cursor: Cursor,
    private readonly dateFields: ReadonlySet<string>,
  ) {}

  /** A key and its colon. */
  key(isFlow: boolean): string | undefined {
    const { cursor } = this;
    const { at } = cursor;
    const code = cursor.code();
    const key = isQuote(code) ? cursor.quoted() : this.#plainKey(code, isFlow);
    return cursor.at - at <= MAX_KEY_LENGTH && cursor.passColon() ? key : undefined;
  }

  /**
   * A value, at any place but the start of a line.
   * @param field the key that it is the value of
   * @param depth of the collection that it would be
   */
  value(field: string | undefined, depth: number, isFlow: boolean): JsonValue | undefined {
    const code = this.cursor.code();
    if (code === MAPPING_START || code === LIST_START) {
      if (depth > MAX_NESTING) return undefined;
      return code === LIST_START ? this.#list(depth) : this.#mapping(depth);
    }
    if (isQuote(code)) return this.cursor.quoted();
    if (code !== DASH && !canStartText(code)) return undefined;
    return plainValue(this.cursor.plain(isFlow), field, this.dateFields);
  }

  #plainKey(code: number, isFlow: boolean): string | undefined {
    if (!canStartText(code)) return undefined;
    const key = this.cursor.plain(isFlow);
    return isPlainKey(key) ? key : undefined;
  }

  #list(depth: number): JsonValue | undefined {
    const list: JsonValue[] = [];
    if (this.#isEmpty(LIST_END)) return list;
    for (;;) {
      const item = this.value(undefined, depth + 1, true);
      if (item === undefined) return undefined;
      list.push(item);
      const code = this.#separator();
      if (code === LIST_END) return list;
      if (code !== COMMA) return undefined;
      this.cursor.skipSpaces();
    }
  }

  #mapping(depth: number): JsonValue | undefined {
    const mapping: Record<string, JsonValue> = {};
    if (this.#isEmpty(MAPPING_END)) return mapping;
    for (;;) {
      const key = this.key(true);
      if (key === undefined) return undefined;
      this.cursor.skipSpaces();
      const value = this.value(key, depth + 1, true);
      if (value === undefined || !addPair(mapping, key, value)) return undefined;
      const code = this.#separator();
      if (code === MAPPING_END) return mapping;
      if (code !== COMMA) return undefined;
      this.cursor.skipSpaces();
    }
  }

  /** Goes behind the opening bracket, and the closing one if it follows. */
  #isEmpty(end: number): boolean {
    const { cursor } = this;
    cursor.pass();
    cursor.skipSpaces();
    if (cursor.code() !== end) return false;
    cursor.pass();
    return true;
  }

  /** Goes behind the next character but spaces, and returns it. */
  #separator(): number {
    const { cursor } = this;
    cursor.skipSpaces();
    const code = cursor.code();
    cursor.pass();
    return code;
  }
}

function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE;
}
