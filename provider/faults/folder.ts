/** Faults of a watched folder: swapped in many ways, littered, unwatchable. */
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { policy } from '../testing/flag-files.js';
import { KEY } from './application.js';
import type { Fault } from './fault.js';
import { changedToSecond, readyFirst, sufferWhileServing } from './scenes.js';
import { serving, type Stage } from './stage.js';

const TWIN = 'web.cart.twin';

/** Two flags of a revision, below a folder. */
async function writeFlags(folder: string, name: string): Promise<void> {
  for (const [path, content] of Object.entries({ ...policy, ...serving(KEY, name), ...serving(TWIN, name) })) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** Replaces the folder that serves the first revision by one that has the second, in whatever way; one load has both flags. */
const swap =
  (
    prepare: (live: string, first: string) => Promise<unknown>,
    replace: (live: string, second: string) => Promise<unknown>,
  ) =>
  async (stage: Stage): Promise<void> => {
    const live = dirname(stage.directory);
    const [first, second] = [join(stage.folder, 'one'), join(stage.folder, 'two')];
    await writeFlags(first, 'first');
    await writeFlags(second, 'second');
    await prepare(live, first);
    const application = await stage.start({ pollIntervalMs: 1_000 });
    await replace(live, second);
    await application.heard('CHANGED');
    const { changes } = await application.refresh();
    const [change] = changes;
    if (changes.length !== 1 || change?.keys.join() !== [KEY, TWIN].join()) throw new Error(JSON.stringify(changes));
  };

async function pointAt(link: string, target: string): Promise<void> {
  await symlink(target, `${link}.next`);
  await rename(`${link}.next`, link);
}

/** As Kubernetes mounts a ConfigMap: everything is a link through `..data`, which is swapped. */
async function mountVolume(live: string, first: string): Promise<void> {
  await mkdir(live);
  await symlink(first, join(live, '..data'));
  await symlink('..data/flags', join(live, 'flags'));
}

/** What editors put beside a file while it is open or being saved. */
const LITTER = [
  '4913',
  '.banner.yaml.swp',
  '.banner.yaml.swx',
  'banner.yaml~',
  '#banner.yaml#',
  'banner.yaml.tmp',
  '.goutputstream-ABC123',
];

async function litter(stage: Stage): Promise<void> {
  const folder = join(stage.directory, 'web', 'cart');
  for (const name of LITTER) await writeFile(join(folder, name), 'key: [');
  // Emacs marks an open file with a link that leads nowhere.
  await symlink('ann@host.1234:5678', join(folder, '.#banner.yaml'));
}

/** The rows of this theme. */
export const folderFaults: readonly Fault[] = [
  {
    number: 43,
    name: 'A link to the folder is swapped, as by git-sync',
    over: ['directory'],
    scene: swap((live, first) => symlink(first, live), pointAt),
    sees: changedToSecond,
    mend: (stage) => rm(dirname(stage.directory)),
  },
  {
    number: 43,
    name: 'The link `..data` is swapped, as in a mounted ConfigMap',
    over: ['directory'],
    scene: swap(mountVolume, (live, second) => pointAt(join(live, '..data'), second)),
    sees: changedToSecond,
  },
  {
    number: 43,
    name: 'The folder is moved away and another one into its place',
    over: ['directory'],
    scene: swap(
      (live, first) => rename(first, live),
      async (live, second) => {
        await rename(join(live, 'flags'), join(live, 'old'));
        await rename(join(second, 'flags'), join(live, 'flags'));
      },
    ),
    sees: changedToSecond,
  },
  {
    number: 43,
    name: 'The same with the folder above it, which is not watched: the next reading sees it',
    over: ['directory'],
    scene: swap(
      (live, first) => rename(first, live),
      async (live, second) => {
        await rename(live, `${live}.old`);
        await rename(second, live);
      },
    ),
    sees: changedToSecond,
  },
  {
    number: 43,
    name: 'Other files are copied over those of the folder',
    over: ['directory'],
    scene: swap(
      (live, first) => rename(first, live),
      (live, second) => cp(second, live, { recursive: true }),
    ),
    sees: changedToSecond,
  },
  {
    number: 44,
    name: 'Editors leave their temporary files',
    over: ['directory'],
    scene: (stage) => sufferWhileServing(stage, () => litter(stage)),
    sees: readyFirst,
  },
  {
    number: 45,
    name: 'The system has no watchers left: the folder is read at intervals',
    over: ['directory'],
    needs: ['namespaces'],
    scene: async (stage) => {
      await stage.publish('first');
      const script = 'echo 0 >/proc/sys/user/max_inotify_watches; exec "$0" "$@"';
      const application = await stage.startChild(
        { pollIntervalMs: 1_000 },
        { under: ['unshare', '-Ur', 'sh', '-c', script] },
      );
      await application.persisted();
      await stage.publish('second');
      await application.heard('CHANGED');
    },
    sees: { ...changedToSecond, log: "can't be watched; it is read at intervals only" },
  },
];
