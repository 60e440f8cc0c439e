/** JSON on the command line: itself, `@file` or `-` for standard input. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError, type CommandInput } from './command.js';
import { jsonErrorOffset } from './json-error.js';

/** How much of a wrong line to show on either side of the error. */
const SHOWN_CHARACTERS = 30;

/** What to read, and how much of it. */
export interface JsonArgument {
  /** As a noun with its article, for messages: `the context`. */
  readonly what: string;
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/** Reads JSON. @throws UsageError for what is none, with the place, or is beyond the limits */
export async function readJson(argument: string, limits: JsonArgument, input: CommandInput): Promise<unknown> {
  const value = parseJson(await textOf(argument, limits, input), limits);
  if (isDeeperThan(value, limits.maxDepth)) {
    throw new UsageError(`${limits.what} is nested deeper than ${limits.maxDepth} levels`);
  }
  return value;
}

async function textOf(argument: string, limits: JsonArgument, { directory, readInput }: CommandInput): Promise<string> {
  if (argument === '-') return readInput(limits.maxBytes);
  if (argument.startsWith('@')) return readFileText(resolve(directory, argument.slice(1)), limits);
  if (Buffer.byteLength(argument) > limits.maxBytes) throw tooLong(limits);
  return argument;
}

/** A file as UTF-8, without its byte order mark. @throws UsageError where it can't be read, or is beyond the limit */
export async function readFileText(path: string, limits: Pick<JsonArgument, 'what' | 'maxBytes'>): Promise<string> {
  let bytes: Buffer;
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(limits.maxBytes + 1);
      let length = 0;
      for (let read = 1; read > 0 && length < buffer.length; length += read) {
        read = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
      }
      bytes = buffer.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UsageError(`can't read ${limits.what} from ${path}: ${(error as Error).message}`);
  }
  if (bytes.length > limits.maxBytes) throw tooLong(limits);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function parseJson(text: string, { what: subject }: JsonArgument): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const offset = jsonErrorOffset(text);
    const before = text.slice(0, offset).split('\n');
    const column = (before.at(-1) ?? '').length;
    const line = text.split('\n')[before.length - 1] ?? '';
    const start = Math.max(0, column - SHOWN_CHARACTERS);
    const shown = line.slice(start, column + SHOWN_CHARACTERS);
    const what = offset >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(text.charAt(offset))}`;
    const place = `line ${before.length}, column ${column + 1}`;
    throw new UsageError(`${subject} is not JSON: ${what} at ${place}\n  ${shown}\n  ${' '.repeat(column - start)}^`);
  }
}

function tooLong({ what, maxBytes }: Pick<JsonArgument, 'what' | 'maxBytes'>): UsageError {
  return new UsageError(`${what} is longer than ${maxBytes} bytes`);
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeperThan(inner, depth - 1));
}
