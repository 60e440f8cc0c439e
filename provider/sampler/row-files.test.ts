import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ContextSampler, type SamplerFiles } from '../index.js';
import { emptyFolder, halves, sampledFlags, type SampledFlags } from './testing/sampled-flags.js';

const execute = promisify(execFile);
const KEY = 'web.page.shown';
const FINISHED = /^contexts-\d{8}T\d{9}Z-[0-9a-f]{12}-\d{4}\.jsonl$/;

let folder: string;
let flags: SampledFlags;
let warnings: string[];
beforeEach(async () => {
  [folder, flags, warnings] = [await emptyFolder(), await sampledFlags(halves(KEY)), []];
});

function newSampler(write: Omit<SamplerFiles, 'folder'> = {}): ContextSampler {
  const sampler = new ContextSampler({
    provider: flags.provider,
    keys: 'plain',
    attributes: ['note'],
    write: { folder, ...write },
    limits: { usersPerFlag: 10_000, flags: 10 },
    logger: { warn: (message) => void warnings.push(message) },
  });
  onTestFinished(() => sampler.close());
  return sampler;
}

/** Samples some users, and writes the window. */
async function window(sampler: ContextSampler, users: number, note = 'n'): Promise<void> {
  await sampler.flush();
  for (let user = 0; user < users; user++) sampler.sample(KEY, { targetingKey: `u-${user}`, note });
  await sampler.flush();
}

