/** The YAML that `flagctl fmt` writes, read without building a tree of nodes. */
import type { JsonValue } from '../../../engine/index.js';
import { hasInvisible } from '../invisible.js';
import { MAX_NESTING, MAX_TOKENS } from '../stream.js';
import { BAR, DASH, GREATER, LIST_START, MAPPING_START, SPACE } from './characters.js';
import { Cursor } from './cursor.js';
import { addPair, InlineReader } from './inline.js';
import { readTextBlock } from './text-block.js';

/** Columns from a mapping or list to what it holds. */
const INDENT = 2;

/**
 * Reads a text of a closed subset of YAML to exactly the value that the full reader gives it. Undefined for every other
 * text, whether the full reader admits it or not: the subset has no errors of its own. Takes time linear in the length.
 * @param text with `\n` at the end of each line
 * @param dateFields the keys whose values may be plain dates
 */
export function readSubset(text: string, dateFields: ReadonlySet<string>): JsonValue | undefined {
  if (text.includes('\t') || hasInvisible(text)) return undefined;
  return new SubsetReader(text, dateFields).read();
}

/** Every method reads what is at the cursor; undefined, with the cursor anywhere, for all outside of the subset. */
class SubsetReader {
  readonly #cursor: Cursor;
  readonly #inline: InlineReader;

  constructor(text: string, dateFields: ReadonlySet<string>) {
    this.#cursor = new Cursor(text);
    this.#inline = new InlineReader(this.#cursor, dateFields);
  }

  read(): JsonValue | undefined {
    const cursor = this.#cursor;
    cursor.toContent(0);
    const value = cursor.column === 0 ? this.#root() : undefined;
    return cursor.isAtEnd && cursor.tokens <= MAX_TOKENS ? value : undefined;
  }

  #root(): JsonValue | undefined {
    const code = this.#cursor.code();
    if (code !== MAPPING_START && code !== LIST_START) return this.#block(0, 1);
    const value = this.#inline.value(undefined, 1, false);
    return this.#cursor.endLine() ? value : undefined;
  }

  /** The collection that starts here, in a certain column, with all its lines; the cursor goes to what follows it. */
  #block(column: number, depth: number): JsonValue | undefined {
    if (depth > MAX_NESTING) return undefined;
    return this.#isDash() ? this.#list(column, depth) : this.#mapping(column, depth);
  }

  #mapping(column: number, depth: number): JsonValue | undefined {
    const mapping: Record<string, JsonValue> = {};
    do {
      const key = this.#inline.key(false);
      const value = key === undefined ? undefined : this.#valueOf(key, column, depth);
      if (key === undefined || value === undefined || !addPair(mapping, key, value)) return undefined;
    } while (this.#cursor.column === column);
    return mapping;
  }

  #list(column: number, depth: number): JsonValue | undefined {
    const list: JsonValue[] = [];
    do {
      if (!this.#isDash()) return undefined;
      this.#cursor.pass();
      this.#cursor.pass();
      const item = this.#item(column, depth);
      if (item === undefined) return undefined;
      list.push(item);
    } while (this.#cursor.column === column);
    return list;
  }

  /** What is behind a key's colon, or on the lines below. */
  #valueOf(key: string, column: number, depth: number): JsonValue | undefined {
    const cursor = this.#cursor;
    if (cursor.endLine()) {
      return cursor.column === column + INDENT ? this.#block(cursor.column, depth + 1) : undefined;
    }
    if (isTextBlock(cursor.code())) return readTextBlock(cursor, column + INDENT);
    const value = this.#inline.value(key, depth + 1, false);
    return value !== undefined && cursor.endLine() ? value : undefined;
  }

  /** What is behind a dash. */
  #item(column: number, depth: number): JsonValue | undefined {
    const cursor = this.#cursor;
    const { at } = cursor;
    if (isTextBlock(cursor.code())) return readTextBlock(cursor, column + INDENT);
    if (!this.#isDash()) {
      const value = this.#inline.value(undefined, depth + 1, false);
      if (value === undefined || cursor.endLine()) return value;
      // More follows: it may be a key.
      cursor.at = at;
    }
    return this.#block(column + INDENT, depth + 1);
  }

  #isDash(): boolean {
    const { text, at } = this.#cursor;
    return text.charCodeAt(at) === DASH && text.charCodeAt(at + 1) === SPACE;
  }
}

function isTextBlock(code: number): boolean {
  return code === BAR || code === GREATER;
}
