/** Direct evaluation: every side asked the same, its values checked, then timed in rounds that take turns. */
import assert from 'node:assert/strict';
import { benchCases, benchContexts, benchFlags, type BenchCase } from './cases.js';
import { expectedValue } from './flag.js';
import { interleave, ratiosOf, spreadOf, type Effort, type RunSlice } from './measure.js';
import { peerFiles } from './peer.js';
import { peerVersions } from './prepare.js';
import type { DirectFigure, DirectRow, SideFacts } from './results.js';
import { SideProcess } from './side-process.js';
import type { SideDescription } from './side-protocol.js';

/** How many flags are loaded. */
export const flagCounts = [10, 1_000, 10_000] as const;

/** How far from half a fair split of the contexts may be: six standard deviations of a thousand coin tosses. */
const SHARE_TOLERANCE = 0.095;

/** A side that is running. */
interface Side {
  readonly process: SideProcess;
  readonly about: SideDescription;
}

/** All rows, the least flags first, and whom they are about. */
export async function measureDirect(
  effort: Effort,
  progress: (step: string) => void,
): Promise<{ readonly sides: readonly SideFacts[]; readonly rows: readonly DirectRow[] }> {
  const versions = await peerVersions();
  const rows: DirectRow[] = [];
  let facts: readonly SideFacts[] = [];
  for (const flagCount of flagCounts) {
    const processes = ['guidon', ...peerFiles].map((file) => new SideProcess(file, flagCount));
    try {
      progress(`${flagCount} flags: loading`);
      const sides: Side[] = [];
      for (const process of processes) sides.push({ process, about: await process.ask('describe', {}) });
      for (const benchCase of benchCases) {
        progress(`${flagCount} flags: ${benchCase.name}`);
        rows.push(await measureCase(benchCase, sides, flagCount, effort));
      }
      for (const process of processes) await process.close();
      facts = sides.map(({ about }) => ({ ...about, version: versions.get(about.packageName ?? '') }));
    } finally {
      for (const process of processes) process.kill();
    }
  }
  return { sides: facts, rows };
}

async function measureCase(
  benchCase: BenchCase,
  all: readonly Side[],
  flagCount: number,
  effort: Effort,
): Promise<DirectRow> {
  const asks = { case: benchCase.name };
  const sides = all.filter(({ about }) => about.cannot?.[benchCase.name] === undefined);
  for (const { process, about } of sides) {
    const values = await process.ask('values', asks);
    checkValues(benchCase, flagCount, values, about.title);
    assert.deepEqual(await process.ask('values', asks), values, `${about.title} is not deterministic`);
  }
  const slices: RunSlice[] = [];
  for (const { process } of sides) {
    const times = await process.ask('warmUp', { ...asks, effort });
    slices.push(() => process.ask('slice', { ...asks, times }));
  }
  const taken = await interleave(slices, effort);
  const figures: Record<string, DirectFigure> = {};
  for (const [index, { process, about }] of sides.entries()) {
    const [ours = [], theirs = []] = [taken[0], taken[index]];
    const bytes = await process.ask('bytes', asks);
    figures[about.title] = { nanoseconds: spreadOf(theirs), ratio: ratiosOf(theirs, ours), bytes };
  }
  return { case: benchCase.name, flags: flagCount, figures };
}

/** Before anything is timed: a fast wrong answer is worth nothing. @throws AssertionError */
export function checkValues(
  { name, keys: keysOf }: BenchCase,
  flagCount: number,
  values: readonly unknown[],
  title: string,
): void {
  const keys = keysOf(flagCount);
  const flags = new Map(benchFlags(flagCount).map((flag) => [flag.key, flag]));
  const expected = values.map((_, index) => {
    const flag = flags.get(keys[index % keys.length] ?? '');
    const context = benchContexts[index % benchContexts.length];
    assert(flag !== undefined && context !== undefined);
    return expectedValue(flag, context);
  });
  assert(values.length >= benchContexts.length, `${title} was not asked for every context`);
  if (expected.some((value) => value !== undefined)) {
    assert.deepEqual(values, expected, `${title} gives other values in the case "${name}"`);
    return;
  }
  const share = values.filter((value) => value === true).length / values.length;
  assert(
    values.every((value) => typeof value === 'boolean') && Math.abs(share - 0.5) < SHARE_TOLERANCE,
    `${title} is not true for half of the keys in the case "${name}", but for ${share}`,
  );
}