const names = async (): Promise<readonly string[]> => (await readdir(folder)).toSorted((a, b) => (a < b ? -1 : 1));
const rowsOf = async (name: string): Promise<readonly unknown[]> => {
  const text = await readFile(join(folder, name), 'utf8');
  expect(text.endsWith('}\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
};

describe('a window', () => {
  it('is one file, of its owner only, with a row for each user', async () => {
    const sampler = newSampler();
    await window(sampler, 3, '“ä”\u2028\n\uD800');
    const [name, ...others] = await names();
    expect(others).toEqual([]);
    expect(name).toMatch(FINISHED);
    expect((await stat(join(folder, name as string))).mode & 0o777).toBe(0o600);
    const rows = await rowsOf(name as string);
    expect(new Set(rows)).toEqual(
      new Set([0, 1, 2].map((user) => ({ targetingKey: `u-${user}`, note: '“ä”\u2028\n\uD800', $weight: 1 }))),
    );
    expect(sampler.status()).toMatchObject({ rowsWritten: 3, rowsLost: 0, lastError: undefined });
    expect(warnings).toEqual([]);
  });

  it('without users is no file', async () => {
    const sampler = newSampler();
    await sampler.flush();
    await sampler.close();
    expect(await names()).toEqual([]);
  });

  it('is written when the sampler is closed', async () => {
    const sampler = newSampler();
    await sampler.flush();
    sampler.sample(KEY, { targetingKey: 'u-1' });
    await sampler.close();
    expect(await names()).toHaveLength(1);
  });

  it('of many rows is several files, none too long, and no row cut or lost', async () => {
    const maxFileBytes = 65_536;
    await window(newSampler({ maxFileBytes }), 3_000, 'é'.repeat(50));
    const files = await names();
    expect(files.length).toBeGreaterThan(5);
    const keys = new Set<unknown>();
    for (const name of files) {
      const { size } = await stat(join(folder, name));
      expect(size).toBeLessThanOrEqual(maxFileBytes);
      for (const row of await rowsOf(name)) keys.add((row as { targetingKey: string }).targetingKey);
    }
    expect(keys.size).toBe(3_000);
  });
});

describe('the folder', () => {
  it('keeps the newest files, and whatever is not the sampler’s', async () => {
    const mine = ['contexts.jsonl', 'contexts-2026.jsonl', '.contexts-20260101T000000000Z-000000000000-0000.jsonl'];
    for (const name of mine) await writeFile(join(folder, name), '');
    const sampler = newSampler({ maxFiles: 3 });
    const windows: string[][] = [];
    for (let count = 0; count < 5; count++) {
      await window(sampler, 1);
      windows.push((await names()).filter((name) => FINISHED.test(name)));
    }
    const all = [...new Set(windows.flat())];
    expect(all).toHaveLength(5);
    expect(await names()).toEqual([...mine, ...all.slice(-3)].toSorted((a, b) => (a < b ? -1 : 1)));
  });

  it('is rid of what a process left unfinished long ago, and of nothing that is being written', async () => {
    const [old, fresh] = ['0', '1'].map((digit) => `.contexts-20260101T000000000Z-00000000000${digit}-0000.jsonl.tmp`);
    for (const name of [old, fresh]) await writeFile(join(folder, name as string), '{"targ');
    const longAgo = new Date(Date.now() - 3_700_000);
    await utimes(join(folder, old as string), longAgo, longAgo);
    await window(newSampler(), 1);
    const left = await names();
    expect(left).toHaveLength(2);
    expect(left).toContain(fresh);
  });

  it('may be shared by processes', async () => {
    const samplers = [newSampler(), newSampler(), newSampler()];
    await Promise.all(samplers.map((sampler) => window(sampler, 50)));
    const files = await names();
    expect(files).toHaveLength(3);
    for (const name of files) expect(await rowsOf(name)).toHaveLength(50);
  });
});

describe('a folder that can’t be written to', () => {
  /** Three windows that are lost, then one that is not. */
  async function lose(spoil: () => Promise<unknown>, mend: () => Promise<unknown>, message: RegExp): Promise<void> {
    const sampler = newSampler();
    await window(sampler, 2);
    await spoil();
    for (let count = 0; count < 3; count++) await window(sampler, 5, 'x'.repeat(1_000));
    expect(sampler.status()).toMatchObject({ rowsWritten: 2, rowsLost: 15, failedWrites: 3, users: 0 });
    expect(sampler.status().lastError?.message).toMatch(message);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(message);
    await mend();
    await window(sampler, 4);
    expect(sampler.status()).toMatchObject({ rowsWritten: 6, rowsLost: 15, failedWrites: 3 });
    expect((await names()).every((name) => !name.endsWith('.tmp'))).toBe(true);
  }

  it('because it is gone', async () => {
    await lose(
      () => rm(folder, { recursive: true }),
      () => mkdir(folder),
      /ENOENT/,
    );
  });

  it('because a file is in its place', async () => {
    await lose(
      async () => {
        await rm(folder, { recursive: true });
        await writeFile(folder, '');
      },
      async () => {
        await rm(folder);
        await mkdir(folder);
      },
      /is no folder$/,
    );
  });

  it('because a symlink is in its place, whose target is left alone', async () => {
    const elsewhere = await emptyFolder();
    await lose(
      async () => {
        await rename(folder, `${elsewhere}/moved`);
        await symlink(elsewhere, folder);
      },
      async () => {
        expect(await readdir(elsewhere)).toEqual(['moved']);
        await rm(folder);
        await mkdir(folder);
      },
      /is no folder, but a symlink$/,
    );
  });

  const mounting = async (): Promise<boolean> => {
    const scratch = await emptyFolder();
    try {
      await execute('mount', ['-t', 'tmpfs', 'tmpfs', scratch]);
      await execute('umount', [scratch]);
      return true;
    } catch {
      return false;
    }
  };

  /** A small file system in the place of the folder. */
  async function mountSmall(skip: (reason: string) => void): Promise<void> {
    if (!(await mounting())) skip('this system lets nobody mount anything');
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    onTestFinished(async () => void (await execute('umount', ['--lazy', folder])));
  }

  it('because the disk is full', async ({ skip }) => {
    await mountSmall(skip);
    const filler = join(folder, 'filler');
    await lose(
      () => writeFile(filler, Buffer.alloc(1_000_000)).catch(() => undefined),
      () => rm(filler),
      /ENOSPC/,
    );
  });

  it('because it is read-only', async ({ skip }) => {
    await mountSmall(skip);
    await lose(
      () => execute('mount', ['-o', 'remount,ro', folder]),
      () => execute('mount', ['-o', 'remount,rw', folder]),
      /EROFS/,
    );
  });
});

it('keeps what of a window is whole where the rest of it can’t be written', async ({ skip }) => {
  const sampler = newSampler({ maxFileBytes: 65_536 });
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', folder]);
  } catch {
    skip('this system lets nobody mount anything');
  }
  onTestFinished(async () => void (await execute('umount', ['--lazy', folder])));
  await window(sampler, 3_000, 'x'.repeat(60));
  const { rowsWritten, rowsLost, failedWrites } = sampler.status();
  expect(failedWrites).toBe(1);
  expect(rowsWritten).toBeGreaterThan(0);
  expect(rowsWritten + rowsLost).toBe(3_000);
  let found = 0;
  for (const name of await names()) found += (await rowsOf(name)).length;
  expect(found).toBe(rowsWritten);
});
