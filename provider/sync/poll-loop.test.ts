import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { SyncError } from '../repository/sync-error.js';
import { Bundle } from '../repository/testing/bundle.js';
import { PollLoop, type Report } from './poll-loop.js';
import type { Outcome } from './schedule.js';
import { ManualTimer } from './testing/manual-timer.js';
import { Recorder } from './testing/recorder.js';

const unchanged =
  (revision: string): Report =>
  (listener) =>
    listener.unchanged(revision);

/** A loop whose polls end when the test says so. */
function start() {
  const clock = new ManualTimer();
  const outcomes: Outcome[] = [];
  const polls: PromiseWithResolvers<Report>[] = [];
  const signals: AbortSignal[] = [];
  const inBackground: boolean[] = [];
  const loop = new PollLoop({
    poll: (signal, isBackground) => {
      inBackground.push(isBackground);
      const poll = withResolvers<Report>();
      polls.push(poll);
      signals.push(signal);
      return poll.promise;
    },
    schedule: (outcome) => {
      outcomes.push(outcome);
      return 1_000;
    },
    timer: clock.timer,
  });
  const recorder = new Recorder();
  return { loop, clock, outcomes, polls, signals, inBackground, recorder, started: loop.start(recorder) };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** Whether a promise is settled once all that can run has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  await nextTurn();
  return settled;
}

