/** Faults of processes: killed in the middle, beside one another. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ballast, halfway } from './connection.js';
import type { Fault } from './fault.js';
import { changedOnceOrMore, changedToSecond } from './scenes.js';
import type { Stage } from './stage.js';

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

async function leave(stage: Stage, files: Readonly<Record<string, string>>): Promise<void> {
  const mirror = await stage.mirrorDir();
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

/** The rows of this theme. */
export const processFaults: readonly Fault[] = [
  {
    number: 35,
    name: 'The process is killed in the middle of a fetch',
    over: ['http', 'ssh'],
    scene: killHalfway,
    sees: changedToSecond,
    remark:
      'What git still runs then ends by itself where nothing comes any more: after 30 s over http, 45 s over ssh. It ' +
      'holds nothing that another process needs.',
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
    sees: changedOnceOrMore,
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
];
