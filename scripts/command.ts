/** What a subcommand is: a record that the parser, the help, the completion and the README are made of. */
import type { Report } from './report.js';
import type { Workspace, WorkspaceOptions } from './workspace.js';

export { Cancelled, UsageError } from './errors.js';

/** Where the shell's suggestions for a value come from. */
export type Completion = 'flags' | 'owners' | 'environments' | 'files' | 'directories';

/** A positional argument. */
export interface CommandArgument {
  readonly name: string;
  readonly summary: string;
  /** Left out: the command can't run without it. */
  readonly isOptional?: boolean;
  /** Takes all the words that are left; the last argument only. */
  readonly isList?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: Completion;
}

/** An option; one without `value` is a switch. */
export interface CommandOption {
  /** The long name without its dashes. */
  readonly name: string;
  /** One letter without its dash. */
  readonly short?: string;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  readonly summary: string;
  /** Other values are refused, each one where `isList`. */
  readonly choices?: readonly string[];
  readonly isRequired?: boolean;
  /** May be repeated, and each value may be several with commas between. */
  readonly isList?: boolean;
  /** A list whose values are all words up to the next option: what a shell makes of `samples/*.jsonl`. */
  readonly takesWords?: boolean;
  readonly completes?: Completion;
}

/** A call worth copying. */
export interface CommandExample {
  /** The whole line, beginning with `flagctl`. */
  readonly line: string;
  readonly summary: string;
}

/** How a report can be shown; every command has `text`. */
export type ReportFormat = 'text' | 'json' | 'github' | 'sarif' | 'markdown' | 'csv';

/** The values of the command line: only names that the command declares can be asked for. */
export interface ParsedOptions {
  /** The option's value; undefined where it was not given. */
  text(name: string): string | undefined;
  /** Every value of a list option, split at commas, each once. */
  list(name: string): readonly string[];
  /** Whether a switch was given. */
  isSet(name: string): boolean;
}

/** Asks the person at the terminal. Every method throws {@link Cancelled} when they give up. */
export interface Prompts {
  text(question: {
    readonly message: string;
    readonly initial?: string;
    /** What is wrong with an answer, or undefined. */
    readonly check?: (answer: string) => string | undefined;
  }): Promise<string>;
  select(question: {
    readonly message: string;
    readonly choices: readonly { readonly value: string; readonly hint?: string }[];
    readonly initial?: string;
  }): Promise<string>;
  confirm(question: { readonly message: string; readonly initial?: boolean }): Promise<boolean>;
}

/** All that a command knows of the world; it neither prints nor exits. */
export interface CommandInput {
  /** A positional argument by its name; undefined where it was left out. */
  readonly argument: (name: string) => string | undefined;
  /** The words of a list argument. */
  readonly argumentList: (name: string) => readonly string[];
  readonly options: ParsedOptions;
  /** The flag repository of `--repo`, `--path` or the current folder. @throws UsageError where there is none */
  readonly workspace: () => Promise<Workspace>;
  /** Where {@link workspace} looks, for a command that can do without a working tree. */
  readonly location: WorkspaceOptions;
  /** The folder that relative file names start from. */
  readonly directory: string;
  /** The current time. */
  readonly now: () => Date;
  /** The process's variables: where tokens come from, which stand on no command line. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Standard input as UTF-8. @throws UsageError beyond `maxBytes`, or where it is not UTF-8 */
  readonly readInput: (maxBytes: number) => Promise<string>;
  /**
   * Says what is going on where somebody watches; the last word only, and never part of the output.
   * @param done how much of it is done, from 0 to 1, where that can be told
   */
  readonly progress: (message: string, done?: number) => void;
  /** Undefined where nobody is there to answer. */
  readonly prompts: Prompts | undefined;
}

/** One subcommand of `flagctl`. */
export interface Command {
  /** One word; or two, `audit verify`, for a command below another. */
  readonly name: string;
  /** One sentence without a full stop, for the list of commands. */
  readonly summary: string;
  /** What more there is to know, for the command's own help. */
  readonly description?: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  readonly examples: readonly CommandExample[];
  /** Beside `text`. With `github` or `sarif`, `--format` chooses; with `json` alone, `--json` does. */
  readonly formats?: readonly Exclude<ReportFormat, 'text'>[];
  /** Whether `--rev` is admitted: the command reads a git revision in place of the working files. */
  readonly readsRevisions?: boolean;
  /**
   * @throws UsageError for what the caller must change, SyncError and HostError for what the environment must; anything
   *   else is a bug
   */
  run(input: CommandInput): Promise<Report>;
}

/** First words of commands that are no command by themselves: `contexts`. */
export function groupsOf(commands: readonly Pick<Command, 'name'>[]): readonly string[] {
  const names = new Set(commands.map(({ name }) => name));
  const first = commands.flatMap(({ name }) => (name.includes(' ') ? [name.slice(0, name.indexOf(' '))] : []));
  return [...new Set(first)].filter((word) => !names.has(word));
}

/** The options that every command takes, besides `--help`. */
export const globalOptions: readonly CommandOption[] = [
  {
    name: 'repo',
    value: 'DIR',
    summary: 'the flag repository (found from the current folder upwards)',
    completes: 'directories',
  },
  { name: 'path', value: 'DIR', summary: 'the flags folder within it (default: flags)', completes: 'directories' },
  { name: 'no-color', summary: 'no colours, as with NO_COLOR in the environment' },
];

const revisionOption: CommandOption = {
  name: 'rev',
  value: 'REV',
  summary: 'read a git revision in place of the working files',
};

const jsonOption: CommandOption = { name: 'json', summary: 'print JSON for another program' };

/** A command's own options and those that its record implies, in the order of the help. */
export function optionsOf({ options = [], formats = [], readsRevisions }: Command): readonly CommandOption[] {
  const choices = ['text', ...formats];
  const formatOption: CommandOption = { name: 'format', value: 'FORMAT', summary: 'how to print it', choices };
  return [
    ...options,
    ...(readsRevisions === true ? [revisionOption] : []),
    ...(formats.length > 1 ? [formatOption] : []),
    ...(formats.includes('json') ? [jsonOption] : []),
  ];
}
