/** `npm run bench:loading`: how long flags take to load, and what that costs the application meanwhile. */
import { execFile } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { fetchRef, openRepository, readTree, type GitMirror } from '../../provider/repository/git.js';
import { load, MAX_FILE_BYTES, type LoadedRepository, type Tree } from '../../provider/repository/index.js';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { changedKeysOf } from '../../provider/sync/succession.js';
import { createRepository, pathOfFlag, textOfFlag } from './repository.js';
import { measured, type Taken } from './stopwatch.js';

/** One start of a provider. */
interface Start extends Taken {
  readonly flags: number;
  readonly fromLastKnownGood: boolean;
  readonly heap: { readonly loaded: number; readonly evaluated: number };
}

/** One row of the result; times and stalls in milliseconds. */
interface Row {
  readonly what: string;
  readonly flags: number;
  readonly milliseconds: number;
  readonly stall: number;
  readonly heapMegabytes?: number;
}

const SIZES = [2_000, 10_000];
const ROUNDS = 5;
/** The first few changes are read by code that is not compiled yet. */
const CHANGES = 15;
const WARM_UP_CHANGES = 5;
const MEGABYTE = 1_000_000;

const run = promisify(execFile);
const start = fileURLToPath(new URL('start.js', import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const rows: Row[] = [];
  for (const flags of SIZES) rows.push(...(await rowsOf(flags)));
  console.log(values.json ? JSON.stringify({ node: process.version, rows }, null, 2) : render(rows));
}

async function rowsOf(flags: number): Promise<readonly Row[]> {
  const repository = await createRepository(flags);
  try {
    const cacheDir = join(repository.folder, 'cache');
    const cold = await times(ROUNDS, async () => {
      await rm(cacheDir, { recursive: true, force: true });
      return startProvider(repository.url, cacheDir);
    });
    const away = `${repository.remoteDir}.away`;
    await rename(repository.remoteDir, away);
    const kept = await times(ROUNDS, () => startProvider(repository.url, cacheDir));
    await rename(away, repository.remoteDir);
    if (cold.concat(kept).some((one) => one.flags !== flags)) throw new Error('not all flags were loaded');
    if (!kept.every(({ fromLastKnownGood }) => fromLastKnownGood)) throw new Error('nothing was kept');
    return [
      startRow('first start, from git', flags, cold),
      startRow('start from last-known-good, the remote away', flags, kept),
      ...(await reloadRows(repository, flags)),
    ];
  } finally {
    await repository.dispose();
  }
}

async function startProvider(url: string, cacheDir: string): Promise<Start> {
  const { stdout } = await run(process.execPath, ['--expose-gc', start, url, cacheDir]);
  return JSON.parse(stdout) as Start;
}

function startRow(what: string, flags: number, starts: readonly Start[]): Row {
  return { ...row(what, flags, starts), heapMegabytes: median(starts.map(({ heap }) => heap.loaded)) / MEGABYTE };
}

function row(what: string, flags: number, taken: readonly Taken[]): Row {
  const milliseconds = median(taken.map((one) => one.milliseconds));
  return { what, flags, milliseconds, stall: median(taken.map(({ stallMilliseconds }) => stallMilliseconds)) };
}

/** One file changed, over and over, in one process: the way of a commit to its swap, without what git takes. */
async function reloadRows(repository: TestRepository, flags: number): Promise<readonly Row[]> {
  const mirror = await openRepository({ dir: join(repository.folder, 'mirror'), remote: { url: repository.url } });
  let tree = await newestTree(mirror);
  const reading = await times(ROUNDS, () => measured(() => tree.read(tree.entries, MAX_FILE_BYTES)));
  let loaded = await loadTree(tree);
  const reloads: Taken[] = [];
  for (let change = 0; change < CHANGES; change++) {
    await repository.commit({ [pathOfFlag(change)]: textOfFlag(change, 99) });
    tree = await newestTree(mirror, tree);
    const previous = loaded;
    reloads.push(
      await measured(async () => {
        loaded = await loadTree(tree, previous);
        await changedKeysOf(previous.ruleset, loaded.ruleset, 'production');
      }),
    );
  }
  return [
    row('reading every blob', flags, reading),
    row('reload after one file changed', flags, reloads.slice(WARM_UP_CHANGES)),
  ];
}

async function newestTree(mirror: GitMirror, previous?: Tree): Promise<Tree> {
  return readTree(mirror, await fetchRef(mirror, 'main'), 'flags', { previous });
}

async function loadTree(tree: Tree, previous?: LoadedRepository): Promise<LoadedRepository> {
  const result = await load(tree, previous);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.loaded;
}

async function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index++) results.push(await work());
  return results;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function render(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ what, flags, milliseconds, stall, heapMegabytes }) =>
      `| ${what} | ${flags.toLocaleString('en')} | ${milliseconds.toFixed(0)} | ${stall.toFixed(0)} | ${heapMegabytes?.toFixed(1) ?? ''} |`,
  );
  return ['| | flags | ms | longest stall, ms | heap, MB |', '|---|--:|--:|--:|--:|', ...lines].join('\n');
}

await main();
