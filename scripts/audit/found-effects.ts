/** The effects of commits: those that are remembered, and those that have to be found. */
import type { RevisionEffect } from './effect.js';
import type { EffectMemory } from './memory.js';
import { walk, type WalkRequest } from './walk.js';

/** What to find, and where to look first. */
export interface EffectsRequest extends Omit<WalkRequest, 'wanted'> {
  /** Indexes of the line. */
  readonly wanted: readonly number[];
  readonly memory: EffectMemory;
  /** Whether the commits are wanted, too, by which what did not load was served after all. */
  readonly followsRepairs: boolean;
}

/** What was found. */
export interface FoundEffects {
  /** As {@link EffectMemory.get}. */
  get(commit: string): RevisionEffect | null | undefined;
  /** Indexes of the commits by which what is wanted and did not load was served after all. */
  readonly repairs: readonly number[];
}

/** Finds effects, and remembers them. @throws SyncError */
export async function findEffects({ wanted, memory, followsRepairs, ...place }: EffectsRequest): Promise<FoundEffects> {
  const loads = (index: number): boolean | undefined => memory.get(place.line[index] ?? '')?.loads;
  const find = async (indexes: readonly number[]): Promise<void> => {
    const missing = indexes.filter((index) => memory.get(place.line[index] ?? '') === undefined);
    memory.add(await walk({ ...place, wanted: new Set(missing) }));
  };
  await find(wanted);
  const repairs: number[] = [];
  for (const broken of followsRepairs ? wanted.filter((index) => loads(index) === false) : []) {
    const repair = await repairOf(broken, { length: place.line.length, find, loads });
    if (repair !== undefined) repairs.push(repair);
  }
  await memory.keep();
  return { get: (commit) => memory.get(commit), repairs };
}

interface RepairSearch {
  readonly length: number;
  readonly find: (indexes: readonly number[]) => Promise<void>;
  /** Undefined of a commit that touches nothing that counts. */
  readonly loads: (index: number) => boolean | undefined;
}

/** The first commit after a broken one that loads; looked for in steps that grow, for most are repaired at once. */
async function repairOf(broken: number, { length, find, loads }: RepairSearch): Promise<number | undefined> {
  for (let [start, size] = [broken + 1, 1]; start < length; [start, size] = [start + size, size * 2]) {
    const indexes = Array.from({ length: Math.min(size, length - start) }, (_, offset) => start + offset);
    await find(indexes);
    const repair = indexes.find((index) => loads(index) === true);
    if (repair !== undefined) return repair;
  }
  return undefined;
}
