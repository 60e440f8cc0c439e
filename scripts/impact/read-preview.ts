/** A preview out of JSON that another process wrote: `schema/check/preview.schema.json`. */
import { spellInvisible } from '../../provider/repository/index.js';
import { jsonErrorOffset } from '../json-error.js';
import validatePreview from './preview.generated.js';
import type { FlagEnvironmentImpact, Preview, Share } from './preview.js';

/** In characters: two thousand changed flags with eight transitions in each of three environments take half of it. */
export const MAX_PREVIEW_LENGTH = 32 * 1024 * 1024;

/** In characters, of what is shown of a place. */
const MAX_SHOWN = 300;

/** Reads a preview; gives it or, as the rest of the sentence "the preview …", why it is none, with the place. */
export function parsePreview(text: string): Preview | string {
  if (text.length > MAX_PREVIEW_LENGTH) return `is longer than ${MAX_PREVIEW_LENGTH} characters`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `is not JSON: ${placeOfError(text)}`;
  }
  const validate = validatePreview as ((value: unknown) => boolean) & {
    errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
  };
  if (!validate(value)) {
    const [error] = validate.errors ?? [];
    return `is not as schema/check/preview.schema.json describes: ${spelled(error?.instancePath)} ${error?.message ?? 'is wrong'}`;
  }
  const [fault] = faultsOf(value as Preview);
  return fault === undefined ? (value as Preview) : `contradicts itself: ${fault}`;
}

function placeOfError(text: string): string {
  const offset = jsonErrorOffset(text);
  if (offset >= text.length) return 'it ends too early';
  const before = text.slice(0, offset).split('\n');
  return `unexpected ${JSON.stringify(text.charAt(offset))} at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

function spelled(path = ''): string {
  return path === '' ? 'it' : `its ${spellInvisible(path.slice(0, MAX_SHOWN))}`;
}

/** What no schema can tell: sums, orders, and what must be there together. */
function* faultsOf(preview: Preview): Generator<string> {
  const { population, environments, flags } = preview;
  yield* populationFaults(preview);
  for (const [place, share] of sharesOf(preview)) yield* shareFaults(place, share, population);
  yield* repeatedNames(
    '/environments',
    environments.map(({ environment }) => environment),
  );
  yield* repeatedNames(
    '/flags',
    flags.map(({ key }) => key),
  );
  for (const [index, { environments: own }] of flags.entries()) {
    for (const [at, one] of own.entries()) yield* sumFaults(`/flags/${index}/environments/${at}`, one, population);
    yield* repeatedNames(
      `/flags/${index}/environments`,
      own.map(({ environment }) => environment),
    );
  }
}

function* populationFaults({ population, environments }: Preview): Generator<string> {
  for (const [index, { changed }] of environments.entries()) {
    const place = `/environments/${index}/changed`;
    if (population === undefined && changed !== undefined) yield `it has ${place}, but no /population`;
    if (population !== undefined && changed === undefined) yield `it has /population, but no ${place}`;
  }
  if (population === undefined) return;
  const { keys, contexts } = population;
  const sum = keys.plain + keys.hashed + keys.synthetic + keys.missing;
  if (sum !== contexts) yield `its /population/keys add up to ${sum}, not to the ${contexts} of /population/contexts`;
  if ((population.users === undefined) !== (population.usersFrom === 'unknown')) {
    yield 'its /population/usersFrom does not say where its /population/users is from';
  }
}

function* shareFaults(place: string, share: Share, population: Preview['population']): Generator<string> {
  const { low, high, users, contexts } = share;
  if (low > share.share || share.share > high) yield `its ${place} has a share outside of its interval`;
  if (users !== undefined && (users.low > users.count || users.count > users.high)) {
    yield `its ${place}/users has a count outside of its interval`;
  }
  if (contexts > (population?.contexts ?? 0)) yield `its ${place}/contexts is more than were replayed`;
}

/** Transitions are all contexts, and those that are changes are who changes. */
function* sumFaults(
  place: string,
  { isProved, changed, transitions }: FlagEnvironmentImpact,
  population: Preview['population'],
): Generator<string> {
  const sum = (kept: typeof transitions): number => kept.reduce((total, { users }) => total + users.contexts, 0);
  const moved = sum(transitions.filter(({ isChange }) => isChange));
  if (moved !== (changed?.contexts ?? 0)) yield `its ${place}/changed is not what its transitions add up to`;
  const all = isProved || population === undefined ? 0 : population.contexts;
  if (sum(transitions) !== all) yield `its ${place}/transitions do not add up to ${all} contexts`;
}

function* sharesOf({ environments, flags }: Preview): Generator<readonly [place: string, share: Share]> {
  for (const [index, { changed, groups }] of environments.entries()) {
    if (changed !== undefined) yield [`/environments/${index}/changed`, changed];
    for (const [at, group] of groups.entries()) {
      yield [`/environments/${index}/groups/${at}/members`, group.members];
      yield [`/environments/${index}/groups/${at}/changed`, group.changed];
    }
  }
  for (const [index, flag] of flags.entries()) {
    for (const [at, { changed, transitions }] of flag.environments.entries()) {
      const place = `/flags/${index}/environments/${at}`;
      if (changed !== undefined) yield [`${place}/changed`, changed];
      for (const [number, { users }] of transitions.entries()) yield [`${place}/transitions/${number}/users`, users];
    }
  }
}

function* repeatedNames(place: string, names: readonly string[]): Generator<string> {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) yield `its ${place} has ${JSON.stringify(name.slice(0, MAX_SHOWN))} twice`;
    seen.add(name);
  }
}
