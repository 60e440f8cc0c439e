/** What a shell may suggest for the word that is being typed. */
import { globalOptions, groupsOf, optionsOf, type Command, type CommandOption, type Completion } from './command.js';

/** What the shell does besides. */
type Directive = 'none' | 'files' | 'directories';

/** A word and, for those of the program itself, what it means. */
interface Suggestion {
  readonly value: string;
  readonly summary?: string;
}

/** The names of the repository that an option or argument takes; none where there is no repository. */
export type NameSource = (
  completion: Completion,
  repository: { readonly repo: string | undefined; readonly path: string | undefined },
) => Promise<readonly string[]>;

/** The words so far, understood. */
interface Line {
  readonly command: Command | undefined;
  /** The first word of commands, `contexts`, where no second one followed yet. */
  readonly group: string | undefined;
  readonly positionals: number;
  readonly given: ReadonlyMap<string, string>;
  /** The option that the current word is the value of. */
  readonly pending: CommandOption | undefined;
}

/**
 * Names of files end up in the shell's hands, and bash expands what it is given: nothing else may pass.
 * Flag keys, teams and environments of a valid repository all fit.
 */
const SAFE = /^[\w.@+=:,/-]+$/;

/** As cobra numbers them: ShellCompDirectiveNoFileComp, Default and FilterDirs. */
const directives: Readonly<Record<Directive, number>> = { none: 4, files: 0, directories: 16 };

/** The lines that the completion scripts expect: a suggestion each, a tab, its meaning; then `:` and the directive. */
export async function suggestionLines(
  words: readonly string[],
  commands: readonly Command[],
  names: NameSource,
): Promise<string> {
  const { suggestions, directive } = await suggest(words, commands, names);
  const lines = suggestions
    .filter(({ value }) => SAFE.test(value))
    .map(({ value, summary = '' }) => `${value}\t${summary}`);
  return [...lines, `:${directives[directive]}`, ''].join('\n');
}

async function suggest(words: readonly string[], commands: readonly Command[], names: NameSource) {
  const current = words.at(-1) ?? '';
  const line = understand(words.slice(0, -1), commands);
  const [, attached, typed = ''] = /^--([a-z-]+)=(.*)$/s.exec(current) ?? [];
  const option = attached === undefined ? line.pending : findOption(line.command, attached);
  if (attached !== undefined || takes(line.pending, current)) {
    return option === undefined ? nothing : values(option, attached === undefined ? current : typed, line, names);
  }
  if (current.startsWith('-')) {
    const left = availableOptions(line.command).filter(({ name, isList }) => isList || !line.given.has(name));
    return matching(
      current,
      left.map(({ name, summary }) => ({ value: `--${name}`, summary })),
    );
  }
  if (line.command === undefined) return matching(current, commandWords(line.group, commands));
  const { arguments: parameters = [] } = line.command;
  const last = parameters.at(-1);
  const argument = parameters[line.positionals] ?? (last?.isList === true ? last : undefined);
  return argument === undefined ? nothing : values(argument, current, line, names);
}

/** The first words of all commands, or the second ones of a group. */
function commandWords(group: string | undefined, commands: readonly Command[]): readonly Suggestion[] {
  if (group === undefined) {
    const whole = commands.filter(({ name }) => !name.includes(' '));
    const groups = groupsOf(commands).map((value) => ({ value, summary: 'Several commands' }));
    return [...whole.map(({ name, summary }) => ({ value: name, summary })), ...groups];
  }
  const below = commands.filter(({ name }) => name.startsWith(`${group} `));
  return below.map(({ name, summary }) => ({ value: name.slice(group.length + 1), summary }));
}

const nothing = { suggestions: [] as readonly Suggestion[], directive: 'none' as Directive };

function understand(words: readonly string[], commands: readonly Command[]): Line {
  let command: Command | undefined;
  let group: string | undefined;
  let positionals = 0;
  let pending: CommandOption | undefined;
  const given = new Map<string, string>();
  for (const word of words) {
    if (pending !== undefined && takes(pending, word)) {
      given.set(pending.name, word);
      if (pending.takesWords !== true) pending = undefined;
    } else if (word.startsWith('-') && word !== '-') {
      const [name, value] = splitOption(word);
      const option = findOption(command, name);
      given.set(option?.name ?? name, value ?? '');
      pending = option?.value !== undefined && value === undefined ? option : undefined;
    } else {
      const below = positionals > 0 ? undefined : commandBelow(command?.name ?? group, word, commands);
      if (command === undefined || below !== undefined) {
        command = below;
        group = below === undefined ? groupsOf(commands).find((name) => name === word) : undefined;
      } else positionals += 1;
    }
  }
  return { command, group, positionals, given, pending };
}

/** Whether a word is the value of the option before it; one that takes many words takes no option for one. */
function takes(option: CommandOption | undefined, word: string): boolean {
  return option !== undefined && !(option.takesWords === true && word.startsWith('-'));
}

/** The command that a word names after another, or as the first one. */
function commandBelow(before: string | undefined, word: string, commands: readonly Command[]): Command | undefined {
  const wanted = before === undefined ? word : `${before} ${word}`;
  return commands.find(({ name }) => name === wanted);
}

function splitOption(word: string): readonly [string, string | undefined] {
  const at = word.indexOf('=');
  const name = word.slice(0, at < 0 ? undefined : at).replace(/^--?/, '');
  return [name, at < 0 ? undefined : word.slice(at + 1)];
}

function findOption(command: Command | undefined, name: string): CommandOption | undefined {
  return availableOptions(command).find((option) => option.name === name || option.short === name);
}

function availableOptions(command: Command | undefined): readonly CommandOption[] {
  return [...(command === undefined ? [] : optionsOf(command)), ...globalOptions];
}

/** The values of an option or argument; of a list the one after the last comma. */
async function values(
  { choices, completes, isList }: Pick<CommandOption, 'choices' | 'completes' | 'isList'>,
  current: string,
  { given }: Line,
  names: NameSource,
) {
  if (choices === undefined && (completes === 'files' || completes === 'directories')) {
    return { suggestions: [], directive: completes };
  }
  const source = { repo: given.get('repo'), path: given.get('path') };
  const known = choices ?? (completes === undefined ? [] : await names(completes, source));
  const before = isList === true ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  return matching(
    current,
    known.map((value) => ({ value: before + value })),
  );
}

function matching(current: string, suggestions: readonly Suggestion[]) {
  return { suggestions: suggestions.filter(({ value }) => value.startsWith(current)), directive: 'none' as Directive };
}
