import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Slices } from './slices.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** What happened, in order: the steps of a piece of work, and what others asked for at its beginning. */
async function orderOf(steps: number, stepMs: number): Promise<string[]> {
  const order: string[] = [];
  const slices = new Slices();
  setImmediate(() => order.push('others'));
  for (let step = 1; step <= steps; step++) {
    order.push(`step ${step}`);
    vi.advanceTimersByTime(stepMs);
    if (slices.isOver) await slices.pause();
  }
  return order;
}

it('lets others run when a slice is over, and not between its steps', async () => {
  expect(await orderOf(4, 2)).toEqual(['step 1', 'step 2', 'step 3', 'others', 'step 4']);
  expect(await orderOf(4, 1)).toEqual(['step 1', 'step 2', 'step 3', 'step 4']);
  expect(await orderOf(2, 100)).toEqual(['step 1', 'others', 'step 2']);
});

it('starts another slice after each', async () => {
  const slices = new Slices();
  let turns = 0;
  const count = () => {
    turns++;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  for (let step = 0; step < 100; step++) {
    vi.advanceTimersByTime(1);
    if (slices.isOver) await slices.pause();
  }
  clearImmediate(counting);
  expect(turns).toBe(20);
});
