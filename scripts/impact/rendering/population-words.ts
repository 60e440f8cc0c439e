/** What a preview says of its contexts: where they are from, what was left out, and how far they tell of all users. */
import { listed } from '../../change/words.js';
import { counted } from '../../report.js';
import { exactWord, percentWord } from './figures.js';
import { isExact } from './headline.js';
import type { Population, Preview } from '../preview.js';

/** Enough to see what is wrong with the rows. */
const MAX_EXAMPLES = 3;

/** Files that are named; a sample of a hundred processes has a hundred. */
const MAX_FILES = 4;

/** In characters, of what is said of a row. */
const MAX_MESSAGE_LENGTH = 160;

/** How text of others is written where it is shown. */
export interface Spelling {
  readonly name: (text: string) => string;
  /** @param maxLength in characters */
  readonly sentence: (text: string, maxLength: number) => string;
}

/** Where the contexts are from and what kind they are, in a few sentences. */
export function contextLines(population: Population, spelling: Spelling): readonly string[] {
  const { files, contexts, repeated } = population;
  const named = files.map(
    ({ name, format, rows }) =>
      `${spelling.name(name)} (${spelling.sentence(format, MAX_MESSAGE_LENGTH)}, ${counted(rows, 'row')})`,
  );
  const from = files.length === 0 ? '' : ` from ${listed(named, MAX_FILES)}`;
  return [
    `${counted(contexts, 'context')}${from}`,
    ...(repeated === 0
      ? []
      : [`${counted(repeated, 'row')} left out, for another one of the same targeting key counts`]),
    ...refusedLines(population, spelling),
    ...keyLines(population),
    usersLine(population),
  ];
}

function refusedLines({ files, refused }: Population, { name, sentence }: Spelling): readonly string[] {
  if (refused.rows === 0) return [];
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const share = rows === 0 ? '' : ` (${percentWord(Math.min(1, refused.rows / rows))})`;
  const examples = refused.examples
    .slice(0, MAX_EXAMPLES)
    .map(({ file, row, message }) => `${name(`${file}:${row}`)} ${sentence(message, MAX_MESSAGE_LENGTH)}`);
  const named = examples.length === 0 ? '' : `: ${examples.join('; ')}`;
  return [`${counted(refused.rows, 'row')}${share} refused${named}`];
}

/** What a kind of targeting key means for the figures. */
const MEANINGS: readonly (readonly [kind: keyof Population['keys'], words: string])[] = [
  ['plain', 'as applications give it: rollouts take the very same users as in production'],
  [
    'hashed',
    'a keyed hash: percentages are right on the whole, but not user by user, and a rule that names targeting keys matches none',
  ],
  ['synthetic', 'made up: what is said of them holds for nobody in particular'],
  ['missing', 'none: a rollout by targeting key cannot take them'],
];

function keyLines({ keys, contexts }: Population): readonly string[] {
  return MEANINGS.filter(([kind]) => keys[kind] > 0).map(([kind, words]) => {
    const count = keys[kind] === contexts ? 'all' : exactWord(keys[kind]);
    return `targeting key of ${count}: ${words}`;
  });
}

function usersLine({ users, usersFrom }: Population): string {
  if (users === undefined) return 'how many users they stand for is not known, so there are shares only';
  const source = usersFrom === 'given' ? 'as `--population` gives it' : "by the sum of the rows' weights";
  return `they stand for ${exactWord(users)} users, ${source}`;
}

/** How the figures' error is told, or why they have none. */
export function intervalLine({ population, environments }: Preview): string {
  if (population === undefined) return 'No contexts were replayed: the rules alone tell how far a change may reach.';
  const isCensus = environments.every(({ changed }) => changed === undefined || isExact(changed));
  if (isCensus && environments.length > 0) return 'Every user was replayed: these are counts, and have no error.';
  const effective = exactWord(Math.floor(population.effectiveContexts));
  return (
    `Counts are exact for the contexts that were replayed. In brackets is the 95 % interval for all users: Wilson's, ` +
    `with the effective sample size, of as many as ${effective} equally weighted contexts. It holds as far as the ` +
    'contexts are a fair sample of the users; ends are rounded outwards.'
  );
}
