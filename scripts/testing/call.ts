/** `flagctl` called in this process, with streams that remember. */
import { Readable } from 'node:stream';
import { run, type ExitCode } from '../run.js';

/** The process around a call; left out: no terminal, nothing on standard input. */
export interface CallOptions {
  readonly input?: string | Uint8Array;
  /** Makes standard output and standard error a terminal of this width. */
  readonly columns?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a call printed, and its exit code. */
export interface CallResult {
  readonly exitCode: ExitCode;
  readonly output: string;
  readonly errors: string;
}

/** Calls `flagctl` in a folder. */
export async function call(
  directory: string,
  words: readonly string[],
  { input, columns, environment = {} }: CallOptions = {},
): Promise<CallResult> {
  const [output, errors] = [new Memory(columns), new Memory(columns)];
  const exitCode = await run(words, {
    directory,
    environment,
    input: Readable.from(input === undefined ? [] : [Buffer.from(input)]),
    output,
    errors,
    now: () => new Date('2026-12-01T00:00:00Z'),
  });
  return { exitCode, output: output.text, errors: errors.text };
}

class Memory {
  text = '';
  readonly isTTY: boolean;

  constructor(readonly columns: number | undefined) {
    this.isTTY = columns !== undefined;
  }

  write(text: string): void {
    this.text += text;
  }
}
