/** Faults of the disk: full, read-only, somebody else's. */
import { execFile } from 'node:child_process';
import { chmod, chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Expected, Fault } from './fault.js';
import { readyFirst, sufferWhileServing } from './scenes.js';
import type { Options, Stage } from './stage.js';

const execute = promisify(execFile);

/** Room for a few revisions, and no more. */
const SMALL_MEBIBYTES = 4;
/** Debian's `nobody`, and any other that is not root. */
const NOBODY = 65_534;

/** A small file system in the place of the cache. */
async function mountSmall(stage: Stage): Promise<void> {
  await execute('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_MEBIBYTES}m,mode=0700`, 'tmpfs', stage.cacheDir]);
  stage.undo.push(() => execute('umount', ['--lazy', stage.cacheDir]));
}

const fillerOf = (stage: Stage): string => join(stage.cacheDir, 'filler');

/** Leaves not a byte free. */
async function fill(stage: Stage): Promise<void> {
  const room = Buffer.alloc(SMALL_MEBIBYTES * 2 ** 20 + 1);
  await writeFile(fillerOf(stage), room).then(
    () => Promise.reject(new Error('there was more room')),
    () => undefined,
  );
}

async function empty(stage: Stage): Promise<void> {
  await rm(fillerOf(stage), { force: true });
}

const remount = (how: 'ro' | 'rw') => async (stage: Stage) => {
  await execute('mount', ['-o', `remount,${how}`, stage.cacheDir]);
};

/** Brings a second revision to a provider whose cache has become useless. */
const useless =
  (spoil: (stage: Stage) => Promise<unknown>) =>
  async (stage: Stage): Promise<void> => {
    await mountSmall(stage);
    await sufferWhileServing(stage, async () => {
      await spoil(stage);
      await stage.publish('second');
    });
  };

/** What is new serves from memory. */
const inMemory = (reason: string): Expected => ({
  status: 'READY',
  events: ['READY', 'CHANGED'],
  serves: 'second',
  persisted: false,
  log: `${reason}; what serves is in memory only`,
});

const coldInMemory = (reason: string): Expected => ({ ...readyFirst, persisted: false, log: reason });

/** Starts with a cache that is of no use from the beginning. */
const startWith =
  (spoil: (stage: Stage) => Promise<unknown>, options: Options = {}) =>
  async (stage: Stage): Promise<void> => {
    await stage.publish('first');
    await spoil(stage);
    const application = await stage.start(options);
    await application.refresh();
  };

/** Another user's process, for which the cache is that of root. */
async function startAsNobody(stage: Stage): Promise<void> {
  await stage.publish('first');
  await chmod(stage.folder, 0o755);
  const application = await stage.startChild({}, { uid: NOBODY });
  await application.refresh();
}

async function giveAway(stage: Stage): Promise<void> {
  await chown(stage.cacheDir, NOBODY, NOBODY);
}

/** The rows of this theme. */
export const diskFaults: readonly Fault[] = [
  {
    number: 8,
    name: 'The disk is full, and a folder has changed',
    over: ['directory'],
    needs: ['mount'],
    scene: useless(fill),
    sees: inMemory('the disk is full'),
    mend: empty,
  },
  {
    number: 8,
    name: 'The disk is full, and a commit is to be fetched',
    over: ['http', 'ssh', 'file'],
    needs: ['mount'],
    scene: useless(fill),
    sees: inMemory('the disk is full'),
    mend: empty,
  },
  {
    number: 8,
    name: 'The disk is full at the first start of all',
    over: ['http', 'directory'],
    needs: ['mount'],
    scene: startWith(async (stage) => {
      await mountSmall(stage);
      await fill(stage);
    }),
    sees: coldInMemory('the disk is full'),
    mend: empty,
  },
  {
    number: 9,
    name: 'The file system has become read-only, and a folder has changed',
    over: ['directory'],
    needs: ['mount'],
    scene: useless(remount('ro')),
    sees: inMemory('the file system is read-only'),
    mend: remount('rw'),
  },
  {
    number: 9,
    name: 'The file system has become read-only, and a commit is to be fetched',
    over: ['http', 'file'],
    needs: ['mount'],
    scene: useless(remount('ro')),
    sees: inMemory('the file system is read-only'),
    mend: remount('rw'),
  },
  {
    number: 9,
    name: 'The cache is of another user',
    over: ['http', 'directory'],
    needs: ['users'],
    scene: startAsNobody,
    sees: coldInMemory('permission is denied'),
    mend: giveAway,
  },
  {
    number: 9,
    name: 'A file is in the place of the cache',
    over: ['http', 'directory'],
    scene: startWith(async (stage) => {
      await rm(stage.cacheDir, { recursive: true });
      await writeFile(stage.cacheDir, '');
    }),
    sees: coldInMemory('something that is no folder is in the place of one'),
    mend: (stage) => rm(stage.cacheDir),
  },
];
