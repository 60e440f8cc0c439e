/** Kills serving processes at random moments, and holds what the next one serves against what the last had kept. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CountingHistory } from './history.js';

/** How a series of kills went. */
export interface KillResult {
  readonly kills: number;
  /** Starts with the remote out of reach, which had to serve what was kept. */
  readonly coldStarts: number;
  /** How far the repository's history was followed meanwhile. */
  readonly followed: number;
  /** What must never happen, a line each. */
  readonly faults: readonly string[];
}

/** How to kill. */
export interface KillOptions {
  /** The built `victim.js`. */
  readonly victim: string;
  readonly kills: number;
  /** A number from 0 to below 1. */
  readonly random: () => number;
  readonly progress?: (kills: number) => void;
}

/** From the first line of a victim: long enough for several fetches, loads and writes. */
const LONGEST_LIFE_MS = 400;
/** A start takes a fraction of a second; beyond this it hangs. */
const START_LIMIT_MS = 30_000;

/** Starts, follows and kills so many processes, one after the other, on one cache. */
export async function killAtRandom({ victim, kills, random, progress }: KillOptions): Promise<KillResult> {
  const history = await CountingHistory.create(Math.max(50, kills * 20));
  const run = new Run(history, victim, random);
  try {
    for (let kill = 0; kill < kills; kill++) {
      await run.once();
      progress?.(kill + 1);
    }
    return { kills, coldStarts: run.coldStarts, followed: run.shown, faults: run.faults };
  } finally {
    await rm(history.repository.folder, { recursive: true, force: true });
  }
}

class Run {
  readonly faults: string[] = [];
  coldStarts = 0;
  shown = 0;
  /** The number that is on disk for certain: a process said so. */
  #kept: number | undefined;
  readonly #cacheDir: string;

  constructor(
    private readonly history: CountingHistory,
    private readonly script: string,
    private readonly random: () => number,
  ) {
    this.#cacheDir = join(history.repository.folder, 'cache');
  }

  /** One life and death. */
  async once(): Promise<void> {
    const { remoteDir } = this.history.repository;
    const isCold = this.#kept !== undefined && this.random() < 0.5;
    if (isCold) await rename(remoteDir, `${remoteDir}.away`);
    const victim = new Victim(this.script, this.history.repository.url, this.#cacheDir);
    // Half of them die while they start.
    const diesEarly = this.random() < 0.25;
    const first = diesEarly ? undefined : await victim.firstLine();
    if (isCold) {
      if (!diesEarly) this.#judgeColdStart(first);
      await rename(`${remoteDir}.away`, remoteDir);
    }
    await this.#advanceFor(this.random() * LONGEST_LIFE_MS);
    await victim.kill();
    this.#judge(victim);
  }

  #judgeColdStart(first: string | undefined): void {
    this.coldStarts++;
    const served = Number(/^serving (\d+) persisted$/.exec(first ?? '')?.[1] ?? Number.NaN);
    if (!(served >= (this.#kept ?? 0))) this.faults.push(`${this.#kept} was kept, and the next start said: ${first}`);
  }

  /** Shows commit after commit for so long. */
  async #advanceFor(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    do {
      const next = this.shown + 1 + Math.floor(this.random() * 3);
      if (next < this.history.length) await this.history.show((this.shown = next));
    } while (performance.now() < end);
  }

  #judge({ lines }: Victim): void {
    let last = -1;
    for (const line of lines) {
      const [, count, form] = /^serving (\d+) (persisted|volatile)$/.exec(line) ?? [];
      if (count === undefined) {
        if (line !== 'nothing' || this.#kept !== undefined) this.faults.push(`a process said: ${line}`);
        continue;
      }
      if (Number(count) < last) this.faults.push(`a process went back from ${last} to ${count}`);
      last = Number(count);
      if (form === 'persisted') this.#kept = Math.max(this.#kept ?? 0, last);
    }
  }
}

class Victim {
  readonly lines: string[] = [];
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #ended: Promise<unknown>;
  readonly #first: Promise<string>;

  constructor(script: string, url: string, cacheDir: string) {
    this.#child = spawn(process.execPath, [script, url, cacheDir], { stdio: ['ignore', 'pipe', 'ignore'] });
    const reader = createInterface(this.#child.stdout);
    reader.on('line', (line) => this.lines.push(line));
    this.#first = new Promise((resolve) => {
      reader.once('line', resolve);
      reader.once('close', () => resolve('nothing at all'));
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** What it says first, or that it says nothing in time. */
  async firstLine(): Promise<string> {
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), START_LIMIT_MS);
    const line = await this.#first;
    clearTimeout(limit);
    return line;
  }

  /** As the system does when memory is short: at once, and without a word. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
