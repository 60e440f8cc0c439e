import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitsBetween, type GitRepository, type HistoryCommit, type HistoryRequest, readHistory } from '../git.js';
import { TestRepository } from '../testing/repository.js';

let repository: TestRepository;
let git: GitRepository;

beforeEach(async () => {
  repository = await TestRepository.create();
  git = { gitDir: repository.remoteDir, name: 'flags' };
});

afterEach(() => repository.dispose());

async function history(request: HistoryRequest): Promise<HistoryCommit[]> {
  const commits: HistoryCommit[] = [];
  for await (const commit of readHistory(git, request)) commits.push(commit);
  return commits;
}

const brief = (commits: readonly HistoryCommit[]) =>
  commits.map(({ message, files }) => [message, files.map(({ status, path }) => `${status} ${path}`)]);

/** Merges a branch with one commit of these files into main; gives the merge. */
async function mergeBranch(name: string, files: Record<string, string | null>): Promise<string> {
  await repository.git('checkout', '--quiet', '-b', name);
  await repository.commit(files, `On ${name}`);
  await repository.git('checkout', '--quiet', 'main');
  await repository.git('merge', '--quiet', '--no-ff', '-m', `Merge ${name}`, name);
  return repository.push();
}

describe('readHistory', () => {
  it('tells newest first what each commit brought to the branch, a merge all at once', async () => {
    await repository.commit({ 'a.yaml': '1', 'b.yaml': '1' }, 'First');
    await mergeBranch('topic', { 'a.yaml': '2', 'c.yaml': '1', 'b.yaml': null });
    await repository.commit({}, 'Nothing');
    const until = await repository.commit({ 'a.yaml': '3' }, 'Last');
    const commits = await history({ until });
    expect(brief(commits)).toEqual([
      ['Last', ['modified a.yaml']],
      ['Nothing', []],
      ['Merge topic', ['modified a.yaml', 'deleted b.yaml', 'added c.yaml']],
      ['First', ['added a.yaml', 'added b.yaml']],
    ]);
    expect(commits.map(({ parents }) => parents.length)).toEqual([1, 1, 2, 0]);
    const [last, , merge] = commits;
    expect(last?.files[0]?.before?.id).toBe(merge?.files[0]?.after?.id);
    expect(last?.id).toBe(until);
  });

  it('begins after a commit, and keeps to paths', async () => {
    const since = await repository.commit({ 'flags/a.yaml': '1' }, 'First');
    await repository.commit({ 'src/x.ts': '1' }, 'Beside');
    const until = await repository.commit({ 'flags/a.yaml': '2', 'src/x.ts': '2' }, 'Both');
    expect(brief(await history({ until, since }))).toEqual([
      ['Both', ['modified flags/a.yaml', 'modified src/x.ts']],
      ['Beside', ['added src/x.ts']],
    ]);
    expect(brief(await history({ until, paths: ['flags/'] }))).toEqual([
      ['Both', ['modified flags/a.yaml']],
      ['First', ['added flags/a.yaml']],
    ]);
    expect(await history({ until, since: until })).toEqual([]);
    expect(await history({ until, paths: [''] })).toHaveLength(3);
    expect(await history({ until, paths: ['*'] })).toEqual([]);
  });

  it('tells modes, links, submodules, and paths that are no text or look like output', async () => {
    const first = await repository.commit({ 'a.yaml': '1' }, 'First');
    const until = await repository.commitRaw([
      { mode: '120000', path: 'a.yaml', target: 'elsewhere' },
      { mode: '160000', path: 'module', target: first },
      { mode: '100644', path: Buffer.from([0x61, 0xff]), target: 'x' },
      { mode: '100644', path: ':100644 100644\n', target: 'x' },
    ]);
    const [commit] = await history({ until });
    expect(commit?.files.map(({ path, status, after }) => [path, status, after?.kind])).toEqual([
      [':100644 100644\n', 'added', 'file'],
      ['a.yaml', 'modified', 'symlink'],
      ['a\\xff', 'added', 'file'],
      ['module', 'added', 'submodule'],
    ]);
  });

  it('is not misled by a message that looks like output', async () => {
    const id = 'a'.repeat(40);
    const message = `Subject\n\n:100644 100644 ${id} ${id} M\n${id}\n\nReason: x\nreason:  folded\n  over lines\nCO-AUTHORED-BY: A <a@b>`;
    const until = await repository.commit({ 'a.yaml': '1' }, message);
    const [commit, ...others] = await history({ until });
    expect(others).toEqual([]);
    expect(commit?.message).toBe(message);
    expect(commit?.trailers).toEqual([
      { key: 'Reason', value: 'x' },
      { key: 'reason', value: 'folded over lines' },
      { key: 'CO-AUTHORED-BY', value: 'A <a@b>' },
    ]);
  });

  it.each([
    ['1767225600 +0000', '2026-01-01T00:00:00Z'],
    ['1767225600 +0200', '2026-01-01T00:00:00Z'],
    ['0 +0000', '1970-01-01T00:00:00Z'],
    ['99999999999999 +0000', undefined],
  ])('gives the date %s as it is claimed', async (claimed, date) => {
    const tree = await repository.git('write-tree');
    await writeFile(
      join(repository.folder, 'commit'),
      `tree ${tree}\nauthor A\u00e4 <a@b> ${claimed}\ncommitter C <c@d> ${claimed}\n\nX\n`,
    );
    const id = await repository.git('hash-object', '-t', 'commit', '-w', '--literally', '../commit');
    git = { gitDir: join(repository.workDir, '.git'), name: 'flags' };
    const [commit] = await history({ until: id });
    expect(commit).toMatchObject({ author: { name: 'A\u00e4', email: 'a@b', date }, committer: { name: 'C', date } });
  });

  it('runs and reads nothing that the repository configures', async () => {
    const witness = join(repository.folder, 'ran');
    const until = await repository.commit({ 'a.yaml': '1', '.gitattributes': '* diff=x\n' }, 'First');
    const second = await repository.commit({ 'a.yaml': '2', '.mailmap': 'Other <o@x> <author@example.com>\n' }, '2');
    for (const [key, value] of [
      ['log.showSignature', 'true'],
      ['gpg.program', `touch ${witness}`],
      ['diff.external', `touch ${witness}`],
      ['diff.x.textconv', `touch ${witness}`],
      ['core.fsmonitor', `touch ${witness}`],
      ['core.pager', `touch ${witness}`],
      ['log.diffMerges', 'off'],
      ['diff.orderFile', witness],
      ['diff.renames', 'copies'],
    ]) {
      await repository.git('config', key as string, value as string);
    }
    // A graft would hide the first commit.
    git = { gitDir: join(repository.workDir, '.git'), name: 'flags' };
    await writeFile(join(git.gitDir, 'info', 'grafts'), `${second}\n`);
    expect((await history({ until: second })).map(({ id }) => id)).toEqual([second, until]);
    await expect(writeFile(witness, '', { flag: 'wx' })).resolves.toBeUndefined();
  });

  it('stops git when nobody wants more, and when it is told to', async () => {
    const stream = Array.from({ length: 3_000 }, (_, index) =>
      ['commit refs/heads/long', `committer A <a@b> ${index} +0000`, 'data 1000', 'x'.repeat(1_000), ''].join('\n'),
    );
    await repository.fastImport(`${stream.join('\n')}\n`);
    const until = await repository.git(`--git-dir=${repository.remoteDir}`, 'rev-parse', 'long');
    for await (const { id } of readHistory(git, { until })) {
      expect(id).toBe(until);
      break;
    }
    expect(await history({ until })).toHaveLength(3_000);
    const controller = new AbortController();
    const aborted = (async () => {
      for await (const _ of readHistory(git, { until, signal: controller.signal })) controller.abort();
    })();
    await expect(aborted).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
    await expect(history({ until, timeoutMs: 1 })).rejects.toMatchObject({ name: 'SyncError', retry: 'later' });
  });

  it('refuses a history that is cut, missing, or not named by its hash', async () => {
    await repository.commit({ 'a.yaml': '1' });
    const until = await repository.commit({ 'a.yaml': '2' });
    await expect(history({ until: '0'.repeat(40) })).rejects.toMatchObject({ name: 'SyncError' });
    for (const text of ['main', '--all', '', `${until}^`]) {
      await expect(history({ until: text })).rejects.toMatchObject({ retry: 'never' });
      await expect(history({ until, since: text })).rejects.toMatchObject({ retry: 'never' });
    }
    await writeFile(join(repository.remoteDir, 'shallow'), `${until}\n`);
    await expect(history({ until })).rejects.toMatchObject({
      retry: 'never',
      message: expect.stringContaining('fetch-depth: 0'),
    });
  });
});

describe('commitsBetween', () => {
  it('lists the commits of every branch that was merged into the head', async () => {
    const base = await repository.commit({ 'a.yaml': '1' }, 'Base');
    const merge = await mergeBranch('topic', { 'b.yaml': '1' });
    const commits = await commitsBetween(git, base, merge);
    expect(commits.map(({ message }) => message)).toEqual(['Merge topic', 'On topic']);
    expect(commits[0]).not.toHaveProperty('files');
    expect(commits[0]?.parents).toEqual([base, commits[1]?.id]);
    expect(await commitsBetween(git, merge, base)).toEqual([]);
  });

  it('refuses what is no hash, and a shallow clone', async () => {
    const base = await repository.commit({ 'a.yaml': '1' });
    await expect(commitsBetween(git, 'main', base)).rejects.toMatchObject({ retry: 'never' });
    await writeFile(join(repository.remoteDir, 'shallow'), `${base}\n`);
    await expect(commitsBetween(git, base, base)).rejects.toMatchObject({ retry: 'never' });
  });
});
