/** The names of the persisted generations, which tell their order. */
import { randomBytes } from 'node:crypto';
import { SyncError } from '../../repository/sync-error.js';

/** A persisted ruleset, as far as its name tells. */
export interface Generation {
  readonly name: string;
  /** The higher one is the newer. */
  readonly sequence: number;
  /** When its ruleset was fetched, in milliseconds of the wall clock. */
  readonly fetchedAtMs: number;
}

/** Digits of the numbers in a name, which are the same in all, so that names sort as numbers do. */
const DIGITS = 15;
const NAME = new RegExp(`^(\\d{${DIGITS}})-(\\d{${DIGITS}})-[0-9a-f]{8}\\.bundle$`);

/** The generations among the names of a folder, the newest first; of one sequence those that were fetched last. */
export function generationsOf(names: readonly string[]): readonly Generation[] {
  const found = names.flatMap((name) => {
    const [, sequence, fetchedAtMs] = NAME.exec(name) ?? [];
    return sequence === undefined ? [] : [{ name, sequence: Number(sequence), fetchedAtMs: Number(fetchedAtMs) }];
  });
  return found.sort((a, b) => (a.name > b.name ? -1 : 1));
}

/**
 * A generation that is newer than all of these. Its sequence is its time unless that is taken or past, so that of two
 * processes that write at once the one which fetched later comes first, whichever is done first.
 * @throws SyncError (later) where none can be
 */
export function generationAfter(generations: readonly Generation[], fetchedAtMs: number): Generation {
  const highest = generations[0]?.sequence ?? 0;
  const sequence = Math.max(fetchedAtMs, highest + 1);
  const [order, time] = [sequence, fetchedAtMs].map((number) => String(number).padStart(DIGITS, '0'));
  const name = `${order}-${time}-${randomBytes(4).toString('hex')}.bundle`;
  // Whatever put such a number there: a name that is not known again would be written without end.
  if (!NAME.test(name)) throw new SyncError(`no file can follow the one that is numbered ${highest}`, 'later');
  return { name, sequence, fetchedAtMs };
}

/**
 * Those generations that make it needless to write a ruleset fetched at `fetchedAtMs`: `own`, which holds it, and those
 * fetched later; unless one fetched earlier is in front of them. A time to come is no time at all but that of a clock
 * which was set back since, so what has it is taken for old.
 */
export function coveringGenerations(
  generations: readonly Generation[],
  fetchedAtMs: number,
  own: Generation | undefined,
): readonly Generation[] {
  const now = Date.now();
  const isOwn = ({ name }: Generation): boolean => name === own?.name;
  const isOlder = (other: Generation): boolean =>
    !isOwn(other) && (other.fetchedAtMs < fetchedAtMs || other.fetchedAtMs > now);
  const highestOlder = generations.find(isOlder)?.sequence ?? 0;
  return generations.filter(
    (other) => other.sequence > highestOlder && (isOwn(other) || (!isOlder(other) && other.fetchedAtMs > fetchedAtMs)),
  );
}

/**
 * Those that need not be kept of generations that are all good: all but the two newest and, where those were fetched
 * within one second, as by two processes of the same commit, the next one before that second.
 */
export function superfluousGenerations(good: readonly Generation[]): readonly Generation[] {
  const [newest, second, ...rest] = good;
  const secondOf = (generation: Generation | undefined): number => Math.floor((generation?.fetchedAtMs ?? 0) / 1_000);
  if (secondOf(newest) !== secondOf(second)) return rest;
  const third = rest.find((generation) => secondOf(generation) !== secondOf(newest));
  return rest.filter((generation) => generation !== third);
}