describe('PollLoop', () => {
  it('starts with a poll, tells its outcome, and polls again when that is due', async () => {
    const { started, polls, recorder, clock } = start();
    expect(clock.delays).toEqual([]);
    polls[0]?.resolve(unchanged('1'));
    await started;
    expect(recorder.heard).toEqual([{ kind: 'unchanged', revision: '1' }]);
    expect(clock.delays).toEqual([1_000]);
    clock.fire();
    expect(polls).toHaveLength(2);
    expect(clock.delays).toEqual([]);
  });

  it('shares one further poll among all that ask during one', async () => {
    const { loop, started, polls } = start();
    const refreshes = [loop.refresh(), loop.refresh(), loop.refresh()];
    expect(polls).toHaveLength(1);
    polls[0]?.resolve(unchanged('1'));
    await started;
    await nextTurn();
    expect(polls).toHaveLength(2);
    expect(await isSettled(Promise.race(refreshes))).toBe(false);
    polls[1]?.resolve(unchanged('2'));
    await Promise.all(refreshes);
    await nextTurn();
    expect(polls).toHaveLength(2);
  });

  it('gives those that ask during the further poll yet another', async () => {
    const { loop, started, polls } = start();
    const second = loop.refresh();
    polls[0]?.resolve(unchanged('1'));
    await started;
    await nextTurn();
    const third = loop.refresh();
    polls[1]?.resolve(unchanged('2'));
    await second;
    expect(await isSettled(third)).toBe(false);
    polls[2]?.resolve(unchanged('3'));
    await third;
    expect(polls).toHaveLength(3);
  });

  it('does not also poll at the time that was due before a refresh', async () => {
    const { loop, started, polls, clock } = start();
    polls[0]?.resolve(unchanged('1'));
    await started;
    void loop.refresh();
    expect(clock.delays).toEqual([]);
    polls[1]?.resolve(unchanged('1'));
    await nextTurn();
    expect(clock.delays).toEqual([1_000]);
  });

  it('polls in the background what is due, and not what is asked for', async () => {
    const { loop, started, polls, clock, inBackground } = start();
    polls[0]?.resolve(unchanged('1'));
    await started;
    clock.fire();
    const following = loop.refresh();
    polls[1]?.resolve(unchanged('1'));
    await vi.waitUntil(() => polls.length === 3);
    polls[2]?.resolve(unchanged('1'));
    await following;
    const asked = loop.refresh();
    polls[3]?.resolve(unchanged('1'));
    await asked;
    expect(inBackground).toEqual([false, true, false, false]);
  });

  it('counts failures in a row, and tells the schedule whether waiting helps', async () => {
    const { started, loop, polls, outcomes, recorder } = start();
    polls[0]?.reject(new SyncError('down', 'later'));
    await started;
    const refreshing = [new SyncError('denied', 'never'), undefined, new SyncError('down', 'later')];
    for (const [index, error] of refreshing.entries()) {
      const refreshed = loop.refresh();
      if (error === undefined) polls[index + 1]?.resolve(unchanged('1'));
      else polls[index + 1]?.reject(error);
      await refreshed;
    }
    expect(outcomes).toEqual([
      { failures: 1, retry: 'later' },
      { failures: 2, retry: 'never' },
      { failures: 0, retry: 'later' },
      { failures: 1, retry: 'later' },
    ]);
    expect(recorder.kinds).toEqual(['failed', 'failed', 'unchanged', 'failed']);
  });

  it('tells the schedule how long the server asked to be left alone, once', async () => {
    const { started, loop, polls, outcomes } = start();
    polls[0]?.reject(new SyncError('busy', 'later', { retryAfterMs: 7_000 }));
    await started;
    const refreshed = loop.refresh();
    polls[1]?.reject(new SyncError('busy', 'later'));
    await refreshed;
    expect(outcomes.map(({ retryAfterMs }) => retryAfterMs)).toEqual([7_000, undefined]);
  });

  it('takes an unexpected error for a failure, and keeps it as the cause', async () => {
    const { started, polls, recorder, clock } = start();
    const bug = new TypeError('x is not a function');
    polls[0]?.reject(bug);
    await started;
    expect(recorder.all('failed')[0]?.error).toMatchObject({ name: 'SyncError', retry: 'later', cause: bug });
    expect(clock.delays).toEqual([1_000]);
  });

  it.each<[string, (poll: PromiseWithResolvers<Report>) => void]>([
    ['succeeds', (poll) => poll.resolve(unchanged('1'))],
    ['fails', (poll) => poll.reject(new SyncError('down', 'later'))],
  ])('tells nothing after a stop of a poll that %s, and waits for its end', async (_name, end) => {
    const { loop, started, polls, signals, recorder, clock } = start();
    const refreshed = loop.refresh();
    const stopped = loop.stop();
    expect(signals[0]?.aborted).toBe(true);
    expect(await isSettled(stopped)).toBe(false);
    end(polls[0] as PromiseWithResolvers<Report>);
    await Promise.all([stopped, started, refreshed]);
    loop.tell((listener) => listener.degraded(new SyncError('late', 'later')));
    expect(polls).toHaveLength(1);
    expect(recorder.heard).toEqual([]);
    expect(clock.delays).toEqual([]);
  });

  it('stops once and for all, between polls too', async () => {
    const { loop, started, polls, clock } = start();
    polls[0]?.resolve(unchanged('1'));
    await started;
    await Promise.all([loop.stop(), loop.stop()]);
    await loop.refresh();
    await loop.stop();
    expect(clock.delays).toEqual([]);
    expect(polls).toHaveLength(1);
  });

  it.each([
    ['does not keep the process alive for a poll that is due', '', 'started\n'],
    ['keeps it alive for a refresh that is waited for', 'refresh', 'started\ndone\n'],
    ['keeps it alive for a stop that is waited for', 'stop', 'started\ndone\n'],
  ])('%s', async (_name, method, output) => {
    const outDir = await mkdtemp(join(tmpdir(), 'guidon-bundle-'));
    try {
      const bundle = await Bundle.of(join(import.meta.dirname, 'poll-loop.ts'), outDir);
      // A poll in the background waits for something that keeps no process alive, as its git does.
      const body = `
        const begun = {};
        begun.promise = new Promise((resolve) => (begun.resolve = resolve));
        const poll = (signal, isBackground) => new Promise((resolve) => {
          const timer = setTimeout(resolve, 20, () => undefined);
          if (isBackground) begun.resolve(timer.unref());
        });
        const loop = new module.PollLoop({ poll, schedule: () => 0, timer: (_, due) => void setImmediate(due) });
        await loop.start({});
        console.log('started');
        await begun.promise;
        if (args[0] === '') return;
        await loop[args[0]]();
        console.log('done');`;
      expect(await bundle.run(body, method)).toBe(output);
    } finally {
      await rm(outDir, { recursive: true });
    }
  });

  it('takes what a listener throws for a failure too: it must not end the process that is served', async () => {
    const { loop, started, polls, clock, recorder } = start();
    polls[0]?.resolve(() => {
      throw new Error('a listener must not');
    });
    const following = loop.refresh();
    await started;
    expect(recorder.all('failed')[0]?.error.cause).toMatchObject({ message: 'a listener must not' });
    polls[1]?.resolve(unchanged('1'));
    await following;
    expect(clock.delays).toEqual([1_000]);
  });
});
