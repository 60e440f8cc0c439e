import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Debounce } from './debounce.js';
import { systemTimer } from './schedule.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(): { readonly debounce: Debounce; readonly settled: () => number } {
  let count = 0;
  const debounce = new Debounce({ quietMs: 50, longestMs: 200, timer: systemTimer }, () => void count++);
  return { debounce, settled: () => count };
}

it('turns a burst into one call, after the quiet', () => {
  const { debounce, settled } = start();
  for (let i = 0; i < 3; i++) {
    debounce.notify();
    vi.advanceTimersByTime(49);
  }
  expect(settled()).toBe(0);
  vi.advanceTimersByTime(1);
  expect(settled()).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(settled()).toBe(1);
});

it('cuts a burst that goes on', () => {
  const { debounce, settled } = start();
  for (let elapsedMs = 0; elapsedMs < 400; elapsedMs += 10) {
    debounce.notify();
    vi.advanceTimersByTime(10);
  }
  expect(settled()).toBe(2);
});

it('makes one call for each of two bursts', () => {
  const { debounce, settled } = start();
  for (let i = 0; i < 2; i++) {
    debounce.notify();
    vi.advanceTimersByTime(60);
  }
  expect(settled()).toBe(2);
});

it('leaves no timer when it is cancelled', () => {
  const { debounce, settled } = start();
  debounce.notify();
  debounce.cancel();
  expect(vi.getTimerCount()).toBe(0);
  expect(settled()).toBe(0);
});
