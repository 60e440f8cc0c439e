/** What every source does, whatever it reads from; run against the real thing. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Timer } from './schedule.js';
import type { Source } from './source.js';
import { brokenFiles, flagFiles, manyFlagFiles, versionsHeard, type FlagFiles } from './testing/files.js';
import { heldResources } from './testing/held-resources.js';
import { ManualTimer } from './testing/manual-timer.js';
import { Recorder } from './testing/recorder.js';

/** Where a source reads from, and the means to change that. */
export interface Origin {
  /** A new source of it. */
  open(timer: Timer, allowRewindTo?: string): Source;
  /** Makes these its files and no others, as one revision. */
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

    it('tells a revision again, without reading it, until it serves', async () => {
      recorder.serves = false;
      await source.start(recorder);
      await source.refresh();
      recorder.serves = true;
      await source.refresh();
      await source.refresh();
      expect(recorder.kinds).toEqual(['loaded', 'loaded', 'loaded', 'unchanged']);
      expect(new Set(recorder.all('loaded').map(({ loaded }) => loaded)).size).toBe(1);
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

    describe('that has been taken before', () => {
      const taken = async () => {
        await source.start(recorder);
        await source.stop();
        const [first] = recorder.all('loaded');
        if (first === undefined) throw new Error('nothing was loaded');
        return first.loaded;
      };

      it('starts with it, and has nothing to read', async () => {
        const loaded = await taken();
        const next = new Recorder();
        source = origin.open(clock.timer);
        await source.start(next, loaded);
        expect(next.heard).toEqual([{ kind: 'unchanged', revision: loaded.ruleset.revision.id }]);
      });

      it('takes over every file that is the same', async () => {
        const loaded = await taken();
        await origin.publish(flagFiles('second'));
        const next = new Recorder();
        source = origin.open(clock.timer);
        await source.start(next, loaded);
        expect(versionsHeard(next)).toEqual(['second']);
        const [{ loaded: second } = { loaded: undefined }] = next.all('loaded');
        const same = [...loaded.files].filter(([path, file]) => second?.files.get(path) === file).map(([path]) => path);
        expect(same).toEqual([expect.stringMatching(/policy\.yaml$/)]);
      });
    });

    const keysOf = (files: FlagFiles): readonly string[] => Object.keys(files).filter((path) => path.includes('/'));
    const without = (files: FlagFiles, count: number): FlagFiles => {
      const gone = new Set(keysOf(files).slice(0, count));
      return Object.fromEntries(Object.entries(files).filter(([path]) => !gone.has(path)));
    };

    it.each<[string, number, number, 'held' | 'loaded']>([
      ['its only flag', 1, 1, 'held'],
      ['all of its flags', 5, 5, 'held'],
      ['most of a few flags', 9, 8, 'loaded'],
      ['most of its flags', 20, 11, 'held'],
      ['half of its flags', 20, 10, 'loaded'],
      ['a few', 20, 3, 'loaded'],
    ])('that loses %s (%i flags, %i gone): %s', async (_what, count, gone, outcome) => {
      await origin.publish(manyFlagFiles(count));
      await source.start(recorder);
      await origin.publish(without(manyFlagFiles(count), gone));
      await source.refresh();
      await source.refresh();
      expect(recorder.kinds).toEqual(
        outcome === 'held' ? ['loaded', 'held', 'held'] : ['loaded', 'loaded', 'unchanged'],
      );
      const [first, again] = recorder.all('held');
      expect(again?.error).toBe(first?.error);
      const told =
        first &&
        `${gone} of ${count} flags are gone from it; if that is meant, set \`allowRewindTo: '${first.revision}'\``;
      expect(first?.error.message).toBe(told);
    });

    it('lets a loss pass that it was told of, and a revision that makes up for one', async () => {
      await origin.publish(manyFlagFiles(20));
      await source.start(recorder);
      await origin.publish(without(manyFlagFiles(20), 19));
      await source.refresh();
      await origin.publish(manyFlagFiles(20));
      await source.refresh();
      await origin.publish(without(manyFlagFiles(20), 18));
      await source.refresh();
      expect(recorder.kinds.filter((kind) => kind === 'held')).toHaveLength(2);
      const { revision } = recorder.all('held')[1] ?? {};
      const { loaded } = recorder.all('loaded').at(-1) ?? {};
      await source.stop();
      source = origin.open(clock.timer, revision);
      const next = new Recorder();
      await source.start(next, loaded);
      expect(next.all('loaded').map((heard) => heard.loaded.ruleset.documents.flags.size)).toEqual([2]);
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
