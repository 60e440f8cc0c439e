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
 * Those that were fetched after `fetchedAtMs`. A time to come is no time at all but that of a clock which was set back
 * since, so what has it is taken for old.
 */
export function laterGenerations(generations: readonly Generation[], fetchedAtMs: number): readonly Generation[] {
  const now = Date.now();
  return generations.filter((other) => other.fetchedAtMs > fetchedAtMs && other.fetchedAtMs <= now);
}

/** Those that were fetched last; there may be copies. */
export function latestGenerations(generations: readonly Generation[]): readonly Generation[] {
  const latestMs = Math.max(...generations.map(({ fetchedAtMs }) => fetchedAtMs));
  return generations.filter(({ fetchedAtMs }) => fetchedAtMs === latestMs);
}

/**
 * Whether a generation is among these, in front of all that are older, and stays there: whoever has not seen it takes the
 * next number after one that they have seen, so an older one of its own number would let another get in front of it.
 */
export function isInFront(generations: readonly Generation[], { name, sequence, fetchedAtMs }: Generation): boolean {
  const now = Date.now();
  const isOlder = (other: Generation): boolean => other.fetchedAtMs < fetchedAtMs || other.fetchedAtMs > now;
  const rivals = generations.filter((other) => other.name !== name);
  return rivals.length < generations.length && rivals.every((other) => other.sequence < sequence || !isOlder(other));
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
