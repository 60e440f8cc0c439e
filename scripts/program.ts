/** The command line understood: commander, built from the records of the commands. */
import { Argument, Command as Parser, CommanderError, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../provider/repository/index.js';
import {
  globalOptions,
  optionsOf,
  type Command,
  type CommandArgument,
  type CommandOption,
  type ParsedOptions,
} from './command.js';
import { groupIn, withWholeNames } from './command-words.js';
import { flagctlVersion } from './version.js';

/** What a command line asks for. */
export type Invocation =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly options: ParsedOptions;
      readonly argument: (name: string) => string | undefined;
      readonly argumentList: (name: string) => readonly string[];
      readonly repo: string | undefined;
      readonly path: string;
    }
  /** Help, the version, or what is wrong with the command line. */
  | { readonly kind: 'say'; readonly output: string; readonly errors: string; readonly exitCode: 0 | 2 };

/** How help is written. */
interface HelpStyle {
  readonly columns: number | undefined;
  readonly title: (text: string) => string;
}

/** Where help is cut when nothing says how wide the terminal is. */
const DEFAULT_COLUMNS = 80;
/** What somebody mistypes is no longer; the rest would only swell the message. */
const MAX_SHOWN_WORD = 100;

/** Understands the arguments after `flagctl`; never prints, exits or throws. */
export function parseArguments(words: readonly string[], commands: readonly Command[], style: HelpStyle): Invocation {
  let invocation: Invocation | undefined;
  const said = { output: '', errors: '' };
  const group = groupIn(words, commands);
  const program = newProgram(style, said, group);
  for (const command of commands) {
    if (group !== undefined && !command.name.startsWith(`${group} `)) continue;
    const name = command.name.slice(group === undefined ? 0 : group.length + 1);
    const parser = addCommand(program, { ...command, name });
    parser.action(() => {
      invocation = invocationOf(command, parser, program);
    });
  }
  const asked = group === undefined ? withWholeNames(words, commands) : words.toSpliced(words.indexOf(group), 1);
  try {
    program.parse(asked, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'say', ...said, exitCode: error.exitCode === 0 ? 0 : 2 };
  }
  return invocation ?? { kind: 'say', ...said, exitCode: 2 };
}

/** `Usage: flagctl list [options]`: what a wrong call is told. */
export function usageOf({ name, arguments: parameters = [] }: Command): string {
  const words = parameters.map(placeholder);
  return `Usage: ${['flagctl', name, '[options]', ...words].join(' ')}\nSee: flagctl ${name} --help`;
}

/** `<key>`, `[key]` or `[file...]`. */
function placeholder({ name, isOptional = false, isList = false }: CommandArgument): string {
  const word = isList ? `${name}...` : name;
  return isOptional ? `[${word}]` : `<${word}>`;
}

function termOf(parser: Parser): string {
  const parameters = parser.registeredArguments.map((argument) =>
    placeholder({ name: argument.name(), summary: '', isOptional: !argument.required, isList: argument.variadic }),
  );
  return [parser.name(), ...parameters].join(' ');
}

function newProgram(
  { columns = DEFAULT_COLUMNS, title }: HelpStyle,
  said: { output: string; errors: string },
  group: string | undefined,
): Parser {
  const program = new Parser(group === undefined ? 'flagctl' : `flagctl ${group}`)
    .description(group === undefined ? 'Feature flags as files in git: check, read and change them.' : '')
    .usage('<command> [options]')
    .version(flagctlVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, styleTitle: title, subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => (said.output += text),
      writeErr: (text) => (said.errors += text),
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      // Styles come through `title`, which knows whether there are colours.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
    })
    .exitOverride();
  for (const option of globalOptions) program.addOption(commanderOption(option));
  program.addHelpText(
    'after',
    `\nExit codes: 0 clean, 1 findings, 2 could not run.\nHelp with examples: ${program.name()} <command> --help`,
  );
  return program;
}

function addCommand(program: Parser, command: Command): Parser {
  const { name, summary, description, arguments: parameters = [], examples } = command;
  // `command()` would take the second word of a name for an argument.
  const parser = program.createCommand(name).copyInheritedSettings(program).summary(summary);
  program.addCommand(parser);
  // A line end is where the source is wrapped; the terminal is another width.
  const text = description?.replaceAll(/(?<!\n)\n(?!\n)/g, ' ');
  parser.description(text === undefined ? `${summary}.` : `${summary}.\n\n${text}`);
  for (const parameter of parameters) {
    const argument = new Argument(placeholder(parameter), parameter.summary);
    parser.addArgument(parameter.choices === undefined ? argument : argument.choices(parameter.choices));
  }
  const options = optionsOf(command).map((option) => commanderOption(option));
  for (const option of options) parser.addOption(option);
  const lines = examples.map((example) => `  ${example.line}\n      ${example.summary}`);
  parser.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  return parser;
}

function commanderOption(declared: CommandOption): Option {
  const { name, short, value, summary, choices, isRequired, isList, takesWords = false } = declared;
  const placeholder = value === undefined ? '' : ` <${value}${takesWords ? '...' : ''}>`;
  const flags = `${short === undefined ? '' : `-${short}, `}--${name}${placeholder}`;
  const note = [choices?.join(', '), isList === true ? 'may be several' : undefined].filter(
    (part) => part !== undefined,
  );
  const option = new Option(flags, note.length === 0 ? summary : `${summary} (${note.join('; ')})`);
  if (isRequired === true) option.makeOptionMandatory();
  if (name === 'json') option.conflicts('format');
  if (value === undefined) return option;
  return option.argParser<string | readonly string[] | undefined>((text, previous) => {
    const values = isList === true ? text.split(',').filter((part) => part !== '') : [text];
    // From a script whose variable is not set: a filter of nothing would filter nothing.
    if (values.length === 0) throw new InvalidArgumentError('It is empty.');
    if (choices !== undefined) for (const one of values) requireChoice(one, choices);
    return isList === true ? [...new Set([previous ?? [], values].flat())] : text;
  });
}

function requireChoice(value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  const meant = nearest(value.slice(0, MAX_SHOWN_WORD), choices);
  const hint = meant === undefined ? '' : `Did you mean '${meant}'? `;
  throw new InvalidArgumentError(`${hint}Allowed choices are ${choices.join(', ')}.`);
}

function invocationOf(command: Command, parser: Parser, program: Parser): Invocation {
  const valueOf = (name: string): unknown => {
    const option = parser.options.find(({ long }) => long === `--${name}`);
    if (option === undefined) throw new Error(`the command ${command.name} has no option --${name}`);
    return parser.getOptionValue(option.attributeName());
  };
  const global = program.opts<{ repo?: string; path?: string }>();
  return {
    kind: 'run',
    command,
    options: {
      text: (name) => valueOf(name) as string | undefined,
      list: (name) => (valueOf(name) as readonly string[] | undefined) ?? [],
      isSet: (name) => valueOf(name) === true,
    },
    argument: (name) => parser.args[indexOf(command, name)],
    argumentList: (name) => parser.args.slice(indexOf(command, name)),
    repo: global.repo,
    path: global.path ?? 'flags',
  };
}

function indexOf(command: Command, argument: string): number {
  const index = (command.arguments ?? []).findIndex(({ name }) => name === argument);
  if (index < 0) throw new Error(`the command ${command.name} has no argument ${argument}`);
  return index;
}
