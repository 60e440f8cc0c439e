import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN, withGitHub } from '../testing/github-call.js';
import { sha, type FakeArtifact, type FakeRun } from '../testing/github-state.js';
import { refusal } from '../testing/github-server.js';
import type { CodeHost } from '../code-host.js';
import type { Reply } from '../testing/http-server.js';

let folder: string;
let to: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-artifacts-'));
  to = join(folder, 'a.zip');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const run: FakeRun = { id: 40, event: 'schedule', branch: 'main', commit: sha('main') };
const artifact: FakeArtifact = { id: 1, name: 'contexts', archive: Buffer.from('sound'), run };
const another = (id: number, more: Partial<FakeArtifact>, itsRun: Partial<FakeRun> = {}): FakeArtifact => ({
  ...artifact,
  id,
  archive: Buffer.from(`number ${id}`),
  createdAt: '2026-03-02T10:00:00Z',
  run: { ...run, id: 40 + id, ...itsRun },
  ...more,
});

const take = async (host: CodeHost, maxBytes = 100) => {
  const found = await host.fetchArtifact({
    name: 'contexts',
    branch: 'main',
    isOfBranch: async (commit) => commit === sha('main') || commit === sha('older'),
    maxBytes,
    to,
  });
  return { ...found, text: await readFile(to, 'utf8') };
};

