import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Bundle } from '../repository/testing/bundle.js';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.js';

const base = mkdtempSync(join(tmpdir(), 'guidon-test-'));
afterEach(() => rmSync(base, { recursive: true, force: true }));

it('is gone when it is removed, and leaves no listener', async () => {
  const listeners = process.listenerCount('exit');
  const folder = await makeTemporaryFolder();
  expect(existsSync(folder)).toBe(true);
  await removeTemporaryFolder(folder);
  expect(existsSync(folder)).toBe(false);
  expect(process.listenerCount('exit')).toBe(listeners);
});

it('is gone when the process ends without removing it', async () => {
  const bundle = await Bundle.of(join(import.meta.dirname, 'temporary-folder.ts'), join(base, 'built'));
  const body = 'process.env.TMPDIR = args[0]; console.log(await module.makeTemporaryFolder());';
  const folder = (await bundle.run(body, base)).trim();
  expect(folder.startsWith(base)).toBe(true);
  expect(readdirSync(base)).toEqual(['built']);
});
