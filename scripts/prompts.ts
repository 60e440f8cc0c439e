/** Questions at a terminal. */
import type { Readable, Writable } from 'node:stream';
import { confirm, isCancel, select, text } from '@clack/prompts';
import { Cancelled, type Prompts } from './command.js';

/** Asks on one terminal; answers come from `input`. */
export function promptsOn(input: Readable, output: Writable): Prompts {
  const terminal = { input, output };
  return {
    text: async ({ message, initial, check }) =>
      answered<string>(
        await text({
          ...terminal,
          message,
          ...(initial !== undefined && { initialValue: initial }),
          ...(check !== undefined && { validate: (answer: string | undefined) => check(answer ?? '') }),
        }),
      ),
    select: async ({ message, choices, initial }) =>
      answered<string>(
        await select<string>({
          ...terminal,
          message,
          options: choices.map(({ value, hint }) => (hint === undefined ? { value } : { value, hint })),
          ...(initial !== undefined && { initialValue: initial }),
        }),
      ),
    confirm: async ({ message, initial = true }) =>
      answered<boolean>(await confirm({ ...terminal, message, initialValue: initial })),
  };
}

function answered<T>(answer: T | symbol): T {
  if (isCancel(answer)) throw new Cancelled();
  return answer as T;
}
