import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_BUNDLE_BYTES, type BundleContent } from '../repository/bundle/content.js';
import { SyncError } from '../repository/sync-error.js';
import { LastKnownGood, type RulesetIdentity } from './last-known-good.js';
import { identityName } from './last-known-good/identity.js';
import { mountInMemory, remount, unmount } from './testing/mounted-folder.js';

const identity: RulesetIdentity = {
  source: 'https://git.example.com/acme/flags.git',
  ref: 'refs/heads/main',
  path: 'flags',
  environment: 'production',
};
const FETCHED_AT_MS = Date.UTC(2024, 0, 1);
const OTHER_USER = 12_345;
const isRoot = process.geteuid?.() === 0;

let base: string;
let cache: string;
let folder: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'guidon-test-'));
  cache = join(base, 'cache');
  folder = join(cache, `${identityName(identity)}.lkg`);
});

afterEach(async () => {
  vi.useRealTimers();
  await rm(base, { recursive: true, force: true });
});

function ruleset(revision: string, text = 'x'): BundleContent {
  const documents = [
    { path: 'a/b/c.yaml', id: `id of ${revision}`, json: `{"text":"${text}"}` },
    { path: 'policy.yaml', id: 'p', json: '{"environments":["production"]}' },
  ];
  return { repository: 'flags', revision, root: 'flags', checkedBy: 'guidon 0.1.0', labels: { a: 1 }, documents };
}

const opened = (change: Partial<RulesetIdentity> = {}) => new LastKnownGood(cache, { ...identity, ...change });

/** Persists revisions one after the other, a minute apart; gives the names of the files, the oldest first. */
async function persistAll(...revisions: readonly string[]): Promise<readonly string[]> {
  const store = opened();
  for (const [index, revision] of revisions.entries()) {
    await store.persist(ruleset(revision), FETCHED_AT_MS + 60_000 * index);
  }
  return names();
}

const names = async () => (await readdir(folder)).sort();

/** What the files hold, the oldest first. */
async function revisions(): Promise<readonly (string | undefined)[]> {
  const texts = await Promise.all((await names()).map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map((text) => /"revision":"(r\d)"/.exec(text)?.[1]);
}

/** What a new process would serve, and why not something newer. */
async function restored(): Promise<{ revision: string | undefined; refusals: readonly string[] }> {
  const { found, refusals } = await opened().restore();
  return { revision: found?.content.revision, refusals };
}

const newestFile = async () => join(folder, (await names()).at(-1) ?? '');

async function rejection(promise: Promise<unknown>): Promise<SyncError> {
  const error: unknown = await promise.then(
    () => new Error('it resolved'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SyncError);
  expect((error as SyncError).retry).toBe('later');
  return error as SyncError;
}

/** Sets the wall clock; timers and everything else stay real. */
function setClock(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: ms });
}

describe('persisting and restoring', () => {
  it('gives nothing where nothing was persisted, and leaves nothing there', async () => {
    expect(await opened().restore()).toEqual({ refusals: [] });
    expect(await readdir(base)).toEqual([]);
  });

  it('gives back what was persisted, with the time', async () => {
    const before = Date.now();
    await opened().persist(ruleset('r1'), FETCHED_AT_MS);
    const { found, refusals } = await opened().restore();
    expect(refusals).toEqual([]);
    const { labels, ...content } = ruleset('r1');
    expect(found?.content).toMatchObject(content);
    const persistedAtMs = found?.persistedAtMs ?? 0;
    expect(found?.content.labels).toEqual({ ...labels, ...identity, fetchedAtMs: FETCHED_AT_MS, persistedAtMs });
    expect(persistedAtMs).toBeGreaterThanOrEqual(before);
    expect(persistedAtMs).toBeLessThanOrEqual(Date.now());
  });

  it('writes nothing of an identity but what it is made of', async () => {
    const withMore = { ...identity, auth: { token: 'secret' } };
    await new LastKnownGood(cache, withMore).persist(ruleset('r1'), FETCHED_AT_MS);
    expect(await readFile(await newestFile(), 'utf8')).not.toContain('secret');
    expect((await restored()).revision).toBe('r1');
  });

  it('makes files and folders that are ours alone, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      const [name = ''] = await persistAll('r1');
      const modes = await Promise.all([cache, folder, join(folder, name)].map((path) => stat(path)));
      expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600']);
    } finally {
      process.umask(umask);
    }
  });

  it('keeps the newest two', async () => {
    await persistAll('r1', 'r2', 'r3');
    expect(await revisions()).toEqual(['r2', 'r3']);
    expect(await restored()).toEqual({ revision: 'r3', refusals: [] });
  });

  it('keeps one more where the newest two are of one second, as those of two processes', async () => {
    const processes = [opened(), opened(), opened()];
    await persistAll('r0', 'r1');
    const atMs = FETCHED_AT_MS + 600_000;
    for (const [index, process] of processes.entries()) await process.persist(ruleset('r2'), atMs + index);
    expect(await revisions()).toEqual(['r1', 'r2', 'r2']);
  });

  it('keeps those of one identity apart from all others', async () => {
    const environments = ['production', 'staging'];
    for (const environment of environments) await opened({ environment }).persist(ruleset(environment), FETCHED_AT_MS);
    for (const environment of environments) {
      const { found, refusals } = await opened({ environment }).restore();
      expect({ revision: found?.content.revision, refusals }).toEqual({ revision: environment, refusals: [] });
    }
    expect(await readdir(cache)).toHaveLength(2);
  });

  it('persists again in a folder that was removed', async () => {
    const store = opened();
    await store.persist(ruleset('r1'), FETCHED_AT_MS);
    await rm(cache, { recursive: true });
    await store.persist(ruleset('r2'), FETCHED_AT_MS + 1);
    expect(await restored()).toEqual({ revision: 'r2', refusals: [] });
  });

  it('closes a folder of its own that others could write to', async () => {
    await persistAll('r1');
    await chmod(folder, 0o777);
    expect((await restored()).revision).toBeUndefined();
    await persistAll('r2');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(await restored()).toEqual({ revision: 'r2', refusals: [] });
  });
});

