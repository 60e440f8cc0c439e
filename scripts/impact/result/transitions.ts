/** From the counts of a flag in an environment to who gets what instead of what. */
import { shareOf, type Universe } from './interval.js';
import type { PreparedSubject } from '../replay/prepared.js';
import type { Served, Share, Transition } from '../preview.js';
import { addSums, sumsAt, type Sums } from '../replay/sums.js';
import type { Tally } from '../replay/tally.js';

/** Who changes, and all transitions: changes first, each by its size. */
export interface CountedSubject {
  readonly changed: Share;
  readonly transitions: readonly Transition[];
}

interface Cell {
  readonly from: Served;
  readonly to: Served;
  readonly isChange: boolean;
  readonly sums: Sums;
}

/** Reads a subject's cells; those that nobody is in are left out. */
export function countedSubject(subject: PreparedSubject, { cells, all }: Tally, universe: Universe): CountedSubject {
  const [found, whole] = [cellsOf(subject, cells), sumsAt(all, 0)];
  const changed = addSums(found.filter(({ isChange }) => isChange).map(({ sums }) => sums));
  return {
    changed: shareOf(changed, whole, universe),
    transitions: found
      .sort(bySize)
      .map(({ from, to, isChange, sums }) => ({ from, to, isChange, users: shareOf(sums, whole, universe) })),
  };
}

function cellsOf({ before, after, firstCell }: PreparedSubject, counts: Float64Array): Cell[] {
  const [valueBefore, valueAfter] = [before, after].map(({ served, servedOf, valueOf }) =>
    served.map((_one, index) => valueOf[servedOf.indexOf(index)]),
  ) as [number[], number[]];
  const cells: Cell[] = [];
  for (const [old, from] of before.served.entries()) {
    for (const [now, to] of after.served.entries()) {
      const sums = sumsAt(counts, firstCell + old * after.served.length + now);
      if (sums.contexts > 0) cells.push({ from, to, isChange: valueBefore[old] !== valueAfter[now], sums });
    }
  }
  return cells;
}

function bySize(one: Cell, other: Cell): number {
  return (
    Number(other.isChange) - Number(one.isChange) ||
    other.sums.weight - one.sums.weight ||
    other.sums.contexts - one.sums.contexts ||
    (textOf(one) < textOf(other) ? -1 : 1)
  );
}

function textOf({ from, to }: Cell): string {
  return JSON.stringify([from.variant, from.none, to.variant, to.none]);
}
