import { describe, expect, it } from 'vitest';
import { benchCases, benchContexts, benchFlags } from './cases.js';
import { checkValues } from './direct.js';
import { expectedValue } from './flag.js';
import { guidon } from './guidon.js';

const flagCount = 1_000;
const open = await guidon.open(benchFlags(flagCount));

/** What our own side gives, for each key and each context at least once, as a side's process does it. */
function valuesOf({ kind, keys: keysOf }: (typeof benchCases)[number]): unknown[] {
  const keys = keysOf(flagCount);
  return Array.from({ length: Math.max(keys.length, benchContexts.length) }, (_, index) =>
    open[kind](keys[index % keys.length]!, open.context(benchContexts[index % benchContexts.length]!)),
  );
}

describe('the cases of the benchmark', () => {
  it('loads as many flags as it says, each key once', () => {
    const keys = benchFlags(flagCount).map(({ key }) => key);
    expect([keys.length, new Set(keys).size]).toEqual([flagCount, flagCount]);
  });

  it.each(benchCases)('$name: our own side gives what a plain reading of the flag says', (benchCase) => {
    const values = valuesOf(benchCase);
    expect(() => checkValues(benchCase, flagCount, values, 'Guidon')).not.toThrow();
  });

  it.each(benchCases)('$name: one wrong value is found', (benchCase) => {
    const values = valuesOf(benchCase);
    values[7] = benchCase.kind === 'object' ? {} : values[7] === true ? 'true' : null;
    expect(() => checkValues(benchCase, flagCount, values, 'Guidon')).toThrow(/Guidon/);
  });

  it.each(benchCases.filter(({ name }) => name.startsWith('50/50')))('$name: a lopsided half is found', (benchCase) => {
    const values = valuesOf(benchCase).map((value, index) => (index % 4 === 0 ? true : value));
    expect(() => checkValues(benchCase, flagCount, values, 'Guidon')).toThrow(/not true for half/);
  });

  it('asks all flags of the last case, in an order of its own', () => {
    const keys = benchCases.at(-1)!.keys(flagCount);
    const halves = benchFlags(flagCount).filter(({ serves }) => serves === 'half');
    expect(keys).not.toEqual(halves.map(({ key }) => key));
    expect(keys.toSorted()).toEqual(halves.map(({ key }) => key).toSorted());
  });

  it('has half of the users in the long list', () => {
    const list = benchFlags(flagCount).find(({ key }) => key === 'bench.case.list')!;
    expect(benchContexts.filter((context) => expectedValue(list, context) === true)).toHaveLength(
      benchContexts.length / 2,
    );
  });

  it('has twenty conditions looked at before the last of ten rules matches', () => {
    const flag = benchFlags(flagCount).find(({ key }) => key === 'bench.case.rules')!;
    if (flag.serves !== 'rules') throw new Error('it serves rules');
    const holds = flag.rules.map((rule) =>
      rule.map((condition) =>
        benchContexts.map((context) => expectedValue({ ...flag, rules: [[condition]] }, context) === true),
      ),
    );
    for (const [index, [first, second]] of holds.entries()) {
      expect(first!.every(Boolean)).toBe(true);
      expect(second!.every((isHeld) => isHeld === (index === 9))).toBe(true);
    }
    expect(holds).toHaveLength(10);
  });
});
