/** Faults of processes: killed in the middle, beside one another, swamped. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LocalApplication } from './application.js';
import { KEY } from './application.js';
import { ballast, halfway } from './connection.js';
import type { Expected, Fault } from './fault.js';
import { changedToSecond } from './scenes.js';
import { serving, type Stage } from './stage.js';

const COMMITS = 100;
const EVALUATIONS = 1_000_000;
/** Between two looks at the clock, so that swaps get in between. */
const EVALUATIONS_IN_A_ROW = 5_000;
const TWIN = 'web.cart.twin';

/** What a killed git, or an older program, may leave: locks of everything, and halves of packs. */
const LEFTOVERS = [
  'HEAD.lock',
  'config.lock',
  'index.lock',
  'packed-refs.lock',
  'shallow.lock',
  'FETCH_HEAD.lock',
  'refs/guidon/0123456789abcdef.lock',
  'refs/heads/main.lock',
  'objects/pack/tmp_pack_a1b2c3',
  'objects/pack/tmp_idx_a1b2c3',
  'objects/maintenance.lock',
  'objects/info/commit-graphs/commit-graph-chain.lock',
];

async function mirrorOf(stage: Stage): Promise<string> {
  const [name = ''] = (await readdir(stage.cacheDir)).filter((entry) => !entry.endsWith('.lkg'));
  return join(stage.cacheDir, name);
}

async function leave(stage: Stage, files: Readonly<Record<string, string>>): Promise<void> {
  const mirror = await mirrorOf(stage);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(mirror, path)), { recursive: true });
    await writeFile(join(mirror, path), content);
  }
}

/** Kills a process whose fetch has come halfway, and starts another one on what it left. */
async function killHalfway(stage: Stage): Promise<void> {
  await stage.publish('first');
  const child = await stage.startChild();
  await child.persisted();
  await stage.publish('second', ballast());
  await stage.proxy.set(halfway('stall'));
  void child.refresh();
  await stage.proxy.struck;
  await child.kill();
  await stage.mend();
  await restart(stage);
}

/** Serves what is kept, and then what is newest. */
async function restart(stage: Stage): Promise<void> {
  const application = await stage.start();
  await application.refresh();
}

async function leaveLocks(stage: Stage): Promise<void> {
  await stage.publish('first');
  await stage.keep();
  await leave(stage, Object.fromEntries(LEFTOVERS.map((path) => [path, ''])));
  await stage.publish('second');
  await restart(stage);
}

/** Two processes and ten commits: each sees the last of them, and no fetch of either fails. */
async function shareCache(stage: Stage): Promise<void> {
  await stage.publish('first');
  const child = await stage.startChild();
  const application = await stage.start();
  for (let commit = 0; commit < 5; commit++) {
    await stage.publish(`commit ${commit}`);
    await Promise.all([child.refresh(), application.refresh()]);
  }
  await stage.publish('second');
  const sights = await Promise.all([child.refresh(), application.refresh()]);
  for (const { details, status, lines } of sights) {
    if (details.value !== 'second' || status.lastError !== undefined) throw new Error(lines.join('\n'));
    const complaints = lines.filter((line) => !/ serves production; /.test(line));
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }
  await child.close();
}

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
    throw new Error(`${order}`);
}

/** Evaluates two flags that every commit gives the same value, while commits come. */
async function evaluateDuringSwaps(stage: Stage): Promise<void> {
  const publish = (name: string): Promise<string> => stage.publish(name, serving(TWIN, name));
  await publish('first');
  const application = await stage.start();
  let isOver = false;
  const commits = (async () => {
    for (let commit = 0; commit < 10; commit++) {
      await publish(`commit ${commit}`);
      await application.refresh();
    }
    await publish('second');
    await application.refresh();
  })().finally(() => (isOver = true));
  const context = { targetingKey: 'u-1' };
  for (let evaluations = 0; evaluations < EVALUATIONS || !isOver; evaluations += EVALUATIONS_IN_A_ROW) {
    for (let index = 0; index < EVALUATIONS_IN_A_ROW; index += 2) {
      const snapshot = application.provider.snapshot();
      const [one, other] = [snapshot.evaluate(KEY, context).value, snapshot.evaluate(TWIN, context).value];
      if (one !== other) throw new Error(`${String(one)} beside ${String(other)}`);
    }
    await nextTurn();
  }
  await commits;
}

const uncounted: Expected = { ...changedToSecond, isUncounted: true };

export const processFaults: readonly Fault[] = [
  {
    number: 35,
    name: 'The process is killed in the middle of a fetch',
    over: ['http', 'ssh'],
    scene: killHalfway,
    sees: changedToSecond,
  },
  {
    number: 35,
    name: 'Git was killed, and has left its locks and halves of packs',
    over: ['http', 'file'],
    scene: leaveLocks,
    sees: changedToSecond,
  },
  {
    number: 36,
    name: 'Two processes share a cache',
    over: ['http', 'file'],
    scene: shareCache,
    sees: uncounted,
  },
  {
    number: 37,
    name: 'A lock names a process that is dead, and another one has got its number',
    over: ['http', 'file'],
    scene: async (stage) => {
      await stage.publish('first');
      await stage.keep();
      await leave(stage, { 'gc.pid': `${process.pid} elsewhere`, 'gc.pid.lock': '' });
      await stage.publish('second');
      await restart(stage);
    },
    sees: changedToSecond,
    remark:
      'No lock of ours names a process: rulesets are kept without locks. Git has one, for its collection of garbage.',
  },
  {
    number: 41,
    name: 'A hundred commits come as fast as they can',
    over: ['http', 'file'],
    scene: storm,
    sees: uncounted,
  },
  {
    number: 41,
    name: 'A file is saved a hundred times as fast as it can be',
    over: ['directory'],
    scene: stormOfSaves,
    sees: uncounted,
  },
  {
    number: 42,
    name: 'A million evaluations run while commits come: no snapshot ever shows two of them',
    over: ['file'],
    scene: evaluateDuringSwaps,
    sees: uncounted,
  },
];
