import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FileChanges, TestRepository } from '../../../provider/repository/testing/repository.js';
import { createFlagRepository, flagFiles } from '../../testing/flag-repository.js';
import { keyHistory, type KeyHistory } from './key-history.js';

let repository: TestRepository;

beforeEach(async () => {
  repository = await createFlagRepository();
});

afterEach(() => repository.dispose());

const PATH = 'flags/payments/web/a.yaml';
const KEY = 'payments.web.a';
const text = flagFiles['flags/payments/checkout/new-flow.yaml'] ?? '';
const flag = (key: string): string => text.replace('payments.checkout.new-flow', key);

async function history(base?: string): Promise<KeyHistory> {
  const git = { gitDir: repository.remoteDir, name: 'flags' };
  return keyHistory(git, base ?? (await repository.git('rev-parse', 'HEAD')), 'flags');
}

/** Commits on a branch of their own, one after the other. */
async function branch(...steps: readonly FileChanges[]): Promise<void> {
  await repository.git('checkout', '--quiet', '-B', 'topic');
  for (const files of steps) await repository.commit(files, 'Topic');
  await repository.git('checkout', '--quiet', 'main');
}

async function mergeTopic(...options: readonly string[]): Promise<string> {
  await repository.git('merge', '--quiet', '-m', 'Merge', ...options, 'topic');
  if (options.includes('--squash')) return repository.commit({}, 'Squash');
  return repository.push();
}

it('knows live flags, with the commit that changed them last', async () => {
  const commit = await repository.commit({ [PATH]: flag(KEY) });
  await repository.commit({ 'x.txt': 'x' });
  const keys = await history();
  expect(keys.where(KEY)).toEqual({ key: KEY, path: PATH, isLive: true, commit, date: '2026-01-01T00:00:00Z' });
  const files = ['payments.checkout.new-flow', 'platform.api.rate-limit', 'platform.web.banner', 'platform.web.search'];
  expect([...keys.records.keys()].sort()).toEqual([...files, KEY].sort());
});

it('knows the ledger, which takes keys that never lived here', async () => {
  const keys = await history();
  expect(keys.ledger).toMatchObject([{ key: 'payments.checkout.old-flow' }]);
  expect([keys.has('payments.checkout.old-flow'), keys.where('payments.checkout.old-flow')]).toEqual([true, undefined]);
  expect(keys.has('payments.checkout.old-flo')).toBe(false);
});

it('reads a ledger that is broken or gone as it was last', async () => {
  for (const content of ['- [', null]) {
    await repository.commit({ 'flags/retired.yaml': content });
    expect((await history()).ledger).toMatchObject([{ key: 'payments.checkout.old-flow' }]);
  }
});

it.each([
  ['a merge', ['--no-ff']],
  ['a squash', ['--squash']],
  ['a fast-forward', ['--ff-only']],
])('knows what %s brought to main, and what another took', async (_, options) => {
  await branch({ [PATH]: flag(KEY) });
  await mergeTopic(...options);
  expect((await history()).where(KEY)?.isLive).toBe(true);
  await branch({ [PATH]: null });
  const commit = await mergeTopic(...options);
  expect((await history()).where(KEY)).toMatchObject({ isLive: false, commit, path: PATH });
});

it('does not know what came and went on a branch alone', async () => {
  await branch({ [PATH]: flag(KEY) }, { [PATH]: null });
  await mergeTopic('--no-ff');
  expect((await history()).has(KEY)).toBe(false);
});

it('knows a flag that was deleted and made again, as often as that was', async () => {
  const contents = [flag(KEY), null, flag(KEY), null, `${flag(KEY)}# Again\n`];
  const lives: boolean[] = [];
  for (const content of contents) {
    await repository.commit({ [PATH]: content });
    lives.push((await history()).where(KEY)?.isLive === true);
  }
  expect(lives).toEqual([true, false, true, false, true]);
});

it('knows what a revert brought back, and ends with the base that it is asked for', async () => {
  const start = await repository.git('rev-parse', 'HEAD');
  await repository.commit({ [PATH]: flag(KEY) });
  await repository.git('revert', '--no-edit', 'HEAD');
  const gone = await repository.push();
  await repository.git('revert', '--no-edit', 'HEAD');
  await repository.push();
  expect((await history()).where(KEY)?.isLive).toBe(true);
  expect((await history(gone)).where(KEY)?.isLive).toBe(false);
  expect((await history(start)).has(KEY)).toBe(false);
});

it('knows a renamed file by the key of its content', async () => {
  await repository.commit({ [PATH]: flag(KEY) });
  await repository.git('mv', PATH, 'flags/payments/web/b.yaml');
  await repository.commit({});
  const keys = await history();
  expect(keys.where(KEY)).toMatchObject({ path: 'flags/payments/web/b.yaml', isLive: true });
  expect(keys.has('payments.web.b')).toBe(false);
});

it('keeps keys apart that differ in case', async () => {
  const policy = `${flagFiles['flags/policy.yaml']}naming: { pattern: "[A-Za-z.-]+" }\n`;
  await repository.commit({ 'flags/policy.yaml': policy, [PATH]: flag(KEY) });
  await repository.commit({ [PATH]: null, 'flags/payments/web/A.yaml': flag('payments.web.A') });
  const keys = await history();
  expect([KEY, 'payments.web.A'].map((key) => keys.where(key)?.isLive)).toEqual([false, true]);
});

it.each([
  ['a file that is no YAML', { [PATH]: 'a: [' }, KEY, true],
  ['a file without a key', { [PATH]: 'type: ops\n' }, KEY, true],
  ['a file that is too large', { [PATH]: `${flag(KEY)}#${' '.repeat(1024 * 1024)}\n` }, KEY, true],
  ['a file of another ending', { 'flags/payments/web/a.yml': flag(KEY) }, KEY, true],
  ['a file that is none of a flag', { 'flags/payments/web/a.txt': flag(KEY) }, KEY, false],
  ['a segment', { 'flags/segments/a.yaml': `key: ${KEY}\n` }, KEY, false],
  ['cases', { 'flags/payments/web/a.cases.yaml': `key: ${KEY}\n` }, KEY, false],
  ['a file beside the flags folder', { 'flags2/payments/web/a.yaml': flag(KEY) }, KEY, false],
  ['a key with a quote', { [PATH]: flag(KEY).replace(KEY, `"${KEY}"`) }, KEY, true],
  ['a key behind a comment and CRLF', { [PATH]: `# x\r\nkey: ${KEY} \r\n` }, KEY, true],
  ['a key that is a name of every object', { [PATH]: '__proto__: { key: x }\n' }, 'x', false],
])('reads %s', async (_, files, key, isKnown) => {
  await repository.commit(files);
  expect((await history()).has(key)).toBe(isKnown);
});

it('does not follow a link', async () => {
  await repository.commitRaw([{ mode: '120000', path: PATH, target: 'b.yaml' }]);
  expect((await history()).has(KEY)).toBe(false);
});

it('refuses a clone whose history is cut', async () => {
  const base = await repository.commit({ [PATH]: null });
  await writeFile(join(repository.remoteDir, 'shallow'), `${base}\n`);
  await expect(history()).rejects.toMatchObject({
    name: 'SyncError',
    retry: 'never',
    message: expect.stringContaining('fetch the full history (fetch-depth: 0'),
  });
});