describe('the order of rulesets', () => {
  it('is that of their fetching: a slow process displaces nothing', async () => {
    const [slow, fast] = [opened(), opened()];
    await fast.persist(ruleset('new'), FETCHED_AT_MS + 1);
    await slow.persist(ruleset('old'), FETCHED_AT_MS);
    expect(await restored()).toEqual({ revision: 'new', refusals: [] });
    expect(await names()).toHaveLength(1);
  });

  it('is restored by whoever comes next where a process was stopped before it could', async () => {
    const [older = '', newer = ''] = await persistAll('r1', 'r2');
    await rename(join(folder, older), join(folder, `${newer.slice(0, 14)}9${older.slice(15)}`));
    expect((await restored()).revision).toBe('r1');
    await opened().persist(ruleset('r0'), FETCHED_AT_MS - 1);
    expect(await restored()).toEqual({ revision: 'r2', refusals: [] });
    expect(await revisions()).toEqual(['r1', 'r2']);
  });

  it('takes a newer one that is damaged for none', async () => {
    await opened().persist(ruleset('new'), FETCHED_AT_MS + 1);
    await truncate(await newestFile(), 100);
    await opened().persist(ruleset('old'), FETCHED_AT_MS);
    expect(await restored()).toEqual({ revision: 'old', refusals: [] });
  });

  it('is that of the calls within one millisecond', async () => {
    const store = opened();
    for (const revision of ['r1', 'r2', 'r3']) await store.persist(ruleset(revision), FETCHED_AT_MS);
    expect(await restored()).toEqual({ revision: 'r3', refusals: [] });
    await opened().persist(ruleset('r4'), FETCHED_AT_MS);
    expect(await restored()).toEqual({ revision: 'r4', refusals: [] });
  });

  it.each([
    ['a second', 1_000],
    ['a day', 86_400_000],
    ['ten years', 315_360_000_000],
  ])('survives a clock that is set back by %s', async (_name, jumpMs) => {
    setClock(FETCHED_AT_MS);
    const store = opened();
    await store.persist(ruleset('r1'), Date.now());
    setClock(FETCHED_AT_MS - jumpMs);
    for (const [index, revision] of ['r2', 'r3', 'r4'].entries()) {
      setClock(FETCHED_AT_MS - jumpMs + index);
      // Another process and this one in turn.
      await (index % 2 === 0 ? opened() : store).persist(ruleset(revision), Date.now());
      expect(await restored()).toEqual({ revision, refusals: [] });
    }
    setClock(FETCHED_AT_MS + 1);
    await opened().persist(ruleset('r5'), Date.now());
    expect(await restored()).toEqual({ revision: 'r5', refusals: [] });
  });

  it('never tells a time to come', async () => {
    setClock(FETCHED_AT_MS);
    await opened().persist(ruleset('r1'), Date.now());
    setClock(FETCHED_AT_MS - 1_000);
    expect((await opened().restore()).found?.persistedAtMs).toBe(FETCHED_AT_MS - 1_000);
  });

  it('ends where no number is left', async () => {
    await persistAll('r1');
    await writeFile(join(folder, `${'9'.repeat(15)}-${'0'.repeat(15)}-01234567.bundle`), '', { mode: 0o600 });
    const { message } = await rejection(persistAll('r2'));
    expect(message).toMatch(/no file can follow the one that is numbered 999999999999999/);
    expect(await names()).toHaveLength(2);
  });
});

