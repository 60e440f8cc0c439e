/** Faults of history: it was rewound, replaced or emptied. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileChanges } from '../repository/testing/repository.js';
import { rolledOut } from '../testing/flag-files.js';
import { KEY } from './application.js';
import type { Expected, Fault } from './fault.js';
import { SHORT_LEASE, staleFirst, sufferUntilStale } from './scenes.js';
import type { Stage } from './stage.js';

const BANNER = `flags/${KEY.replaceAll('.', '/')}.yaml`;
/** Enough for a loss of most of them to be no clean-up. */
const MANY = 12;

const staleSecond = { ...staleFirst, serves: 'second' } as const satisfies Expected;

const others = (): Record<string, string> =>
  Object.assign({}, ...Array.from({ length: MANY }, (_, index) => rolledOut(`web.cart.other-${index}`, 0))) as Record<
    string,
    string
  >;
const without = (files: Readonly<Record<string, string>>): FileChanges =>
  Object.fromEntries(Object.keys(files).map((path) => [path, null]));

/** A second revision, which is then taken back by a force-push; gives the first. */
async function publishTwo(stage: Stage): Promise<string> {
  const first = await stage.publish('first');
  await stage.publish('second');
  return first;
}

async function rewindTo(stage: Stage, commit: string): Promise<void> {
  await stage.repository.git('branch', '--force', 'before', 'HEAD');
  await stage.repository.git('reset', '--quiet', '--hard', commit);
  await stage.repository.push();
}

async function replaceHistory(stage: Stage): Promise<string> {
  await stage.repository.git('branch', '--force', 'before', 'HEAD');
  await stage.repository.git('checkout', '--quiet', '--orphan', 'other');
  return stage.publish('first');
}

/** Goes back to the history from before. */
async function takeBack(stage: Stage): Promise<void> {
  await stage.repository.git('checkout', '--quiet', '-B', 'main', 'before');
}

/** Starts and polls over what an earlier process has kept. */
async function restart(stage: Stage, options = {}): Promise<void> {
  const application = await stage.start(options);
  await application.refresh();
}

/** Serves the second of two revisions, and suffers. */
async function sufferWithTwo(stage: Stage, suffer: (first: string) => unknown): Promise<void> {
  const first = await publishTwo(stage);
  const application = await stage.start(SHORT_LEASE);
  await application.persisted();
  await suffer(first);
  await application.refresh();
  await application.heard('STALE');
}

/** The rows of this theme. */
export const historyFaults: readonly Fault[] = [
  {
    number: 12,
    name: 'A force-push takes back the revision that serves',
    over: ['http', 'ssh', 'file'],
    scene: (stage) => sufferWithTwo(stage, (first) => rewindTo(stage, first)),
    sees: { ...staleSecond, rejected: 'the history was rewound or replaced; if that is meant, set `allowRewindTo: ' },
    mend: takeBack,
    remark: 'What the list would take by a signature is taken by the option `allowRewindTo`.',
  },
  {
    number: 12,
    name: 'The same, while no process runs',
    over: ['http', 'file'],
    scene: async (stage) => {
      const first = await publishTwo(stage);
      await stage.keep();
      await rewindTo(stage, first);
      await restart(stage, SHORT_LEASE);
      await stage.application.heard('STALE');
    },
    sees: { ...staleSecond, rejected: 'set `allowRewindTo: ', fromLastKnownGood: true },
    mend: takeBack,
  },
  {
    number: 12,
    name: 'The same, and `allowRewindTo` names the revision',
    over: ['http', 'file'],
    scene: async (stage) => {
      const first = await publishTwo(stage);
      await stage.keep();
      await rewindTo(stage, first);
      await restart(stage, { allowRewindTo: first });
    },
    sees: { status: 'READY', events: ['READY', 'CHANGED'], serves: 'first' },
  },
  {
    number: 13,
    name: 'The history is replaced by one that has nothing in common with it',
    over: ['http', 'ssh', 'file'],
    scene: (stage) => sufferWithTwo(stage, () => replaceHistory(stage)),
    sees: { ...staleSecond, rejected: 'the history was rewound or replaced; if that is meant, set `allowRewindTo: ' },
    mend: takeBack,
  },
  {
    number: 14,
    name: 'A mirror serves an older commit to a process that starts, and what was fetched is gone',
    over: ['http', 'file'],
    scene: async (stage) => {
      const first = await publishTwo(stage);
      await stage.keep();
      await rm(await stage.mirrorDir(), { recursive: true });
      await rewindTo(stage, first);
      await restart(stage, SHORT_LEASE);
      await stage.application.heard('STALE');
    },
    sees: { ...staleSecond, rejected: 'set `allowRewindTo: ', fromLastKnownGood: true },
    mend: takeBack,
    remark:
      'A mirror that stands still looks like a repository without new commits. Only a signed time of expiry would ' +
      'tell them apart, and commits have none.',
  },
  {
    number: 16,
    name: 'A commit removes every flag',
    over: ['http', 'file'],
    scene: (stage) => sufferUntilStale(stage, () => stage.repository.commit({ [BANNER]: null })),
    sees: { ...staleFirst, rejected: '1 of 1 flags are gone from it; if that is meant, set `allowRewindTo: ' },
  },
  {
    number: 16,
    name: 'A commit removes most flags',
    over: ['http', 'file'],
    scene: async (stage) => {
      await stage.publish('first', others());
      await sufferUntilStale(stage, () => stage.publish('second', without(others())));
    },
    sees: { ...staleFirst, rejected: `${MANY} of ${MANY + 1} flags are gone from it` },
    mend: async (stage) => {
      await stage.publish('second', others());
    },
  },
  {
    number: 16,
    name: 'Most files of a folder vanish',
    over: ['directory'],
    scene: async (stage) => {
      await stage.publish('first', others());
      await sufferUntilStale(stage, () => rm(join(stage.directory, 'web'), { recursive: true }));
    },
    sees: { ...staleFirst, rejected: `${MANY + 1} of ${MANY + 1} flags are gone from it` },
    mend: async (stage) => {
      await stage.publish('first', others());
    },
  },
  {
    number: 16,
    name: 'A commit empties the tree',
    over: ['http', 'file'],
    scene: (stage) =>
      sufferUntilStale(stage, () => stage.repository.commit({ [BANNER]: null, 'flags/policy.yaml': null })),
    sees: { ...staleFirst, rejected: 'a flags folder has a policy, and this one has none' },
  },
];
