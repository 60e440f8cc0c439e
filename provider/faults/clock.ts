/** Faults of the clock: it jumps, it stands still, it was wrong. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildOptions } from './child.js';
import type { Fault } from './fault.js';
import { clockLibrary } from './needs.js';
import { ANY_ERROR, changedToSecond, staleFirst, startSevered } from './scenes.js';
import { LEASE_MS, LONG_LEASE_MS, type Stage } from './stage.js';

const DAY_MS = 86_400_000;

/** Sets the date of the processes that were started with {@link movableClock}; what measures time is left alone. */
async function setClock(stage: Stage, offset: string): Promise<void> {
  await writeFile(join(stage.folder, 'clock'), offset);
}

function movableClock(stage: Stage): ChildOptions {
  return {
    environment: {
      LD_PRELOAD: clockLibrary,
      FAKETIME_TIMESTAMP_FILE: join(stage.folder, 'clock'),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
  };
}

/** Lets the clock jump between two commits of a process that goes on. */
const jump =
  (offset: string) =>
  async (stage: Stage): Promise<void> => {
    await setClock(stage, '+0');
    await stage.publish('first');
    const application = await stage.startChild({}, movableClock(stage));
    await application.persisted();
    const before = (await application.look()).status.loadedAt;
    await setClock(stage, offset);
    const { ageMs = -1 } = (await application.look()).status;
    if (ageMs < 0 || ageMs > DAY_MS / 2) throw new Error(`an age of ${ageMs} ms`);
    await stage.publish('second');
    const { status } = await application.refresh();
    const jumpedMs = Date.parse(String(status.loadedAt)) - Date.parse(String(before));
    if (Math.abs(jumpedMs) < DAY_MS / 2) throw new Error('the clock has not jumped');
    await application.persisted();
  };

/** A process keeps a ruleset while the clock is off; the next one starts with a right clock and nothing to fetch. */
const keepWith =
  (offset: string, staleAfterMs: number) =>
  async (stage: Stage): Promise<void> => {
    await setClock(stage, offset);
    await stage.publish('first');
    const child = await stage.startChild({}, movableClock(stage));
    await child.persisted();
    await child.close();
    await startSevered(stage, { staleAfterMs });
    await stage.application.heard('STALE');
  };

/** Stops a process for what its clock says was a day, and brings a commit meanwhile. */
async function suspend(stage: Stage): Promise<void> {
  await setClock(stage, '+0');
  await stage.publish('first');
  const application = await stage.startChild({ pollIntervalMs: 1_000 }, movableClock(stage));
  await application.persisted();
  application.process.kill('SIGSTOP');
  await setClock(stage, '+1d');
  await stage.publish('second');
  application.process.kill('SIGCONT');
  await application.heard('CHANGED');
}

/** The rows of this theme. */
export const clockFaults: readonly Fault[] = [
  {
    number: 2,
    name: 'The remote is down at the start, and what is kept is a day old: its age counts from when it was kept',
    over: ['http', 'directory'],
    needs: ['faketime'],
    scene: async (stage) => {
      await keepWith('-1d', LONG_LEASE_MS)(stage);
      const { ageMs = 0 } = (await stage.application.look()).status;
      if (ageMs < DAY_MS - LONG_LEASE_MS) throw new Error(`an age of ${ageMs} ms`);
    },
    sees: { ...staleFirst, fromLastKnownGood: true, error: ANY_ERROR },
  },
  {
    number: 38,
    name: 'The date jumps a day ahead while flags serve: nothing is stale for it, and nothing is late',
    over: ['http', 'directory'],
    needs: ['faketime'],
    scene: jump('+1d'),
    sees: changedToSecond,
    remark: 'No flag is turned on by a date in this format, so none is skipped or doubled.',
  },
  {
    number: 38,
    name: 'The date jumps a day back while flags serve',
    over: ['http', 'directory'],
    needs: ['faketime'],
    scene: jump('-1d'),
    sees: changedToSecond,
  },
  {
    number: 38,
    name: 'The date jumps back between two processes, so that what was kept is of a time to come: it serves for a lease at most',
    over: ['directory'],
    needs: ['faketime'],
    scene: keepWith('+1d', LEASE_MS),
    sees: { ...staleFirst, fromLastKnownGood: true, error: ANY_ERROR },
  },
  {
    number: 39,
    name: 'The machine is suspended for a day, and resumes',
    over: ['http', 'directory'],
    needs: ['faketime'],
    scene: suspend,
    sees: changedToSecond,
  },
];