describe('persisting while persisting', () => {
  it('writes the latest only, for all', async () => {
    const store = opened();
    const first = store.persist(ruleset('r1'), FETCHED_AT_MS);
    await Promise.resolve();
    const others = ['r2', 'r3', 'r4'].map((revision, index) =>
      store.persist(ruleset(revision), FETCHED_AT_MS + 5_000 * (index + 1)),
    );
    await first;
    expect(await restored()).toEqual({ revision: 'r1', refusals: [] });
    await others[0];
    expect(await restored()).toEqual({ revision: 'r4', refusals: [] });
    await Promise.all(others);
    expect(await names()).toHaveLength(2);
  });

  it('does not let an older one take the place of a newer one that waits', async () => {
    const store = opened();
    await Promise.all([store.persist(ruleset('r2'), FETCHED_AT_MS + 1), store.persist(ruleset('r1'), FETCHED_AT_MS)]);
    expect(await restored()).toEqual({ revision: 'r2', refusals: [] });
  });

  it('goes on after a failure', async () => {
    await writeFile(cache, 'a file');
    const store = opened();
    const first = rejection(store.persist(ruleset('r1'), FETCHED_AT_MS));
    await Promise.resolve();
    const second = store.persist(ruleset('r2'), FETCHED_AT_MS + 1);
    const secondFails = rejection(second);
    await first;
    await secondFails;
    await rm(cache);
    await store.persist(ruleset('r3'), FETCHED_AT_MS + 2);
    expect(await restored()).toEqual({ revision: 'r3', refusals: [] });
  });
});

describe('damage to the newest file', () => {
  let whole: Buffer;
  let file: string;

  beforeEach(async () => {
    await persistAll('r1', 'r2');
    file = await newestFile();
    whole = await readFile(file);
  });

  const expectPrevious = async () => {
    expect(await restored()).toEqual({
      revision: 'r1',
      refusals: [expect.stringContaining(`${file}: this bundle can't`)],
    });
  };

  it('shows wherever it is cut, and the one before serves', async () => {
    expect(await restored()).toEqual({ revision: 'r2', refusals: [] });
    expect(whole.length).toBeGreaterThan(500);
    for (let length = whole.length - 1; length >= 0; length--) {
      await truncate(file, length);
      await expectPrevious();
    }
  });

  it('shows in whichever byte a bit is flipped, and the one before serves', async () => {
    for (let byte = 0; byte < whole.length; byte++) {
      const flipped = Buffer.from(whole);
      flipped[byte]! ^= 1 << (byte & 7);
      await writeFile(file, flipped);
      await expectPrevious();
    }
  });

  it('is told of both where both are damaged, and nothing serves', async () => {
    for (const name of await names()) await truncate(join(folder, name), 300);
    const { revision, refusals } = await restored();
    expect(revision).toBeUndefined();
    expect(refusals).toHaveLength(2);
  });

  it('is not counted as a generation', async () => {
    await truncate(file, 300);
    const store = opened();
    await store.persist(ruleset('r3'), FETCHED_AT_MS + 600_000);
    await truncate(await newestFile(), 300);
    expect((await restored()).revision).toBe('r1');
  });
});

/** Another bundle with the right frame. */
async function reframe(file: string, change: (rest: string) => string, format = 'guidon-bundle/2'): Promise<void> {
  const text = await readFile(file, 'utf8');
  const rest = change(text.slice(text.indexOf('\n') + 1));
  const digest = createHash('sha256').update(rest).digest('hex');
  await writeFile(file, `${format} ${Buffer.byteLength(rest)} ${digest}\n${rest}`);
}

type Change = (file: string) => Promise<unknown>;

const replaced =
  (make: Change): Change =>
  async (file) => {
    await rename(file, join(base, 'elsewhere'));
    await make(file);
  };

