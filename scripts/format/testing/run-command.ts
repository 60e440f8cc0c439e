/** One command run without the command line around it, so that a test can answer its questions. */
import type { Command, Prompts } from '../../command.js';
import type { Report } from '../../report.js';
import { openWorkspace } from '../../workspace.js';

/** What the command line would have said. */
export interface CommandWords {
  /** The only positional argument, or the words of a list. */
  readonly argument?: string | readonly string[];
  /** Values of options by name; a switch is an empty list. */
  readonly options?: Readonly<Record<string, string | readonly string[]>>;
  readonly prompts?: Prompts;
  readonly now?: Date;
}

/** Runs a command in a folder of a flag repository. */
export function runCommand(command: Command, directory: string, words: CommandWords = {}): Promise<Report> {
  const { argument, options = {}, prompts, now = new Date('2026-12-01T00:00:00Z') } = words;
  return command.run({
    argument: () => [argument].flat()[0],
    argumentList: () => [argument ?? []].flat(),
    options: {
      text: (name) => [options[name]].flat()[0],
      list: (name) => [options[name] ?? []].flat(),
      isSet: (name) => name in options,
    },
    workspace: () => openWorkspace({ directory, repository: undefined, path: 'flags' }),
    directory,
    now: () => now,
    environment: {},
    readInput: () => Promise.reject(new Error('nothing is read from standard input')),
    progress: () => undefined,
    prompts,
  });
}
