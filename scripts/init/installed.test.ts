import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installedActions } from './installed.js';

const COMMIT = '0123456789'.repeat(4);
let modules: string;

beforeEach(async () => {
  modules = await mkdtemp(join(tmpdir(), 'guidon-modules-'));
});

afterEach(() => rm(modules, { recursive: true, force: true }));

const lock = (resolved: unknown) => JSON.stringify({ packages: { 'node_modules/guidon': { resolved } } });

it.each([
  [lock(`git+ssh://git@github.com/acme/guidon.git#${COMMIT}`), `acme/guidon@${COMMIT}`],
  [lock(`git+https://github.com/acme/guidon#${COMMIT}`), `acme/guidon@${COMMIT}`],
  [lock('https://registry.example.com/guidon/-/guidon-0.1.0.tgz'), undefined],
  [lock(`git+ssh://git@example.com/acme/guidon.git#${COMMIT}`), undefined],
  [lock('git+ssh://git@github.com/acme/guidon.git#v1'), undefined],
  [lock(`git+https://github.com.example.com/acme/guidon#${COMMIT}`), undefined],
  [lock(7), undefined],
  ['{}', undefined],
  ['null', undefined],
  ['[', undefined],
])('%s gives %s', async (text, expected) => {
  await writeFile(join(modules, '.package-lock.json'), text);
  expect(await installedActions(modules)).toBe(expected);
});

it('gives nothing where npm left no record', async () => {
  expect(await installedActions(modules)).toBeUndefined();
});
