import { execFile } from 'node:child_process';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchRef, type GitAuth, type GitMirror, openRepository, readTree } from '../git.js';
import { GitHttpServer } from '../testing/git-http-server.js';
import { objectFiles } from '../testing/object-store.js';
import { channel, compressedStart, incompressible, packAnswerStart, packStart } from '../testing/pack.js';
import { canListProcesses, processesWith } from '../testing/processes.js';
import { RawServer, sendForever } from '../testing/raw-server.js';
import { TestRepository } from '../testing/repository.js';
import { sshMissing, SshServer } from '../testing/ssh-server.js';

/** Long enough to get into trouble. */
const TIMEOUT_MS = 700;

const MEBIBYTE = 1024 * 1024;

let repository: TestRepository;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  repository = await TestRepository.create();
  // Enough to be cut in the middle.
  await repository.commit({ 'flags/a.yaml': 'a', 'flags/big.txt': randomText(100_000) });
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await repository.dispose();
});

function randomText(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(97 + Math.random() * 26)).join('');
}

const mirrorOf = (url: string, auth?: GitAuth): Promise<GitMirror> =>
  openRepository({ dir: join(repository.folder, 'cache', 'mirror'), remote: { url, auth } });

/** A fetch must fail for now, say why, and leave neither a process nor a file. */
async function expectFailure(mirror: GitMirror, part: string | RegExp, limits = {}): Promise<void> {
  const objects = await objectFiles(mirror.gitDir);
  const outcome = await fetchRef(mirror, 'main', limits).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ name: 'SyncError', retry: 'later' });
  expect(String(outcome)).toMatch(part);
  if (canListProcesses) expect(await processesWith(`HOME=${mirror.gitDir}`)).toEqual([]);
  const names = await readdir(mirror.gitDir, { recursive: true });
  expect(names.filter((name) => /tmp_|\.lock$|^incoming.*\.(?:pack|idx)$/.test(name))).toEqual([]);
  expect(await objectFiles(mirror.gitDir)).toEqual(objects);
}

/** With a server that is well again, all is well. */
async function expectRecovery(mirror: GitMirror): Promise<void> {
  const commit = await fetchRef(mirror, 'main');
  expect(commit).toBe(await repository.git('rev-parse', 'main'));
  const tree = await readTree(mirror, commit, 'flags');
  expect([...(await tree.read(tree.entries, 10)).values()]).toEqual([Buffer.from('a')]);
}

async function serveRaw(serve: (socket: Socket) => void): Promise<number> {
  const server = await RawServer.start(serve);
  stops.push(() => server.stop());
  return server.port;
}

async function serveHttp(): Promise<GitHttpServer> {
  const server = await GitHttpServer.start({ root: join(repository.folder, 'remotes') });
  stops.push(() => server.stop());
  return server;
}

const http = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n';

describe('over http', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['accepts and says nothing', () => undefined],
    ['ends its half and waits', (socket) => socket.resume()],
    ['sends half a header', (socket) => socket.write('HTTP/1.1 200')],
    ['sends headers and nothing else', (socket) => socket.write(`${http}Content-Length: 1000\r\n\r\n`)],
    [
      'sends a byte of the headers now and then',
      (socket) => {
        socket.write(`${http}X-Filler: `);
        sendForever(socket, Buffer.from('x'), 20);
      },
    ],
    [
      'sends a byte of the body now and then',
      (socket) => {
        socket.write(`${http}\r\n`);
        sendForever(socket, Buffer.from('0'), 20);
      },
    ],
  ])('a server that %s is left at the deadline', async (_, serve) => {
    const port = await serveRaw(serve);
    const mirror = await mirrorOf(`http://127.0.0.1:${port}/flags.git`);
    await expectFailure(mirror, 'took longer than 1 s', { timeoutMs: TIMEOUT_MS });
  });

  it.each<[string, (socket: Socket) => void]>([
    ['one header that never ends', (socket) => sendForever(socket, Buffer.alloc(64_000, 'x'))],
    ['headers that never end', (socket) => sendForever(socket, Buffer.from(`X-Filler: ${'x'.repeat(1_000)}\r\n`))],
    ['a body that never ends', (socket) => sendForever(socket, Buffer.from(`001e# service=git-upload-pack\n0000`))],
  ])('a server that sends %s is left at the deadline at the latest', async (_, flood) => {
    const port = await serveRaw((socket) => {
      socket.write(http);
      if (_.includes('body')) socket.write('\r\n');
      flood(socket);
    });
    const mirror = await mirrorOf(`http://127.0.0.1:${port}/flags.git`);
    await expectFailure(mirror, /took longer|broke off|no git server/, { timeoutMs: TIMEOUT_MS });
  });

  it('a server that hangs up at once is told apart', async () => {
    const port = await serveRaw((socket) => socket.destroy());
    await expectFailure(await mirrorOf(`http://127.0.0.1:${port}/flags.git`), 'could not be reached');
  });

  it.each<[string, (response: ServerResponse, honest: Buffer) => void]>([
    ['sends nothing of it', (response) => response.flushHeaders()],
    ['sends half of it', (response, honest) => response.write(honest.subarray(0, honest.length / 2))],
    [
      'drips it',
      (response, honest) => {
        response.write(honest.subarray(0, 1_000));
        sendForever(response, Buffer.from('0'), 20);
      },
    ],
    ['only ever tells of progress', (response) => sendForever(response, channel(2, Buffer.from('counting\n')))],
    [
      'tells of progress for ever in the middle of it',
      (response) => {
        response.write(packAnswerStart);
        sendForever(response, channel(2, Buffer.from(`counting ${'x'.repeat(50_000)}\n`)));
      },
    ],
  ])('a server is left at the deadline that, asked for a pack, %s', async (_, sendPack) => {
    const server = await serveHttp();
    const mirror = await mirrorOf(server.url('flags.git'));
    server.behaviour = { sendPack };
    await expectFailure(mirror, /took longer|broke off/, { timeoutMs: TIMEOUT_MS });
    server.behaviour = 'serve';
    await expectRecovery(mirror);
  });

  it.each<[string, RegExp, (response: ServerResponse, honest: Buffer) => void]>([
    [
      'hangs up in the middle of it',
      /broke off|malformed/,
      (response, honest) => {
        response.write(honest.subarray(0, honest.length / 2), () => response.destroy());
      },
    ],
    [
      'ends it too early',
      /broke off|malformed/,
      (response, honest) => response.end(honest.subarray(0, honest.length / 2)),
    ],
    [
      'sends wrong bytes',
      /broke off|malformed/,
      (response, honest) => {
        const wrong = Buffer.from(honest);
        const at = Math.floor(wrong.length / 2);
        wrong.writeUInt8(wrong.readUInt8(at) ^ 0x10, at);
        response.end(wrong);
      },
    ],
    ['sends no pack at all', /broke off/, (response) => response.end(packAnswerStart)],
    ['gives up', /broke off/, (response) => response.end(channel(3, Buffer.from('out of memory\n')))],
  ])('a server is told apart that, asked for a pack, %s', async (_, part, sendPack) => {
    const server = await serveHttp();
    const mirror = await mirrorOf(server.url('flags.git'));
    server.behaviour = { sendPack };
    await expectFailure(mirror, part);
    server.behaviour = 'serve';
    await expectRecovery(mirror);
  });

  it('does not have git reserve as much memory as a server likes', async () => {
    const server = await serveHttp();
    const mirror = await mirrorOf(server.url('flags.git'));
    server.behaviour = {
      sendPack: (response) => {
        const pack = Buffer.concat([packStart('commit', 600 * MEBIBYTE), compressedStart]);
        response.end(Buffer.concat([packAnswerStart, channel(1, pack)]));
      },
    };
    await expectFailure(mirror, 'attempting to allocate');
  });
});

