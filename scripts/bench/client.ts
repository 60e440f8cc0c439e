/** Through OpenFeature's client: what a provider adds to one that returns a constant. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenFeature } from '@openfeature/server-sdk';
import { benchCases, benchContexts, benchFlags, type BenchCase } from './cases.js';
import { clientColumns, type ClientColumn } from './client-columns.js';
import { expectedValue, type BenchContext, type BenchFlag } from './flag.js';
import { repositoryFiles, writeFiles } from './flag-repository.js';
import {
  interleave,
  nanosecondsWithGarbage,
  quickEffort,
  ratiosOf,
  spreadOf,
  warmUp,
  type Effort,
  type Loop,
  type RunSlice,
} from './measure.js';
import type { ClientRow } from './results.js';

const FLAGS = 10;

/** More than elsewhere: a few percent are to be told from nothing, and the client's garbage comes in waves. */
const clientEffort: Effort = { rounds: 31, slices: 12, sliceMs: 5, warmUpMs: 400 };

type AskedClient = Awaited<ReturnType<ClientColumn['open']>>;

/** A row for each case that asks for one flag. */
export async function measureClient(isQuick: boolean, progress: (step: string) => void): Promise<readonly ClientRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'guidon-bench-'));
  try {
    const flags = benchFlags(FLAGS);
    await writeFiles(root, repositoryFiles(flags));
    const rows: ClientRow[] = [];
    for (const benchCase of benchCases) {
      const [key, ...others] = benchCase.keys(FLAGS);
      const flag = flags.find((one) => one.key === key);
      if (others.length > 0 || flag === undefined) continue;
      progress(`through OpenFeature's client: ${benchCase.name}`);
      rows.push(await measureCase(benchCase, flag, root, isQuick ? quickEffort : clientEffort));
    }
    return rows;
  } finally {
    await OpenFeature.close();
    await rm(root, { recursive: true, force: true });
  }
}

async function measureCase(benchCase: BenchCase, flag: BenchFlag, root: string, effort: Effort): Promise<ClientRow> {
  const value = flag.serves === 'object' ? flag.value : true;
  const loops: Loop[] = [];
  for (const column of clientColumns) {
    const client = await column.open({ root, value });
    if (column !== clientColumns[0]) await checkValues(client, benchCase, flag);
    loops.push(loopOf(client, benchCase, flag.key));
  }
  const slices: RunSlice[] = [];
  for (const loop of loops) {
    const times = await warmUp(loop, effort);
    slices.push(() => nanosecondsWithGarbage(loop, times));
  }
  const taken = await interleave(slices, effort);
  const columns = clientColumns.map(({ title }, index) => {
    const [base = [], nanoseconds = []] = [taken[0], taken[index]];
    return { title, nanoseconds: spreadOf(nanoseconds), ratio: ratiosOf(nanoseconds, base) };
  });
  return { case: benchCase.name, columns };
}

async function checkValues(client: AskedClient, { name, kind }: BenchCase, flag: BenchFlag): Promise<void> {
  for (const context of benchContexts) {
    const value = await ask(client, kind, flag.key, { ...context });
    const expected = expectedValue(flag, context);
    if (expected === undefined) assert.equal(typeof value, 'boolean');
    else assert.deepEqual(value, expected, `${name}: ${JSON.stringify(context)}`);
  }
}

function loopOf(client: AskedClient, { kind }: BenchCase, key: string): Loop {
  const contexts = benchContexts.map((context) => ({ ...context }));
  return async (times) => {
    for (let i = 0; i < times; i++) await ask(client, kind, key, contexts[i % contexts.length] as AskedContext);
  };
}

type AskedContext = BenchContext & Readonly<Record<string, string | number>>;

function ask(client: AskedClient, kind: BenchCase['kind'], key: string, context: AskedContext): Promise<unknown> {
  return kind === 'boolean' ? client.getBooleanValue(key, false, context) : client.getObjectValue(key, {}, context);
}
