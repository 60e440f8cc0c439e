/** Faults of the kept ruleset: cut, damaged, half written, somebody else's. */
import { chmod, copyFile, readdir, readFile, rename, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { killAtEachStep } from './dying.js';
import type { Expected, Fault } from './fault.js';
import { ANY_ERROR, errorWithNothing, readyFirst, startSevered } from './scenes.js';
import type { Options, Stage } from './stage.js';

/** Over a file, from its first byte to its last. */
const PLACES = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

/** Keeps two revisions, one after the other, each in a file of its own. */
async function keepTwo(stage: Stage): Promise<string> {
  await stage.publish('first');
  await stage.keep();
  await stage.publish('second');
  await stage.keep();
  const [newest = ''] = await stage.keptFiles();
  return newest;
}

/** Damages the newer of two kept files in one way after the other: at each start the older one has to serve. */
const damageNewest =
  (damage: (file: string, bytes: Buffer, place: number) => Promise<void>, places: readonly number[] = PLACES) =>
  async (stage: Stage): Promise<void> => {
    const newest = await keepTwo(stage);
    const bytes = await readFile(newest);
    await stage.sever();
    for (const place of places) {
      await damage(newest, bytes, Math.floor(place * bytes.length));
      const application = await stage.start();
      const { details } = await application.refresh();
      if (details.value !== 'first') throw new Error(`at ${place} of the file: ${details.value}`);
      if (place !== places.at(-1)) await application.close();
      await writeFile(newest, bytes);
    }
  };

/** Only what other files have to say is served. */
const olderServes: Expected = { ...readyFirst, fromLastKnownGood: true, error: ANY_ERROR, log: '.bundle: ' };

/** Keeps a ruleset, changes something about it, and starts with the source out of reach. */
const refuse =
  (change: (stage: Stage, file: string) => Promise<unknown>, options: Options = {}) =>
  async (stage: Stage): Promise<void> => {
    await stage.publish('first');
    await stage.keep();
    const [file = ''] = await stage.keptFiles();
    await change(stage, file);
    await startSevered(stage, options);
  };

const refusedFor = (words: string): Expected => ({ ...errorWithNothing, error: ANY_ERROR, log: words });

/** Puts what was kept for one provider in the place of what is kept for another, as a copied volume would. */
const takeForAnother = (options: Options): ((stage: Stage) => Promise<void>) =>
  refuse(async (stage, file) => {
    await stage.keep(options);
    const theirs = (await stage.keptFiles()).find((path) => dirname(path) !== dirname(file)) ?? '';
    await copyFile(file, theirs);
  }, options);

/** The rows of this theme. */
export const keptFaults: readonly Fault[] = [
  {
    number: 4,
    name: 'The kept file is cut off, anywhere: the one before it serves',
    over: ['http', 'directory'],
    scene: damageNewest(async (file, _bytes, place) => truncate(file, place)),
    sees: olderServes,
  },
  {
    number: 5,
    name: 'A byte of the kept file is another one, anywhere: the one before it serves',
    over: ['http', 'directory'],
    scene: damageNewest(async (file, bytes, place) => {
      const damaged = Buffer.from(bytes);
      damaged[place] = (damaged[place] ?? 0) ^ 1;
      await writeFile(file, damaged);
    }),
    sees: olderServes,
  },
  {
    number: 5,
    name: 'Both kept files are damaged: nothing of them serves',
    over: ['directory'],
    scene: async (stage) => {
      await keepTwo(stage);
      for (const file of await stage.keptFiles()) await truncate(file, 100);
      await startSevered(stage);
    },
    sees: refusedFor('.bundle: '),
  },
  {
    number: 6,
    name: 'The process is killed at each step of the writing of a kept file: the new one serves or the one before it',
    over: ['directory'],
    scene: killAtEachStep,
    sees: { status: 'READY', events: ['READY'], serves: 'second', fromLastKnownGood: true, error: ANY_ERROR },
  },
  {
    number: 7,
    name: 'The power fails before a kept file has reached the disk: it is empty or zeroes, and the one before it serves',
    over: ['directory'],
    scene: damageNewest(
      async (file, bytes, place) => writeFile(file, Buffer.alloc(place === 0 ? 0 : bytes.length)),
      [0, 0.5],
    ),
    sees: olderServes,
  },
  {
    number: 10,
    name: 'What is kept is of another environment',
    over: ['http', 'directory'],
    scene: takeForAnother({ environment: 'staging' }),
    sees: refusedFor('it is of another environment: found "production", expected "staging"'),
  },
  {
    number: 10,
    name: 'What is kept is of another branch',
    over: ['http'],
    scene: takeForAnother({ ref: 'main' }),
    sees: refusedFor('it is of another ref: found "HEAD", expected "refs/heads/main"'),
  },
  {
    number: 10,
    name: 'What is kept is of another repository',
    over: ['http'],
    scene: (stage) => takeForAnother({ url: `http://localhost:${stage.proxy.port}/flags.git` })(stage),
    sees: refusedFor('it is of another repository: found "http://127.0.0.1:'),
  },
  {
    number: 10,
    name: 'What is kept has a newer format',
    over: ['http', 'directory'],
    scene: refuse(async (_stage, file) => {
      const text = await readFile(file, 'latin1');
      await writeFile(file, text.replace(/^guidon-bundle\/\d+/, 'guidon-bundle/999'), 'latin1');
    }),
    sees: refusedFor('it was written by a newer guidon'),
  },
  {
    number: 11,
    name: 'A symlink is in the place of the kept file',
    over: ['directory'],
    scene: refuse(async (stage, file) => {
      await rename(file, join(stage.folder, 'elsewhere'));
      await symlink(join(stage.folder, 'elsewhere'), file);
    }),
    sees: refusedFor('a symlink is in its place'),
  },
  {
    number: 11,
    name: 'A symlink is in the place of the folder of kept files',
    over: ['directory'],
    scene: refuse(async (stage, file) => {
      const folder = dirname(file);
      await rename(folder, join(stage.folder, 'elsewhere'));
      await symlink(join(stage.folder, 'elsewhere'), folder);
    }),
    sees: refusedFor('it is a symlink'),
    mend: async (stage) => {
      const [name = ''] = await readdir(stage.cacheDir);
      await unlink(join(stage.cacheDir, name));
      await stage.mend();
    },
  },
  {
    number: 11,
    name: 'Others may write to the kept file',
    over: ['directory'],
    scene: refuse((_stage, file) => chmod(file, 0o666)),
    sees: refusedFor('others can write to it: found the mode 666'),
  },
  {
    number: 11,
    name: 'Others may write to the folder of kept files',
    over: ['directory'],
    scene: refuse((_stage, file) => chmod(dirname(file), 0o777)),
    sees: refusedFor('others can write to it: found the mode 777'),
  },
];