describe('a fetch that is too large', () => {
  it('is ended while it arrives', async () => {
    const server = await serveHttp();
    const mirror = await mirrorOf(server.url('flags.git'));
    server.behaviour = {
      sendPack: (response) => {
        const start = Buffer.concat([packStart('blob', 4_096 * MEBIBYTE), compressedStart]);
        response.write(Buffer.concat([packAnswerStart, channel(1, start)]));
        sendForever(response, channel(1, incompressible()));
      },
    };
    const message = /main of http:\S+ brings is refused: it is larger than 3\.0 MiB \(\d+\.\d MiB when it was ended\)/;
    await expectFailure(mirror, message, { maxReceivedBytes: 3 * MEBIBYTE });
    server.behaviour = 'serve';
    await expectRecovery(mirror);
  });

  it('is refused also where it arrived between two looks, and what was there before stays', async () => {
    const mirror = await mirrorOf(repository.url);
    await expectRecovery(mirror);
    const good = await repository.git('rev-parse', 'HEAD');
    await repository.commit({ 'flags/huge.txt': randomText(300_000) });
    await expectFailure(mirror, 'larger than 0.1 MiB', { maxReceivedBytes: 100_000 });
    expect((await readTree(mirror, good, 'flags')).entries).toHaveLength(1);
    expect(await fetchRef(mirror, 'main', { maxReceivedBytes: 2 * MEBIBYTE })).toBe(
      await repository.git('rev-parse', 'HEAD'),
    );
  });
});

describe('over file', () => {
  it('a remote that blocks is left at the deadline', async () => {
    const head = join(repository.remoteDir, 'HEAD');
    await rm(head);
    await promisify(execFile)('mkfifo', [head]);
    const mirror = await mirrorOf(repository.url);
    await expectFailure(mirror, 'took longer than 1 s', { timeoutMs: TIMEOUT_MS });
  });

  it('a remote that lacks an object is told apart', async () => {
    for (const file of await objectFiles(repository.remoteDir)) if ((await stat(file)).size > 10_000) await rm(file);
    await expectFailure(await mirrorOf(repository.url), /broke off|malformed/);
  });
});

describe.skipIf(sshMissing !== undefined)(`over ssh${sshMissing === undefined ? '' : `: ${sshMissing}`}`, () => {
  async function overSsh(command: string): Promise<GitMirror> {
    const server = await SshServer.start(join(repository.folder, 'ssh'), command);
    stops.push(() => server.stop());
    const auth = { sshKeyFile: server.keyFile, knownHostsFile: server.knownHostsFile };
    return mirrorOf(server.url(repository.remoteDir), auth);
  }

  it('a server that never says who it is is left at the deadline', async () => {
    const port = await serveRaw((socket) => socket.resume());
    const mirror = await mirrorOf(`ssh://git@127.0.0.1:${port}/flags.git`);
    await expectFailure(mirror, 'took longer than 1 s', { timeoutMs: TIMEOUT_MS });
  });

  it.each([
    ['says nothing', 'exec cat > /dev/null'],
    ['complains for ever', 'exec yes complaint >&2'],
  ])('a server that %s is left at the deadline', async (_, command) => {
    const mirror = await overSsh(command);
    await expectFailure(mirror, /took longer/, { timeoutMs: 2_000 });
  });

  it.each([
    ['sends garbage for ever', 'exec yes garbage', /broke off/],
    ['hangs up in the middle of a pack', 'sh -c $SSH_ORIGINAL_COMMAND | head -c 50000', /broke off|malformed/],
  ])('a server that %s is told apart', async (_, command, part) => {
    await expectFailure(await overSsh(command), part);
  });
});
