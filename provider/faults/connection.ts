/** Faults of connections: they hang, drip and break. */
import { randomBytes } from 'node:crypto';
import type { FileChanges } from '../repository/testing/repository.js';
import { canListProcesses, processesWith } from '../repository/testing/processes.js';
import type { NetworkFault } from '../repository/testing/fault-proxy.js';
import type { Expected, Fault } from './fault.js';
import { clockLibrary } from './needs.js';
import { readyFirst, SHORT_LEASE, staleFirst, sufferWhileServing } from './scenes.js';
import type { Stage } from './stage.js';

/** So much faster does the clock of a process run for which a deadline of minutes is a matter of seconds. */
const HASTE = 20;
/** By the clock of such a process. */
const LEASE_IN_HASTE_MS = 30_000;
/** By the clock of such a process: it polls when it is told, and not beside. */
const POLL_IN_HASTE_MS = 3_600_000;
/** A pack of it arrives in many parts. */
const BIG_BYTES = 300_000;
/** Somewhere in it. */
const INTO_BIG_BYTES = 100_000;

/** A file outside of the flags whose pack is long enough to be broken off. */
export const ballast = (): FileChanges => ({ 'ballast.bin': randomBytes(BIG_BYTES) });

/** What an answer is broken after, where nobody can see a pack in it. */
export const halfway = (by: 'end' | 'reset' | 'stall' | 'flip'): NetworkFault => ({
  kind: 'broken',
  after: INTO_BIG_BYTES,
  by,
});

/** Polls against a fault that no poll gets to the end of; waits for the end of the lease, not of the poll. */
async function hangUntilStale(stage: Stage, fault: NetworkFault): Promise<void> {
  await stage.publish('first');
  const application = await stage.start(SHORT_LEASE);
  await application.persisted();
  await stage.publish('second', ballast());
  await stage.proxy.set(fault);
  void application.refresh();
  await stage.proxy.struck;
  await application.heard('STALE');
}

/** The same, up to the deadline, in a process whose clock runs fast; git's own limits keep to the real time. */
async function hangToTheDeadline(stage: Stage, fault: NetworkFault): Promise<void> {
  await stage.publish('first');
  const application = await stage.startChild(
    { staleAfterMs: LEASE_IN_HASTE_MS, pollIntervalMs: POLL_IN_HASTE_MS },
    { environment: { LD_PRELOAD: clockLibrary, FAKETIME: `+0 x${HASTE}` } },
  );
  await application.persisted();
  await stage.publish('second', ballast());
  await stage.proxy.set(fault);
  await application.refresh();
  await application.heard('STALE');
  const left = canListProcesses ? await processesWith(stage.cacheDir) : [];
  if (left.length > 0) throw new Error(`${left.length} processes of git outlived the deadline`);
}

const cut: Expected = { ...staleFirst, error: 'took longer than' };

/** The rows of this theme. */
export const connectionFaults: readonly Fault[] = [
  {
    number: 32,
    name: 'The server accepts and never answers: the lease ends meanwhile',
    over: ['http', 'ssh'],
    scene: (stage) => hangUntilStale(stage, { kind: 'silent' }),
    sees: staleFirst,
  },
  {
    number: 32,
    name: 'The answer stops halfway, and the connection stays open: the lease ends meanwhile',
    over: ['http', 'ssh'],
    scene: (stage) => hangUntilStale(stage, halfway('stall')),
    sees: staleFirst,
  },
  {
    number: 32,
    name: 'The server accepts and never answers: the deadline ends every process of the fetch',
    over: ['http', 'ssh'],
    needs: ['faketime'],
    scene: (stage) => hangToTheDeadline(stage, { kind: 'silent' }),
    sees: cut,
  },
  {
    number: 32,
    name: 'The answer comes a byte at a time, so that the connection is never silent: the deadline ends it',
    over: ['http', 'ssh'],
    needs: ['faketime'],
    scene: (stage) => hangToTheDeadline(stage, { kind: 'dripping', everyMs: 100 }),
    sees: cut,
  },
  {
    number: 32,
    name: 'The answer stops halfway, and the connection stays open: the deadline ends it',
    over: ['http', 'ssh'],
    needs: ['faketime'],
    scene: (stage) => hangToTheDeadline(stage, halfway('stall')),
    sees: cut,
  },
  {
    number: 34,
    name: 'The answer ends halfway',
    over: ['http', 'https', 'ssh'],
    scene: async (stage) => {
      await sufferWhileServing(stage, async () => {
        await stage.publish('second', ballast());
        await stage.proxy.set(halfway('end'));
      });
    },
    sees: { ...readyFirst, error: 'cannot fetch' },
    remark: 'There are no ETags here: a revision is the hash of all that it holds, and half of one is none.',
  },
  {
    number: 34,
    name: 'The connection is reset halfway',
    over: ['http', 'ssh'],
    scene: async (stage) => {
      await sufferWhileServing(stage, async () => {
        await stage.publish('second', ballast());
        await stage.proxy.set(halfway('reset'));
      });
    },
    sees: { ...readyFirst, error: 'cannot fetch' },
  },
  {
    number: 46,
    name: 'A webhook is lost: the next poll brings the revision',
    over: ['http', 'file'],
    scene: async (stage) => {
      await stage.publish('first');
      const application = await stage.start({ pollIntervalMs: 1_000 });
      await application.persisted();
      await stage.publish('second');
      await application.heard('CHANGED');
    },
    sees: { status: 'READY', events: ['READY', 'CHANGED'], serves: 'second' },
  },
  {
    number: 46,
    name: 'A webhook comes ten times: one change',
    over: ['http', 'directory'],
    scene: async (stage) => {
      await sufferWhileServing(stage, async () => {
        await stage.publish('second');
        await Promise.all(Array.from({ length: 10 }, () => stage.application.refresh()));
      });
    },
    sees: { status: 'READY', events: ['READY', 'CHANGED'], serves: 'second' },
    remark:
      '`refresh()` takes nothing from a webhook, so a forged one costs a poll; to check its signature is the part of ' +
      'the application, which receives it.',
  },
];
