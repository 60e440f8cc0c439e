/** Faults of git's objects: trees that lead out, and packs that are not what they should be. */
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { objectFiles } from '../repository/testing/object-store.js';
import type { Fault } from './fault.js';
import { changedToSecond, readyFirst, sufferWhileServing } from './scenes.js';
import type { Stage } from './stage.js';

/** Behind a pack's header. */
const CUT_BYTES = 30;

interface Entry {
  readonly mode: string;
  readonly path: string;
  readonly id: string;
}

/** Moves the branch to a commit of a tree that git would not make, and polls twice. */
const serveEvilTree =
  (entries: (blob: string, tree: string) => readonly Entry[]) =>
  (stage: Stage): Promise<void> =>
    sufferWhileServing(stage, async () => {
      const { repository } = stage;
      const [blob, tree] = [
        await repository.git('rev-parse', 'HEAD:flags/policy.yaml'),
        await repository.git('rev-parse', 'HEAD^{tree}'),
      ];
      const evil = await repository.makeTree([...entries(blob, tree)]);
      const commit = await repository.git('commit-tree', '-p', 'HEAD', '-m', 'Evil', evil);
      await repository.git('push', '--quiet', 'origin', `${commit}:refs/heads/main`);
      await stage.application.refresh();
    });

/** Damages everything that was fetched, brings a second revision, and polls twice. */
const damage =
  (how: (file: string) => Promise<void>) =>
  async (stage: Stage): Promise<void> => {
    await sufferWhileServing(stage, async () => {
      const files = await objectFiles(await stage.mirrorDir());
      if (files.length === 0) throw new Error('nothing to damage');
      for (const file of files) await how(file);
      await stage.publish('second');
    });
    await stage.application.refresh();
  };

/** As a power failure may leave a file whose length was known and whose bytes were not written. */
async function blank(file: string): Promise<void> {
  const { length } = await readFile(file);
  await writeFile(file, Buffer.alloc(length), { mode: 0o600 });
}

const malformed = { ...readyFirst, error: 'what the server sent is malformed and was refused' };
const file = (path: string, id: string): Entry => ({ mode: '100644', path, id });

/** The rows of this theme. */
export const objectFaults: readonly Fault[] = [
  {
    number: 19,
    name: 'What was fetched is nothing but zeroes on disk: at most one poll fails of it',
    over: ['http', 'ssh', 'file'],
    scene: damage(blank),
    sees: changedToSecond,
    remark: 'Git fetches what it cannot read; where that does not help, the cache is made anew for the next poll.',
  },
  {
    number: 19,
    name: 'What was fetched is cut off on disk: at most one poll fails of it',
    over: ['http', 'ssh', 'file'],
    scene: damage((path) => truncate(path, CUT_BYTES)),
    sees: changedToSecond,
  },
  {
    number: 19,
    name: 'A pack is damaged on its way',
    over: ['http'],
    scene: (stage) =>
      sufferWhileServing(stage, async () => {
        await stage.publish('second');
        await stage.proxy.set({ kind: 'broken', after: 'PACK', by: 'flip' });
      }),
    sees: malformed,
  },
  {
    number: 20,
    name: 'A tree has an entry `.git`',
    over: ['http', 'ssh', 'file'],
    scene: serveEvilTree((_blob, tree) => [{ mode: '40000', path: '.git', id: tree }]),
    sees: malformed,
  },
  {
    number: 20,
    name: 'A tree has an entry `..`',
    over: ['http', 'file'],
    scene: serveEvilTree((blob) => [file('..', blob)]),
    sees: malformed,
  },
  {
    number: 20,
    name: 'A tree has an entry twice',
    over: ['http', 'file'],
    scene: serveEvilTree((blob) => [file('a.yaml', blob), file('a.yaml', blob)]),
    sees: malformed,
  },
  {
    number: 20,
    name: 'A tree has an entry with a slash',
    over: ['http', 'file'],
    scene: serveEvilTree((blob) => [file('../../etc/passwd', blob)]),
    sees: malformed,
  },
];
