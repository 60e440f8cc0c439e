import { readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../provider/repository/testing/repository.js';
import { createFlagRepository, flagFiles } from './testing/flag-repository.js';
import { openWorkspace, type Workspace } from './workspace.js';

const banner = 'flags/platform/web/banner.yaml';
const rateLimit = 'flags/platform/api/rate-limit.yaml';

let repository: TestRepository;
let workspace: Workspace;

beforeAll(async () => {
  repository = await createFlagRepository();
  workspace = await openWorkspace({ directory: repository.workDir, repository: undefined, path: 'flags/' });
});

afterAll(() => repository.dispose());

describe('a workspace', () => {
  it('knows its root and its flags folder', () => {
    expect(workspace).toMatchObject({ root: repository.workDir, path: 'flags' });
  });

  it('refuses a flags folder that is a link, as a commit would', async () => {
    await symlink('flags', join(repository.workDir, 'linked'));
    const linked = await openWorkspace({ directory: repository.workDir, repository: undefined, path: 'linked' });
    await expect(linked.load()).rejects.toThrow(/linked is a symbolic link.*--path/);
    await rm(join(repository.workDir, 'linked'));
  });

  it('loads a change without writing it', async () => {
    const before = await readFile(join(repository.workDir, rateLimit), 'utf8');
    const killed = flagFiles[rateLimit]?.replace('enabled: false', 'enabled: true') ?? '';
    const added = killed.replace('rate-limit', 'burst-limit');
    const changes = new Map([
      [rateLimit, killed],
      ['flags/platform/api/burst-limit.yaml', added],
      [banner, undefined],
    ]);
    const result = await workspace.loadChanged(changes);
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
    const { flags } = result.loaded.ruleset.documents;
    expect(flags.get('platform.api.rate-limit')?.read().environments?.['production']?.enabled).toBe(true);
    expect(flags.has('platform.api.burst-limit')).toBe(true);
    expect(flags.has('platform.web.banner')).toBe(false);
    expect(await readFile(join(repository.workDir, rateLimit), 'utf8')).toBe(before);
  });

  it('places the problems of a change in the changed text', async () => {
    const result = await workspace.loadChanged(new Map([[rateLimit, 'key: platform.api.rate-limit\nkind: ops\n']]));
    const problem: unknown = expect.objectContaining({ code: 'unknown-key', line: 2 });
    expect(result).toMatchObject({ ok: false, problems: expect.arrayContaining([problem]) as unknown });
  });

  it('gives a change another revision, the same one each time', async () => {
    const revisionOf = async (text: string): Promise<string | undefined> => {
      const result = await workspace.loadChanged(new Map([[banner, text]]));
      return result.ok ? result.loaded.ruleset.revision.id : undefined;
    };
    const text = flagFiles[banner] ?? '';
    expect(await revisionOf(`${text}\n`)).toBe(await revisionOf(`${text}\n`));
    expect(await revisionOf(`${text}\n`)).not.toBe(await revisionOf(text));
  });
});
