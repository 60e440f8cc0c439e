import { afterAll, describe, expect, it } from 'vitest';
import { exposureOf } from '../change/exposure.js';
import { readSides } from '../history/side.js';
import { isolated } from '../../provider/repository/index.js';
import { readPast } from './past.js';
import { files, lowFlag } from './testing/company.js';
import { disposeCompany, Scene } from './testing/scene.js';

const KEY = 'payments.checkout.confetti';
const WINDOW_START = new Date('2026-11-24T12:00:00Z');

afterAll(disposeCompany);

/** How far the flag reached when the window began, of a main whose commits all say that they are of January. */
async function reachedAtStart(mergedAt: string | undefined): Promise<number | undefined> {
  const scene = await Scene.create();
  const commits: string[] = [];
  for (const percent of ['20', '30']) commits.push(await scene.main({ [files.low]: lowFlag(percent) }));
  await scene.push({ [files.low]: lowFlag('35') });
  const [base, head] = await Promise.all(['main', 'change'].map((name) => scene.git('rev-parse', name)));
  const repository = { gitDir: `${scene.repository.workDir}/.git`, name: 'acme/flags' };
  const past = await isolated(repository, {}, async (store) => {
    const sides = await readSides(store, base ?? '', head ?? '', 'flags');
    const loaded = sides.ok ? sides.result.loaded : undefined;
    const after = loaded?.ruleset.documents.flags.get(KEY)?.read();
    const exposure = exposureOf(after, 'production', new Map());
    return readPast(store, {
      base: sides.base,
      root: 'flags',
      flags: [
        {
          key: KEY,
          status: 'changed',
          before: sides.base.loaded?.ruleset.documents.flags.get(KEY)?.read(),
          after,
          items: [],
          effects: [{ environment: 'production', direction: 'other', exposure: { before: exposure, after: exposure } }],
          via: [],
        },
      ],
      pathOf: () => files.low,
      mergeTimes: (commit) =>
        Promise.resolve(mergedAt !== undefined && commits.includes(commit) ? new Date(mergedAt) : undefined),
      windowStart: WINDOW_START,
    });
  });
  await scene.repository.dispose();
  const reached = past.exposureAt(KEY, 'production', WINDOW_START);
  return reached === 'unknown' ? undefined : reached?.rest;
}

describe('how far a flag reached when the window began', () => {
  it.each([
    ['counts what the host merged later as later, whatever its commits say', '2026-11-30T10:00:00Z', 10],
    ['counts what the host merged before', '2026-02-01T10:00:00Z', 30],
    ['believes the commits where the host does not know them', undefined, 30],
  ])('%s', async (_, mergedAt, expected) => {
    expect(await reachedAtStart(mergedAt)).toBe(expected);
  });
});
