import { setImmediate as nextTurn } from 'node:timers/promises';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GuidonProvider } from '../../provider/index.js';
import { COUNTER_FLAG, CountingHistory, TWIN_FLAG } from './history.js';

const COMMITS = 300;
const EVALUATIONS = 1_000_000;
/** Between two turns of the event loop, so that swaps come in between. */
const EVALUATIONS_A_TURN = 2_000;

let history: CountingHistory;
let provider: GuidonProvider;
const changes: number[] = [];

beforeAll(async () => {
  history = await CountingHistory.create(COMMITS);
  const { url } = history.repository;
  provider = new GuidonProvider({ url, ref: 'main', environment: 'production' });
  provider.events.addHandler(ProviderEvents.ConfigurationChanged, () => void changes.push(counter()));
  await OpenFeature.setProviderAndWait(provider);
});

afterAll(async () => {
  await OpenFeature.close();
  await history.repository.dispose();
});

const counter = (): number => Number(provider.snapshot().evaluate(COUNTER_FLAG).value);

/** Commit after commit, each with its webhook. */
async function storm(): Promise<void> {
  const refreshes: Promise<void>[] = [];
  for (let commit = 1; commit < COMMITS; commit++) {
    await history.show(commit);
    refreshes.push(provider.refresh());
  }
  await Promise.all(refreshes);
}

/** Evaluates two flags that always hold the same number; gives the numbers that differed, and how often it evaluated. */
async function evaluateWhile(isOn: () => boolean): Promise<{ readonly torn: string[]; readonly evaluations: number }> {
  const torn: string[] = [];
  let evaluations = 0;
  while (isOn() || evaluations < EVALUATIONS) {
    const snapshot = provider.snapshot();
    for (let turn = 0; turn < EVALUATIONS_A_TURN; turn += 2) {
      const [one, other] = [snapshot.evaluate(COUNTER_FLAG), snapshot.evaluate(TWIN_FLAG)];
      const isSame = one.value === other.value && one.flagMetadata['version'] === other.flagMetadata['version'];
      if (!isSame) torn.push(`${JSON.stringify(one)} beside ${JSON.stringify(other)}`);
    }
    evaluations += EVALUATIONS_A_TURN;
    await nextTurn();
  }
  return { torn, evaluations };
}

it('takes a storm of commits in order, the latest at the end, and no evaluation sees two of them', async () => {
  let isOn = true;
  const [{ torn, evaluations }] = await Promise.all([
    evaluateWhile(() => isOn),
    storm().finally(() => {
      isOn = false;
    }),
  ]);
  expect(torn).toEqual([]);
  expect(evaluations).toBeGreaterThanOrEqual(EVALUATIONS);
  expect(changes).toEqual(changes.toSorted((a, b) => a - b));
  expect(new Set(changes).size).toBe(changes.length);
  expect(changes.length).toBeGreaterThan(1);
  // A poll that is under way takes up all that came meanwhile in the next.
  expect(changes.length).toBeLessThan(COMMITS - 1);
  expect(changes.at(-1)).toBe(COMMITS - 1);
  expect(counter()).toBe(COMMITS - 1);
});
