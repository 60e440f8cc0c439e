/** Replays on threads of their own: of the program as it is published, for a worker is a file of JavaScript. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { sidesOf } from '../../change/testing/sides.js';
import type { ContextFile } from '../../contexts/contexts.js';
import { flagFiles } from '../../testing/flag-repository.js';
import type { Job } from './job.js';
import { jobOf, planReplay } from './plan-replay.js';
import type { PreviewResult } from '../preview-change.js';
import { linesFile } from '../testing/rows.js';

const built = join(import.meta.dirname, '../../../dist/scripts/impact');
const load = async <T>(name: string): Promise<T> => (await import(join(built, `${name}.js`))) as T;

beforeAll(() => {
  if (!existsSync(built)) throw new Error('the program is not built: npm run build');
});

const widened = {
  ...flagFiles,
  'flags/payments/checkout/new-flow.yaml': (flagFiles['flags/payments/checkout/new-flow.yaml'] as string)
    .replace('rollout: 5', 'rollout: 35')
    .replace('rollout: 10 }', 'rollout: 90 }'),
};

/** Weights whose sums are rounded, and every third key again in another batch or file. */
const rows = Array.from({ length: 6_000 }, (_, index) => ({
  ...(index % 11 !== 0 && { targetingKey: `u-${index % 3 === 0 ? index / 3 : index}` }),
  email: `u${index}@example.${index % 40 === 0 ? 'com' : 'org'}`,
  country: ['DE', 'FR', 'AT', 'SE'][index % 4],
  appVersion: `4.${index % 5}.0`,
  $weight: 0.1 + (index % 17) / 7,
}));

async function previewOn(threads: number, files: readonly ContextFile[]): Promise<PreviewResult> {
  const { previewSides } = await load<typeof import('../preview-change.js')>('preview-change');
  return previewSides(await sidesOf(flagFiles, widened), {
    base: 'base',
    head: 'head',
    files,
    reading: {},
    by: ['country', 'email'],
    maxRefused: 0.01,
    threads,
    progress: () => undefined,
  });
}

async function job(): Promise<Job> {
  const sides = await sidesOf(flagFiles, widened);
  const loaded = { base: sides.base.loaded!, result: sides.result.loaded! };
  return jobOf(planReplay(sides, loaded), loaded, { by: [], reading: {} });
}

it('says the same on however many threads, to the last digit', async () => {
  const files = [
    linesFile(rows.slice(0, 4_500), 130, 'one.jsonl'),
    linesFile([...rows.slice(4_500), 'no context'], 70, 'two.jsonl'),
  ];
  const [one, ...others] = await Promise.all([1, 2, 4].map((threads) => previewOn(threads, files)));
  expect(one).toMatchObject({ ok: true, preview: { population: { refused: { rows: 1 }, repeated: 1_212 } } });
  for (const other of others) expect(JSON.stringify(other)).toBe(JSON.stringify(one));
});

it('fails as the file does, however far the threads are', async () => {
  const whole = linesFile(rows, 100);
  const torn: ContextFile = {
    ...whole,
    async *batches(progress) {
      let left = 7;
      for await (const batch of whole.batches(progress)) {
        if (left-- === 0) throw new Error('the archive ends too early');
        yield batch;
      }
    },
  };
  await expect(previewOn(2, [torn])).rejects.toThrow('the archive ends too early');
});

it('fails where a thread does, in the middle of a file', async () => {
  const whole = linesFile(rows, 100);
  const odd: ContextFile = {
    ...whole,
    async *batches(progress) {
      for await (const batch of whole.batches(progress)) {
        yield batch;
        if (batch.first === 2_001) yield { ...batch, kind: 'lines', bytes: undefined as unknown as Uint8Array };
      }
    },
  };
  await expect(previewOn(2, [odd])).rejects.toThrow(/undefined/);
});

it('fails where a thread can not even begin', async () => {
  const { replayFiles } = await load<typeof import('./replay-files.js')>('replay/replay-files');
  const { after, ...rest } = await job();
  const broken = { ...rest, after: { ...after, segments: [] } };
  await expect(
    replayFiles({ job: broken, files: [linesFile(rows, 100)], threads: 3, progress: () => undefined }),
  ).rejects.toThrow('no segment employees');
});

it('answers nothing more where a thread has ended', async () => {
  const { WorkerLane } = await load<typeof import('./worker-lane.js')>('replay/worker-lane');
  const lane = new WorkerLane(await job());
  const batch = { kind: 'lines', file: 'a', first: 1, bytes: new Uint8Array(Buffer.from('{}')), refused: [] } as const;
  expect(await lane.parse(0, batch)).toMatchObject({ contexts: 1, refused: 0 });
  await lane.end();
  await expect(lane.count(0, undefined)).rejects.toThrow('ended by itself');
});
