/** What every source does, whatever it reads from; run against the real thing. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Timer } from './schedule.js';
import type { Source } from './source.js';
import { brokenFiles, flagFiles, versionsHeard, type FlagFiles } from './testing/files.js';
import { heldResources } from './testing/held-resources.js';
import { ManualTimer } from './testing/manual-timer.js';
import { Recorder } from './testing/recorder.js';

/** Where a source reads from, and the means to change that. */
export interface Origin {
  /** A new source of it. */
  open(timer: Timer): Source;
  /** Makes these its files, as one revision. */
  publish(files: FlagFiles): Promise<void>;
  /** Makes it unreadable. */
  interrupt(): Promise<void>;
  /** Ends the interruption. */
  restore(): Promise<void>;
}

/** Describes a kind of source; `createOrigin` makes an empty origin below a folder of its own. */
export function describeSource(name: string, createOrigin: (folder: string) => Promise<Origin>): void {
  describe(name, () => {
    let folder: string;
    let origin: Origin;
    let clock: ManualTimer;
    let source: Source;
    let recorder: Recorder;

    beforeEach(async () => {
      folder = await realpath(await mkdtemp(join(tmpdir(), 'guidon-test-')));
      await mkdir(join(folder, 'temporary'));
      origin = await createOrigin(await mkdir(join(folder, 'origin')).then(() => join(folder, 'origin')));
      await origin.publish(flagFiles('first'));
      vi.stubEnv('TMPDIR', join(folder, 'temporary'));
      clock = new ManualTimer();
      source = origin.open(clock.timer);
      recorder = new Recorder();
    });

    afterEach(async () => {
      await source.stop();
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true, force: true });
    });

    it('loads when it starts', async () => {
      await source.start(recorder);
      expect(recorder.kinds).toEqual(['loaded']);
      expect(versionsHeard(recorder)).toEqual(['first']);
    });

    it('tells that nothing changed, and loads nothing for it', async () => {
      await source.start(recorder);
      await source.refresh();
      expect(recorder.last).toEqual({
        kind: 'unchanged',
        revision: recorder.all('loaded')[0]?.loaded.ruleset.revision.id,
      });
      clock.fire();
      await recorder.until('unchanged', 2);
      expect(recorder.all('loaded')).toHaveLength(1);
    });

    it('brings a change when a poll is due', async () => {
      await source.start(recorder);
      await origin.publish(flagFiles('second'));
      clock.fire();
      await recorder.until('loaded', 2);
      expect(versionsHeard(recorder)).toEqual(['first', 'second']);
    });

    it('brings a change when it is asked to', async () => {
      await source.start(recorder);
      await origin.publish(flagFiles('second'));
      await source.refresh();
      expect(versionsHeard(recorder)).toEqual(['first', 'second']);
    });

    it('refuses a revision with problems, judges it once, and takes the next good one', async () => {
      await source.start(recorder);
      await origin.publish(brokenFiles('broken'));
      await source.refresh();
      await source.refresh();
      const [refused, again] = recorder.all('rejected');
      expect(refused?.problems.map(({ file }) => file)).toContainEqual(expect.stringContaining('banner.yaml'));
      expect(again?.problems).toBe(refused?.problems);
      expect(versionsHeard(recorder)).toEqual(['first']);
      await origin.publish(flagFiles('third'));
      await source.refresh();
      expect(versionsHeard(recorder)).toEqual(['first', 'third']);
    });

    it('starts with a revision that is refused', async () => {
      await origin.publish(brokenFiles('broken'));
      await source.start(recorder);
      expect(recorder.kinds).toEqual(['rejected']);
      await origin.publish(flagFiles('second'));
      clock.fire();
      await recorder.until('loaded');
      expect(versionsHeard(recorder)).toEqual(['second']);
    });

    it('reports a failure, goes on trying, and recovers', async () => {
      await source.start(recorder);
      await origin.interrupt();
      await source.refresh();
      expect(recorder.last).toMatchObject({ kind: 'failed', error: { name: 'SyncError' } });
      await origin.restore();
      await origin.publish(flagFiles('second'));
      clock.fire();
      await recorder.until('loaded', 2);
      expect(versionsHeard(recorder)).toEqual(['first', 'second']);
    });

    it('starts while there is nothing to read', async () => {
      await origin.interrupt();
      await source.start(recorder);
      expect(recorder.kinds).toEqual(['failed']);
      await origin.restore();
      clock.fire();
      await recorder.until('loaded');
      expect(versionsHeard(recorder)).toEqual(['first']);
    });

    it('polls once more for a refresh during a poll, and once only', async () => {
      await source.start(recorder);
      await origin.publish(flagFiles('second'));
      await Promise.all([source.refresh(), source.refresh(), source.refresh()]);
      expect(recorder.kinds).toEqual(['loaded', 'loaded', 'unchanged']);
    });

    it('answers a refresh at once before it starts and after it stops', async () => {
      await source.refresh();
      await source.start(recorder);
      await source.stop();
      const heard = recorder.heard.length;
      await source.refresh();
      await source.stop();
      expect(recorder.heard).toHaveLength(heard);
    });

    it('stays silent if it is stopped before it starts', async () => {
      await source.stop();
      await source.start(recorder);
      expect(recorder.heard).toEqual([]);
      expect(clock.delays).toEqual([]);
    });

    it.each([0, 1, 10, 100, 1_000, 10_000])(
      'leaves nothing when it is stopped %i turns after its start',
      async (turns) => {
        const started = source.start(recorder);
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        const refreshed = source.refresh();
        await Promise.all([source.stop(), source.stop()]);
        const heard = recorder.heard.length;
        await Promise.all([started, refreshed]);
        expect(clock.delays).toEqual([]);
        expect(await heldResources()).toEqual({ childProcesses: 0, watches: 0, temporaryFiles: 0 });
        expect(recorder.heard).toHaveLength(heard);
      },
    );
  });
}
