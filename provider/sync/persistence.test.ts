import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { load, type LoadedRepository } from '../repository/index.js';
import { memoryTree } from '../repository/testing/memory-tree.js';
import { LastKnownGood } from './last-known-good.js';
import { Persistence } from './persistence.js';
import { flagFiles } from './testing/files.js';

const identity = { source: 'file:///flags.git', ref: 'main', path: 'flags', environment: 'production' };

let folder: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-test-'));
  lines = [];
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

function open(): Persistence {
  const keep = (line: string): void => void lines.push(line);
  return new Persistence(new LastKnownGood(folder, identity), { error: keep, warn: keep, info: keep });
}

async function loaded(version: string): Promise<LoadedRepository> {
  const files = Object.entries(flagFiles(version)).map(([path, text]): [string, string] => [`flags/${path}`, text]);
  const result = await load({ ...memoryTree(Object.fromEntries(files)), hasCodeowners: false });
  if (!result.ok) throw new Error('the files are not valid');
  return result.loaded;
}

async function generations(): Promise<readonly string[]> {
  const [store = ''] = await readdir(folder);
  return store === '' ? [] : (await readdir(join(folder, store))).sort();
}

const descriptionOf = ({ ruleset }: LoadedRepository) =>
  ruleset.documents.flags.get('shop.cart.banner')?.read().description;

it('gives back what was kept last', async () => {
  const persistence = open();
  for (const version of ['first', 'second', 'third']) persistence.keep(await loaded(version));
  await persistence.settle();
  const restored = await open().restore();
  expect(restored && descriptionOf(restored.loaded)).toBe('third');
  expect(lines).toEqual([]);
});

it('has what is on disk, and not what is on its way', async () => {
  const [persistence, first] = [open(), await loaded('first')];
  persistence.keep(first);
  expect(persistence.has(first)).toBe(false);
  await persistence.settle();
  expect(persistence.has(first)).toBe(true);
  expect(persistence.has(await loaded('second'))).toBe(false);
  expect(persistence.has(undefined)).toBe(false);
});

it('has what it restored', async () => {
  const first = open();
  first.keep(await loaded('first'));
  await first.settle();
  const second = open();
  const restored = await second.restore();
  expect(second.has(restored?.loaded)).toBe(true);
});

it('writes what is confirmed again and again once in a quarter of an hour, by whichever process', async () => {
  const one = await loaded('first');
  const persistence = open();
  persistence.keep(one);
  await persistence.settle();
  const written = await generations();
  const keepAfter = async (minutes: number, by: Persistence, what: LoadedRepository) => {
    vi.advanceTimersByTime(minutes * 60_000);
    by.keep(what);
    await by.settle();
    return generations();
  };
  expect(await keepAfter(14, persistence, one)).toEqual(written);
  const later = await keepAfter(1, persistence, one);
  expect(later).not.toEqual(written);
  vi.advanceTimersByTime(10 * 60_000);
  const next = open();
  const restored = await next.restore();
  if (restored === undefined) throw new Error('nothing was kept');
  expect(Date.now() - restored.persistedAtMs).toBe(10 * 60_000);
  expect(await keepAfter(4, next, restored.loaded)).toEqual(later);
  expect(await keepAfter(1, next, restored.loaded)).not.toEqual(later);
});