const fileRefusals: readonly (readonly [what: string, change: Change, message: RegExp])[] = [
  [
    'of another repository',
    of('source', 'https://x.example.com/y.git'),
    /another repository: found "https:\/\/x\.e.*expected "https:\/\/git/,
  ],
  [
    'of another ref',
    of('ref', 'refs/heads/next'),
    /another ref: found "refs\/heads\/next", expected "refs\/heads\/main"/,
  ],
  ['of another folder', of('path', 'other'), /another folder: found "other", expected "flags"/],
  [
    'of another environment',
    of('environment', 'staging'),
    /another environment: found "staging", expected "production"/,
  ],
  [
    'without an identity',
    (file) => reframe(file, (rest) => rest.replace(/"source":"[^"]*",/, '')),
    /repository: found undefined/,
  ],
  [
    'without a time',
    (file) => reframe(file, (rest) => rest.replace(/,"persistedAtMs":\d+/, '')),
    /when it was written/,
  ],
  [
    'of a newer format',
    (file) => reframe(file, String, 'guidon-bundle/3'),
    /newer guidon: found guidon-bundle\/3, expected/,
  ],
  ['of an older format', (file) => reframe(file, String, 'guidon-bundle/1'), /found guidon-bundle\/1, expected/],
  [
    'that is a symlink',
    replaced((file) => symlink(join(base, 'elsewhere'), file)),
    /it is a symlink|a symlink is in its place/,
  ],
  ['that is a broken symlink', replaced((file) => symlink(join(base, 'nowhere'), file)), /a symlink is in its place/],
  ['that is a folder', replaced((file) => mkdir(file)), /not a regular file/],
  ['that is a pipe', replaced(async (file) => void execFileSync('mkfifo', ['-m', '600', file])), /not a regular file/],
  ['that its group can write to', (file) => chmod(file, 0o620), /others can write to it: found the mode 620/],
  ['that everybody can write to', (file) => chmod(file, 0o602), /others can write to it: found the mode 602/],
  [
    'that is too large',
    (file) => truncate(file, MAX_BUNDLE_BYTES + 1),
    /too large: found 67108865 bytes, expected at most 67108864/,
  ],
];

function of(key: keyof RulesetIdentity, value: string): Change {
  return (file) => reframe(file, (rest) => rest.replace(`"${key}":"${identity[key]}"`, `"${key}":"${value}"`));
}

describe('a newer file is refused, told of, passed over and never removed', () => {
  const check = async (change: Change, message: RegExp) => {
    await persistAll('r1', 'r2');
    const file = await newestFile();
    await change(file);
    const { revision, refusals } = await restored();
    expect({ revision, count: refusals.length }).toEqual({ revision: 'r1', count: 1 });
    expect(refusals[0]?.startsWith(`${file}: `)).toBe(true);
    expect(refusals[0]).toMatch(message);
    const store = opened();
    for (let minute = 10; minute < 14; minute++) await store.persist(ruleset('r3'), FETCHED_AT_MS + 60_000 * minute);
    expect(await restored()).toEqual({ revision: 'r3', refusals: [] });
    expect(await names()).toContain(file.slice(folder.length + 1));
    expect(await names()).toHaveLength(3);
  };

  it.each(fileRefusals)('%s', (_what, change, message) => check(change, message));

  it('of another user', async (context) => {
    if (!isRoot) return context.skip('only root can give a file away');
    await check((file) => chown(file, OTHER_USER, OTHER_USER), /another user: found user 12345, expected 0/);
  });
});

const folderRefusals: readonly (readonly [what: string, change: Change, message: RegExp])[] = [
  ['is a symlink', replaced((path) => symlink(join(base, 'elsewhere'), path)), /it is a symlink/],
  ['is a file', replaced((path) => writeFile(path, '')), /it is not a folder/],
  [
    'belongs to another user',
    (path) => chown(path, OTHER_USER, OTHER_USER),
    /another user: found user 12345, expected 0/,
  ],
];

describe('a folder is refused, for reading and writing, that', () => {
  it.for(folderRefusals)('%s', async ([what, change, message], context) => {
    if (what.includes('another user') && !isRoot) return context.skip('only root can give a folder away');
    await persistAll('r1');
    await change(folder);
    const { revision, refusals } = await restored();
    expect({ revision, count: refusals.length }).toEqual({ revision: undefined, count: 1 });
    expect(refusals[0]?.startsWith(`${folder}: `)).toBe(true);
    expect(refusals[0]).toMatch(message);
    const error = await rejection(opened().persist(ruleset('r2'), FETCHED_AT_MS + 60_000));
    expect(error.message).toContain(`the last-known-good ruleset can't be written to ${folder}: `);
    expect(error.message).toMatch(message);
    expect(await readdir(cache)).toEqual([folder.slice(cache.length + 1)]);
  });

  it('others can write to, for reading', async () => {
    await persistAll('r1');
    await chmod(folder, 0o770);
    const { revision, refusals } = await restored();
    expect(revision).toBeUndefined();
    expect(refusals).toEqual([
      `${folder}: others can write to it: found the mode 770, expected one such as 600 or 700`,
    ]);
  });
});

describe('where nothing can be written', () => {
  it.each([
    ['a file in the place of the folder above', () => cache],
    ['a file in the place of a folder further up', () => base],
  ])('persisting tells of %s, and works when it is gone', async (_what, path) => {
    await rm(path(), { recursive: true, force: true });
    await writeFile(path(), 'a file');
    const store = opened();
    const { message } = await rejection(store.persist(ruleset('r1'), FETCHED_AT_MS));
    expect(message).toContain(`can't be written to ${folder}: something that is no folder is in the place of one`);
    expect(await readFile(path(), 'utf8')).toBe('a file');
    expect(await store.restore()).toEqual({ refusals: [] });
    await rm(path());
    await store.persist(ruleset('r2'), FETCHED_AT_MS);
    expect(await restored()).toEqual({ revision: 'r2', refusals: [] });
  });

  it('persisting tells that the disk is full, leaves nothing, and works when there is room', async (context) => {
    await mkdir(cache);
    if (!(await mountInMemory(cache, 256))) return context.skip('only root can mount a small disk');
    try {
      const store = opened();
      await store.persist(ruleset('r1'), FETCHED_AT_MS);
      const large = ruleset('r2', 'x'.repeat(400_000));
      for (let attempt = 1; attempt <= 3; attempt++) {
        const { message } = await rejection(store.persist(large, FETCHED_AT_MS + 60_000 * attempt));
        expect(message).toBe(`the last-known-good ruleset can't be written to ${folder}: the disk is full`);
        expect(await names()).toHaveLength(1);
        expect(await restored()).toEqual({ revision: 'r1', refusals: [] });
      }
      await store.persist(ruleset('r3'), FETCHED_AT_MS + 600_000);
      expect(await restored()).toEqual({ revision: 'r3', refusals: [] });
    } finally {
      await unmount(cache);
    }
  });

  it('persisting tells that the file system is read-only, and works when it no longer is', async (context) => {
    await mkdir(cache);
    if (!(await mountInMemory(cache, 256))) return context.skip('only root can mount a read-only disk');
    try {
      const store = opened();
      await remount(cache, 'ro');
      const messages = [await rejection(store.persist(ruleset('r1'), FETCHED_AT_MS))];
      await remount(cache, 'rw');
      await store.persist(ruleset('r1'), FETCHED_AT_MS);
      await remount(cache, 'ro');
      messages.push(await rejection(store.persist(ruleset('r2'), FETCHED_AT_MS + 60_000)));
      const expected = `the last-known-good ruleset can't be written to ${folder}: the file system is read-only`;
      expect(messages.map(({ message }) => message)).toEqual([expected, expected]);
      expect(await restored()).toEqual({ revision: 'r1', refusals: [] });
      await remount(cache, 'rw');
      await store.persist(ruleset('r2'), FETCHED_AT_MS + 60_000);
      expect(await restored()).toEqual({ revision: 'r2', refusals: [] });
    } finally {
      await unmount(cache);
    }
  });

  it('persisting tells that permission is denied', async (context) => {
    if (isRoot) return context.skip('root may write everywhere');
    await mkdir(cache, { mode: 0o500 });
    const { message } = await rejection(opened().persist(ruleset('r1'), FETCHED_AT_MS));
    expect(message).toContain('permission is denied');
  });

  it('persisting tells that a revision is too large', async () => {
    const { message } = await rejection(opened().persist(ruleset('r1', 'x'.repeat(MAX_BUNDLE_BYTES)), FETCHED_AT_MS));
    expect(message).toContain(`can't be written to ${folder}: this revision is too large for a bundle`);
    expect(await names()).toEqual([]);
  });
});

it('removes what killed writers have left, and nothing else', async () => {
  await persistAll('r1');
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const left = { '00112233445566aa.tmp': 11, '00112233445566bb.tmp': 9, 'notes.tmp': 11, 'other.bundle': 11 };
  for (const [name, minutes] of Object.entries(left)) {
    await writeFile(join(folder, name), '', { mode: 0o600 });
    await utimes(join(folder, name), minutesAgo(minutes), minutesAgo(minutes));
  }
  await symlink('nowhere', join(folder, '00112233445566cc.tmp'));
  await opened().persist(ruleset('r2'), FETCHED_AT_MS + 60_000);
  const kept = ['00112233445566bb.tmp', '00112233445566cc.tmp', 'notes.tmp', 'other.bundle'];
  expect((await names()).filter((name) => !/^\d{15}-/.test(name))).toEqual(kept);
  expect(existsSync(join(folder, '00112233445566aa.tmp'))).toBe(false);
});
