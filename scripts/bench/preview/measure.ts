/** Previewing a change of 20 flags among 2,000 with a million contexts: the whole command, and a loop written by hand. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spreadOf, type Spread } from '../measure.js';
import type { SideOutput } from './process.js';
import { CHANGED_FLAGS, createChange, writeContexts } from './repository.js';

/** What previewing took. */
export interface PreviewResults {
  readonly contexts: number;
  readonly flags: number;
  readonly changedFlags: number;
  /** The command first. */
  readonly sides: readonly PreviewSide[];
}

/** What one side took; figures are of whole processes. */
export interface PreviewSide {
  readonly title: string;
  readonly milliseconds: Spread;
  readonly cpuMilliseconds: Spread;
  /** The most memory that a run had at once. */
  readonly megabytes: number;
}

const FLAGS = 2_000;
const CONTEXTS = 1_000_000;
const QUICK_CONTEXTS = 20_000;
const ROUNDS = 5;

const SIDES = [
  { kind: 'command', title: '`flagctl preview`' },
  { kind: 'loop', title: 'One loop over `snapshot.evaluate()`' },
] as const;

const execute = promisify(execFile);
const program = fileURLToPath(new URL('process.js', import.meta.url));

/** Measures both sides in turn. @throws Error where they do not find the same users */
export async function measurePreview(isQuick: boolean, progress: (step: string) => void): Promise<PreviewResults> {
  const contexts = isQuick ? QUICK_CONTEXTS : CONTEXTS;
  progress('making a population to preview with');
  const repository = await createChange(FLAGS);
  try {
    const file = join(repository.folder, 'contexts.jsonl');
    await writeContexts(file, contexts);
    const taken = SIDES.map((): SideOutput[] => []);
    for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
      for (const [index, { kind, title }] of SIDES.entries()) {
        progress(`previewing: ${title}`);
        const { stdout } = await execute(process.execPath, [program, kind, repository.workDir, file]);
        taken[index]?.push(JSON.parse(stdout) as SideOutput);
      }
    }
    const found = new Set(taken.flat().map(({ changed }) => changed));
    if (found.size !== 1) throw new Error(`the sides found different users: ${[...found].join(', ')}`);
    const sides = SIDES.map(({ title }, index) => sideOf(title, taken[index] ?? []));
    return { contexts, flags: FLAGS, changedFlags: CHANGED_FLAGS, sides };
  } finally {
    await repository.dispose();
  }
}

function sideOf(title: string, runs: readonly SideOutput[]): PreviewSide {
  return {
    title,
    milliseconds: spreadOf(runs.map(({ milliseconds }) => milliseconds)),
    cpuMilliseconds: spreadOf(runs.map(({ cpuMilliseconds }) => cpuMilliseconds)),
    megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)),
  };
}
