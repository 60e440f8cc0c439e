import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../errors.js';
import { writeLines, type OutputFile } from './output-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-output-'));
});
afterEach(() => rm(folder, { recursive: true }));

const output = (isForced: boolean): OutputFile => ({ directory: folder, name: 'out.jsonl', isForced, inputs: [] });

/** Lines during which somebody else writes the file. */
async function* overtaken(): AsyncGenerator<string> {
  yield 'ours';
  await writeFile(join(folder, 'out.jsonl'), 'theirs');
  yield 'ours too';
}

describe('writeLines', () => {
  it('never replaces a file that came meanwhile, unless it may', async () => {
    await expect(writeLines(output(false), overtaken())).rejects.toThrow('--out out.jsonl is there by now');
    expect(await readFile(join(folder, 'out.jsonl'), 'utf8')).toBe('theirs');
    await writeLines(output(true), overtaken());
    expect(await readFile(join(folder, 'out.jsonl'), 'utf8')).toBe('ours\nours too\n');
    expect(await readdir(folder)).toEqual(['out.jsonl']);
  });

  it('gives on what the lines throw, and leaves nothing', async () => {
    const error = new UsageError('no more');
    const lines = async function* (): AsyncGenerator<string> {
      yield 'one';
      throw error;
    };
    await expect(writeLines(output(false), lines())).rejects.toBe(error);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says where it can’t write', async () => {
    await rm(folder, { recursive: true });
    await expect(writeLines(output(false), ['one'])).rejects.toThrow("can't write out.jsonl: ENOENT");
    await mkdir(folder);
  });
});
