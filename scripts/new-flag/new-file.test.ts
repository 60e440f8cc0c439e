import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../command.js';
import { writeNew } from './new-file.js';

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'guidon-new-')));
  root = join(folder, 'repository');
  await mkdir(join(root, 'flags/a'), { recursive: true });
  await mkdir(join(folder, 'outside'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('makes the folders above', async () => {
  await writeNew(root, 'flags', 'flags/a/b/c.yaml', 'text\n');
  expect(await readFile(join(root, 'flags/a/b/c.yaml'), 'utf8')).toBe('text\n');
});

test('writes over nothing, also not through a dangling symlink', async () => {
  await writeFile(join(root, 'flags/a/c.yaml'), 'old');
  await symlink(join(folder, 'outside/d.yaml'), join(root, 'flags/a/d.yaml'));
  await expect(writeNew(root, 'flags', 'flags/a/c.yaml', 'new')).rejects.toThrow('flags/a/c.yaml is there already');
  await expect(writeNew(root, 'flags', 'flags/a/d.yaml', 'new')).rejects.toThrow('flags/a/d.yaml is there already');
  expect(await readFile(join(root, 'flags/a/c.yaml'), 'utf8')).toBe('old');
  expect(await readdir(join(folder, 'outside'))).toEqual([]);
});

test.each(['flags/linked/c.yaml', 'flags/linked/b/c.yaml', 'flags/../c.yaml', '../c.yaml', 'flags-too/c.yaml'])(
  'never writes out of the flags folder: %s',
  async (path) => {
    await symlink(join(folder, 'outside'), join(root, 'flags/linked'));
    await mkdir(join(root, 'flags-too'));
    const attempt = writeNew(root, 'flags', path, 'new');
    await expect(attempt).rejects.toThrow('leads out of the flags folder');
    await expect(attempt).rejects.toBeInstanceOf(UsageError);
    expect(await readdir(join(folder, 'outside'))).toEqual([]);
    expect(await readdir(folder)).toEqual(['outside', 'repository']);
  },
);
