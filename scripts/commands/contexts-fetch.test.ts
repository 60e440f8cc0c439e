import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { zipOf } from '../contexts/fetch/testing/zip.js';
import { startGitHub, type GitHubServer } from '../host/testing/github-server.js';
import { ordinaryState, type FakeArtifact, type GitHubState } from '../host/testing/github-state.js';
import { call } from '../testing/call.js';
import { createFlagRepository } from '../testing/flag-repository.js';

const ROW = '{"targetingKey":"u-1","country":"DE"}\n';
const TOKEN = 'ghs_nobody-may-see-this';

let repository: TestRepository;
let state: GitHubState;
let server: GitHubServer;
let out: string;

beforeEach(async () => {
  repository = await createFlagRepository();
  await repository.commit({ '.github/contexts.jsonl': ROW, 'contexts/open.jsonl': ROW });
  await repository.git('fetch', '--quiet', 'origin');
  state = ordinaryState();
  server = await startGitHub(state);
  out = join(repository.folder, 'out');
});

afterEach(async () => {
  await server.close();
  await repository.dispose();
});

const fetchContexts = async (...words: readonly string[]) => {
  const environment = { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: server.url, GITHUB_REPOSITORY: 'acme/flags' };
  const line = ['contexts', 'fetch', ...words, '--base', 'origin/main', '--out', out];
  const ending = await call(repository.workDir, line, { environment });
  expect(ending.output + ending.errors).not.toContain(TOKEN);
  expect(server.violations).toEqual([]);
  return ending;
};

const files = async (): Promise<readonly string[]> => {
  const entries = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1));
};

async function upload(archive: Uint8Array, more: Partial<FakeArtifact> = {}): Promise<void> {
  const commit = await repository.git('rev-parse', 'origin/main');
  state.artifacts = [
    { id: 1, name: 'contexts', archive, run: { id: 40, event: 'schedule', branch: 'main', commit }, ...more },
  ];
}

describe('files of the main branch', () => {
  it('are taken as they are committed, not as they lie there', async () => {
    await writeFile(join(repository.workDir, '.github/contexts.jsonl'), 'evil');
    expect(await fetchContexts('.github/contexts.jsonl')).toMatchObject({
      exitCode: 0,
      output: `took .github/contexts.jsonl, ${ROW.length} bytes\n`,
    });
    expect(await readFile(join(out, '.github/contexts.jsonl'), 'utf8')).toBe(ROW);
  });

  it('need a folder that can be one', async () => {
    await writeFile(out, 'a file');
    expect(await fetchContexts('.github/contexts.jsonl')).toMatchObject({
      exitCode: 2,
      errors: expect.stringMatching(/^error: can't write to .*out: EEXIST/),
    });
    expect(await readFile(out, 'utf8')).toBe('a file');
  });

  it('must be protected, by where they lie or by the policy', async () => {
    const { exitCode, errors } = await fetchContexts('contexts/open.jsonl');
    expect(exitCode).toBe(2);
    expect(errors).toContain('"contexts/open.jsonl" is not protected, so a change of a low tier could have brought it');
    const policy = await readFile(join(repository.workDir, 'flags/policy.yaml'), 'utf8');
    await repository.commit({ 'flags/policy.yaml': `${policy}protected: [/contexts/]\n` });
    await repository.git('fetch', '--quiet', 'origin');
    expect((await fetchContexts('contexts/open.jsonl')).exitCode).toBe(0);
  });

  it.each([
    ['a path out of the repository', '../x.jsonl', 'is no path from the repository'],
    ['an absolute path', '/etc/x.jsonl', 'is no path from the repository'],
    ['a file of git itself', '.git/x.jsonl', 'is not protected'],
    ['a file that is not there', '.github/none.jsonl', 'there is no file ".github/none.jsonl" in the commit'],
    ['a folder', '.github/workflows.jsonl', 'there is no file'],
    ['no contexts', '.github/contexts.txt', 'is no file of contexts by its name'],
    ['an option', '--upload-pack=x.jsonl', 'unknown option'],
  ])('are not taken: %s', async (_why, path, message) => {
    const { exitCode, errors } = await fetchContexts(path);
    expect({ exitCode, errors }).toMatchObject({ exitCode: 2, errors: expect.stringContaining(message) });
    expect(await files()).toEqual([]);
  });

  it('are no links, and no pointers to a large file storage', async () => {
    await symlink('/etc/passwd', join(repository.workDir, '.github/link.jsonl'));
    await repository.commit({ '.github/large.jsonl': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n' });
    await repository.git('fetch', '--quiet', 'origin');
    expect((await fetchContexts('.github/link.jsonl')).errors).toContain('is a link');
    expect((await fetchContexts('.github/large.jsonl')).errors).toContain("lies in Git's large file storage");
  });
});

describe('an artifact', () => {
  it('of a run of the main branch is unpacked', async () => {
    await upload(zipOf({ name: 'a.jsonl', content: ROW }, { name: 'run.log', content: 'x' }));
    const { exitCode, output } = await fetchContexts('.github/contexts.jsonl', '--artifact', 'contexts', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      folder: out,
      files: [
        { name: '.github/contexts.jsonl', bytes: ROW.length },
        { name: 'a.jsonl', bytes: ROW.length },
      ],
      left: ['run.log'],
      artifact: { name: 'contexts', run: 40 },
    });
    expect(await files()).toHaveLength(2);
  });

  it('of a tag that is called main is refused: its commit is not on the branch', async () => {
    await repository.git('checkout', '--quiet', '-b', 'evil');
    await repository.git('commit', '--quiet', '--allow-empty', '--message=Evil');
    const commit = await repository.git('rev-parse', 'HEAD');
    await upload(zipOf({ name: 'a.jsonl', content: ROW }), { run: { id: 40, event: 'push', branch: 'main', commit } });
    expect(await fetchContexts('--artifact', 'contexts')).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining(`is of the commit ${commit}, which is not on main`),
    });
  });

  it.each([
    [
      'a way out',
      zipOf({ name: 'a.jsonl', content: ROW }, { name: '../evil.jsonl', content: ROW }),
      'refused as a whole',
    ],
    ['a link', zipOf({ name: 'a.jsonl', content: '/etc/passwd', mode: 0o120777 }), 'refused as a whole'],
    ['nothing of use', zipOf({ name: 'a.txt', content: ROW }), 'holds no file of contexts'],
    ['no zip', Buffer.from('no'), 'no zip'],
  ])('with %s is refused', async (_why, archive, message) => {
    await upload(archive);
    const { exitCode, errors } = await fetchContexts('--artifact', 'contexts');
    expect({ exitCode, errors }).toMatchObject({ exitCode: 2, errors: expect.stringContaining(message) });
    expect(await files()).toEqual([]);
    expect(await readdir(repository.folder)).not.toContain('evil.jsonl');
  });

  it('that is there already is not overwritten', async () => {
    await mkdir(out);
    await writeFile(join(out, 'a.jsonl'), 'mine');
    await upload(zipOf({ name: 'a.jsonl', content: ROW }));
    expect((await fetchContexts('--artifact', 'contexts')).exitCode).toBe(2);
    expect(await readFile(join(out, 'a.jsonl'), 'utf8')).toBe('mine');
  });
});

it('needs something to fetch', async () => {
  expect(await fetchContexts()).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('name files of the base, or --artifact'),
  });
});
