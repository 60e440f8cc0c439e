/** The evaluation context of a command line: JSON itself, `@file` or `-` for standard input. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EvaluationContext } from '../provider/engine/index.js';
import { UsageError, type CommandInput } from './command.js';
import { jsonErrorOffset } from './json-error.js';

/** In bytes; an application's context is a few hundred. */
const MAX_CONTEXT_BYTES = 1024 * 1024;
/** As deep as a flag file may be: a condition can't ask for more. */
const MAX_DEPTH = 32;
/** How much of a wrong line to show on either side of the error. */
const SHOWN_CHARACTERS = 30;

/** Reads `--context`; empty where it is left out. @throws UsageError for what is no JSON object, with the place */
export async function readContext(input: CommandInput): Promise<EvaluationContext> {
  const argument = input.options.text('context');
  if (argument === undefined) return {};
  const text = await textOf(argument, input);
  const context = parseJson(text);
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    throw new UsageError(`the context must be a JSON object such as {"targetingKey": "u-1"}, not ${kindOf(context)}`);
  }
  if (isDeeperThan(context, MAX_DEPTH)) throw new UsageError(`the context is nested deeper than ${MAX_DEPTH} levels`);
  return context as EvaluationContext;
}

async function textOf(argument: string, { directory, readInput }: CommandInput): Promise<string> {
  if (argument === '-') return readInput(MAX_CONTEXT_BYTES);
  if (argument.startsWith('@')) return readFileText(resolve(directory, argument.slice(1)));
  if (Buffer.byteLength(argument) > MAX_CONTEXT_BYTES) throw tooLong();
  return argument;
}

async function readFileText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(MAX_CONTEXT_BYTES + 1);
      let length = 0;
      for (let read = 1; read > 0 && length < buffer.length; length += read) {
        read = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
      }
      bytes = buffer.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new UsageError(`can't read the context from ${path}: ${(error as Error).message}`);
  }
  if (bytes.length > MAX_CONTEXT_BYTES) throw tooLong();
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function parseJson(text: string): unknown {
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
    throw new UsageError(`the context is not JSON: ${what} at ${place}\n  ${shown}\n  ${' '.repeat(column - start)}^`);
  }
}

function tooLong(): UsageError {
  return new UsageError(`the context is longer than ${MAX_CONTEXT_BYTES} bytes`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeperThan(inner, depth - 1));
}
