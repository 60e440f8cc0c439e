/** The words of a command line that name a command: one, `list`, or two, `contexts merge`. */
import { groupsOf, type Command } from './command.js';

/** Two words that are a command's name, as one: commander knows names of one word only. */
export function withWholeNames(words: readonly string[], commands: readonly Command[]): readonly string[] {
  const at = words.findIndex((word, index) => commands.some(({ name }) => name === `${word} ${words[index + 1]}`));
  return isFirst(words, at) ? [...words.slice(0, at), `${words[at]} ${words[at + 1]}`, ...words.slice(at + 2)] : words;
}

/** The group, `contexts`, that a command line names without one of its commands behind it; undefined where it names none. */
export function groupIn(words: readonly string[], commands: readonly Command[]): string | undefined {
  const groups = new Set(groupsOf(commands));
  const at = words.findIndex((word) => groups.has(word));
  const isWhole = commands.some(({ name }) => name === `${words[at]} ${words[at + 1]}`);
  return isFirst(words, at) && !isWhole ? words[at] : undefined;
}

/** Whether nothing but options of the program stands before a word. */
function isFirst(words: readonly string[], at: number): boolean {
  return at >= 0 && words.slice(0, at).every((word, index) => isGlobal(word) || isGlobal(words[index - 1]));
}

function isGlobal(word: string | undefined): boolean {
  return word?.startsWith('--') === true;
}
