import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { objectFormat } from './plumbing.js';
import { TestRepository } from '../testing/repository.js';

let repository: TestRepository;

beforeEach(async () => {
  repository = await TestRepository.create();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await repository.dispose();
});

/** Puts a program of this name before all others. */
async function shadow(name: string, script: string): Promise<void> {
  const folder = join(repository.folder, 'bin');
  await mkdir(folder);
  await writeFile(join(folder, name), script);
  await chmod(join(folder, name), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
}

describe('a short command', () => {
  it('is heard out though its output is read long after its end, as on a busy machine', async () => {
    await shadow('git', '#!/bin/sh\n(sleep 0.5; echo sha256) &\n');
    expect(await objectFormat(repository.remoteDir)).toBe('sha256');
  });

  it('answers of a real repository', async () => {
    expect(await objectFormat(repository.remoteDir)).toBe('sha1');
    expect(await objectFormat(repository.folder)).toBeUndefined();
  });
});
