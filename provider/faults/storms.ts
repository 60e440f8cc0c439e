/** Faults of haste: commits and saves that come faster than they can be loaded, and evaluations meanwhile. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KEY, type LocalApplication } from './application.js';
import type { Fault } from './fault.js';
import { changedOnceOrMore } from './scenes.js';
import { serving, type Stage } from './stage.js';

const COMMITS = 100;
const EVALUATIONS = 1_000_000;
/** Between two looks at the clock, so that swaps get in between. */
const EVALUATIONS_IN_A_ROW = 5_000;
const TWIN = 'web.cart.twin';

/** Moves the branch through commits as fast as it goes, and polls all the time. */
async function storm(stage: Stage): Promise<void> {
  await stage.publish('first');
  const application = await stage.start();
  const commits = await makeCommits(stage);
  const polls: Promise<unknown>[] = [];
  for (const commit of commits) {
    await writeFile(join(stage.repository.remoteDir, 'refs/heads/main'), `${commit}\n`);
    polls.push(application.refresh());
  }
  await Promise.all(polls);
  await requireOrder(application, commits);
}

async function makeCommits(stage: Stage): Promise<readonly string[]> {
  const path = `flags/${KEY.replaceAll('.', '/')}.yaml`;
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const stream = Array.from({ length: COMMITS }, (_, index) => {
    const name = index === COMMITS - 1 ? 'second' : `commit ${index}`;
    const from = index === 0 ? 'from refs/heads/main^0\n' : '';
    const file = `M 644 inline ${path}\n${data(String(serving(KEY, name)[path]))}`;
    return `commit refs/heads/storm\ncommitter Test <test@example.com> ${1_800_000_000 + index} +0000\n${data(name)}${from}${file}\n`;
  });
  await stage.repository.fastImport(stream.join(''));
  const list = ['rev-list', '--reverse', 'refs/heads/main..refs/heads/storm'];
  const commits = await stage.repository.git(`--git-dir=${stage.repository.remoteDir}`, ...list);
  await stage.repository.git('fetch', '--quiet', 'origin', 'storm');
  await stage.repository.git('reset', '--quiet', '--hard', 'FETCH_HEAD');
  return commits.split('\n');
}

/** The same in a folder, where each save is an event. */
async function stormOfSaves(stage: Stage): Promise<void> {
  await stage.publish('first');
  const application = await stage.start();
  for (let save = 1; save < COMMITS; save++) await stage.publish(`save ${save}`);
  await stage.publish('second');
  await application.refresh();
  const { changes } = await application.look();
  if (changes.length >= COMMITS / 2) throw new Error(`${changes.length} loads of ${COMMITS} saves`);
}

async function requireOrder(application: LocalApplication, commits: readonly string[]): Promise<void> {
  const { changes } = await application.look();
  const order = changes.map(({ revision }) => commits.indexOf(revision));
  if (order.length >= COMMITS / 2) throw new Error(`${order.length} loads of ${COMMITS} commits`);
  if (order.some((position, index) => position < 0 || position <= (order[index - 1] ?? -1)))
    throw new Error(`out of order: ${order.join(', ')}`);
}

/** Evaluates two flags that every commit gives the same value, while commits come. */
async function evaluateDuringSwaps(stage: Stage): Promise<void> {
  const publish = (name: string): Promise<string> => stage.publish(name, serving(TWIN, name));
  await publish('first');
  const application = await stage.start();
  const end = { isReached: false };
  const commits = (async () => {
    for (let commit = 0; commit < 10; commit++) {
      await publish(`commit ${commit}`);
      await application.refresh();
    }
    await publish('second');
    await application.refresh();
  })().finally(() => (end.isReached = true));
  const context = { targetingKey: 'u-1' };
  for (let evaluations = 0; evaluations < EVALUATIONS || !end.isReached; evaluations += EVALUATIONS_IN_A_ROW) {
    for (let index = 0; index < EVALUATIONS_IN_A_ROW; index += 2) {
      const snapshot = application.provider.snapshot();
      const [one, other] = [snapshot.evaluate(KEY, context).value, snapshot.evaluate(TWIN, context).value];
      if (one !== other) throw new Error(`${JSON.stringify(one)} beside ${JSON.stringify(other)}`);
    }
    await nextTurn();
  }
  await commits;
}

/** The rows of this theme. */
export const stormFaults: readonly Fault[] = [
  {
    number: 41,
    name: 'A hundred commits come as fast as they can',
    over: ['http', 'file'],
    scene: storm,
    sees: changedOnceOrMore,
  },
  {
    number: 41,
    name: 'A file is saved a hundred times as fast as it can be',
    over: ['directory'],
    scene: stormOfSaves,
    sees: changedOnceOrMore,
  },
  {
    number: 42,
    name: 'A million evaluations run while commits come: no snapshot ever shows two of them',
    over: ['file'],
    scene: evaluateDuringSwaps,
    sees: changedOnceOrMore,
  },
];