describe('an artifact of GitHub', () => {
  it('is downloaded, and the token stays with GitHub', () =>
    withGitHub({ artifacts: [artifact] }, async ({ host, server }) => {
      expect(await take(host)).toEqual({
        name: 'contexts',
        bytes: 5,
        createdAt: '2026-03-01T10:00:00Z',
        run: 40,
        commit: sha('main'),
        text: 'sound',
      });
      expect(server.arrived.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
      expect(server.storage.arrived).toHaveLength(1);
      expect(JSON.stringify(server.storage.arrived)).not.toContain(TOKEN);
    }));

  it('is the newest, in whatever order they are listed, on whatever page', () => {
    const days = ['03', '05', '04', '02'];
    const artifacts = days.map((day, at) => another(at + 10, { createdAt: `2026-03-${day}T10:00:00Z` }));
    return withGitHub({ artifacts, pageSize: 1 }, async ({ host }) =>
      expect((await take(host)).text).toBe('number 11'),
    );
  });

  it('may be of an older commit of the branch', () =>
    withGitHub({ artifacts: [{ ...artifact, run: { ...run, commit: sha('older') } }] }, async ({ host }) =>
      expect((await take(host)).commit).toBe(sha('older')),
    ));

  const refused: readonly (readonly [why: string, spoiled: FakeArtifact, message: RegExp])[] = [
    ["of a fork's branch of that name", another(2, {}, { headRepository: 2 }), /2 is of a fork/],
    ['of another branch', another(2, {}, { branch: 'evil' }), /2 is of the branch "evil"/],
    ['that has expired', another(2, { expired: true }), /2 has expired/],
    ['that names no run', { ...artifact, id: 2, run: undefined as never }, /2 names no run/],
    ['of a pull request from the branch into another', another(2, {}, { event: 'pull_request' }), /"pull_request"/],
    ['of a review', another(2, {}, { event: 'pull_request_review' }), /"pull_request_review"/],
    [
      "of a stranger's workflow with our rights",
      another(2, {}, { event: 'pull_request_target' }),
      /"pull_request_target"/,
    ],
    ['that a run of untrusted ones hands on', another(2, {}, { event: 'workflow_run' }), /"workflow_run"/],
    ['of a tag with the name of the branch', another(2, {}, { event: 'push', commit: sha('evil') }), /not on main/],
  ];
  it.each(refused)('is not one %s, however new', (_why, spoiled, message) =>
    withGitHub({ artifacts: [spoiled, artifact] }, async ({ host, state }) => {
      expect((await take(host)).text).toBe('sound');
      state.artifacts = [spoiled];
      await expect(take(host)).rejects.toThrow(message);
    }),
  );

  it('is not one of a longer name', () =>
    withGitHub({ artifacts: [{ ...artifact, name: 'contexts-evil' }] }, async ({ host }) =>
      expect(take(host)).rejects.toThrow('there is no artifact "contexts" of a run of the branch main'),
    ));

  it('is looked for in bounds, however many strangers upload', () => {
    const flood = Array.from({ length: 3_000 }, (_, at) =>
      another(at + 10, {}, { id: 50 + at, event: 'pull_request' }),
    );
    return withGitHub({ artifacts: flood }, async ({ host, server }) => {
      await expect(take(host)).rejects.toThrow(/and 995 more/);
      expect(server.arrived.length).toBeLessThan(30);
    });
  });

  it('is not downloaded where it is too large', () =>
    withGitHub({ artifacts: [{ ...artifact, bytes: 101 }] }, async ({ host, server }) => {
      await expect(take(host)).rejects.toThrow('has 101 bytes; at most 100 are read');
      expect(server.storage.arrived).toEqual([]);
    }));

  it('is cut off where it is larger than GitHub says', () =>
    withGitHub({ artifacts: [{ ...artifact, archive: Buffer.alloc(5_000), bytes: 5 }] }, async ({ host }) =>
      expect(take(host)).rejects.toThrow('sends more than 100 bytes'),
    ));

  it('is refused where it is not what was uploaded', () =>
    withGitHub({ artifacts: [{ ...artifact, digest: `sha256:${'0'.repeat(64)}` }] }, async ({ host }) =>
      expect(take(host)).rejects.toThrow('its digest differs'),
    ));

  it('is taken of a server that tells no digest', () =>
    withGitHub({ artifacts: [{ ...artifact, digest: null }] }, async ({ host }) =>
      expect((await take(host)).text).toBe('sound'),
    ));

  it('is asked for again where the storage fails once', () =>
    withGitHub({ artifacts: [artifact] }, async ({ host, server, clock }) => {
      server.failStorage({ status: 503, raw: 'busy' });
      expect((await take(host)).text).toBe('sound');
      server.failStorage({ status: 200, raw: 'sound', fault: 'cut' });
      expect((await take(host)).text).toBe('sound');
      expect(clock.slept).toEqual([1_000, 1_000]);
    }));

  const failures: readonly (readonly [why: string, replies: readonly Reply[], message: RegExp])[] = [
    [
      'fails again',
      [
        { status: 503, raw: 'x' },
        { status: 500, raw: 'x' },
      ],
      /asked 2 times .*: it answers 500/,
    ],
    ['refuses', [{ status: 403, raw: 'expired' }], /127\.0\.0\.1:\d+, which GitHub sends .* on to, answers 403/],
    [
      'sends on for ever',
      Array.from({ length: 9 }, () => ({ status: 302, headers: { location: '?sig=SIGNED' } })),
      /redirects .* more than 3 times/,
    ],
    ['sends on to nowhere', [{ status: 302 }], /to nowhere/],
    ['sends on to a file', [{ status: 302, headers: { location: 'file:///etc/passwd' } }], /not https/],
    ['never ends', [{ status: 200, fault: 'endless' }], /more than 100 bytes/],
  ];
  it.each(failures)('cannot be had where the storage %s, whose address is told to nobody', (_why, replies, message) =>
    withGitHub({ artifacts: [artifact] }, async ({ host, server }) => {
      server.failStorage(...replies);
      const error = await take(host).catch((cause: unknown) => String(cause));
      expect(error).toMatch(message);
      expect(error).not.toContain('SIGNED');
    }),
  );

  it.each([403, 404])('says which right it takes where GitHub answers %i', (status) =>
    withGitHub({ artifacts: [artifact] }, async ({ host, server }) => {
      server.fail('/actions/artifacts', refusal(status, 'Resource not accessible by integration'));
      await expect(take(host)).rejects.toThrow('permissions need `actions: read`');
    }),
  );

  it('that expires between being listed and taken is told', () =>
    withGitHub({ artifacts: [artifact] }, async ({ host, server }) => {
      server.fail('/zip', refusal(410, 'Artifact has expired'));
      await expect(take(host)).rejects.toThrow('410 "Artifact has expired"');
    }));
});
