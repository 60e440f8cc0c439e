import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../errors.js';
import { zipOf, type ZipFile } from './testing/zip.js';
import { unzip } from './unzip.js';

const ROW = '{"targetingKey":"u-1","country":"DE"}\n';
const MAX_BYTES = 1_000_000;

const hasPython = spawnSync('python3', ['-c', 'import zipfile']).status === 0;

let folder: string;
let out: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-unzip-'));
  out = join(folder, 'out');
  await mkdir(out);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function unpack(archive: Uint8Array, maxBytes = MAX_BYTES) {
  const path = join(folder, 'a.zip');
  await writeFile(path, archive);
  return unzip(path, out, maxBytes);
}

async function written(): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

describe('unzip', () => {
  it('takes files of contexts, and says what it left', async () => {
    const archive = zipOf(
      { name: 'a.jsonl', content: ROW },
      { name: 'sampled/', mode: 0o040755, isStored: true },
      { name: 'sampled/b 1.csv.gz', content: Buffer.from([1, 2, 3]), isStored: true },
      { name: 'empty.jsonl' },
      { name: 'stored-empty.jsonl', isStored: true },
      { name: 'README.md', content: 'x' },
      { name: '.hidden.jsonl', content: ROW },
      { name: '-rf.jsonl', content: ROW },
    );
    expect(await unpack(archive)).toEqual({
      taken: [
        { name: 'a.jsonl', bytes: ROW.length },
        { name: 'sampled/b 1.csv.gz', bytes: 3 },
        { name: 'empty.jsonl', bytes: 0 },
        { name: 'stored-empty.jsonl', bytes: 0 },
      ],
      left: ['README.md', '.hidden.jsonl', '-rf.jsonl'],
    });
    expect(await readFile(join(out, 'a.jsonl'), 'utf8')).toBe(ROW);
    expect(await readFile(join(out, 'sampled/b 1.csv.gz'))).toEqual(Buffer.from([1, 2, 3]));
  });

  it.skipIf(!hasPython)('reads what another program packed', async () => {
    await mkdir(join(folder, 'in/deep'), { recursive: true });
    await writeFile(join(folder, 'in/deep/a.jsonl'), ROW.repeat(10_000));
    const program = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)
z.write(sys.argv[2], 'deep/a.jsonl')
z.comment = b'PK\\x05\\x06 ' + b'x' * 60000
z.close()`;
    const archive = join(folder, 'b.zip');
    await promisify(execFile)('python3', ['-c', program, archive, join(folder, 'in/deep/a.jsonl')]);
    expect((await unzip(archive, out, MAX_BYTES)).taken).toEqual([
      { name: 'deep/a.jsonl', bytes: ROW.length * 10_000 },
    ]);
    expect(await readFile(join(out, 'deep/a.jsonl'), 'utf8')).toBe(ROW.repeat(10_000));
  });

  const sound: ZipFile = { name: 'a.jsonl', content: ROW };
  it.each<readonly [why: string, files: readonly ZipFile[], message: RegExp]>([
    ['a path out of the folder', [sound, { name: '../evil.jsonl', content: ROW }], /out of its folder/],
    ['a path that goes down and up', [sound, { name: 'a/../../evil.jsonl', content: ROW }], /out of its folder/],
    ['the same without contexts', [sound, { name: '../evil', content: ROW }], /out of its folder/],
    ['an absolute path', [sound, { name: '/tmp/evil.jsonl', content: ROW }], /an absolute path/],
    ['a path of Windows', [sound, { name: '..\\evil.jsonl', content: ROW }], /another system/],
    ['a drive', [sound, { name: 'C:evil.jsonl', content: ROW }], /another system/],
    ['a NUL', [sound, { name: 'evil.jsonl\0.md', content: ROW }], /control character/],
    ['no name', [sound, { name: '', content: ROW }], /out of its folder/],
    ['a folder out of the folder', [sound, { name: '../evil/', mode: 0o040755, isStored: true }], /^$/],
    ['a link', [sound, { name: 'b.jsonl', content: '/etc/passwd', mode: 0o120777 }], /a link or a device/],
    [
      'a link to a folder',
      [
        { name: 'd', content: '..', mode: 0o120777 },
        { name: 'd/evil.jsonl', content: ROW },
      ],
      /a link or a device/,
    ],
    ['a pipe', [sound, { name: 'b.jsonl', mode: 0o010644 }], /a link or a device/],
    ['a folder that is called a file', [sound, { name: 'b.jsonl', mode: 0o040755 }], /no zip/],
    ['two of one name', [sound, { name: 'A.jsonl', content: ROW }], /twice/],
    ['an encrypted file', [sound, { name: 'b.jsonl', content: ROW, flags: 9 }], /encrypted/],
    ['another method', [sound, { name: 'b.jsonl', content: ROW, method: 93 }], /method 93/],
    ['a file of over 4 GiB', [sound, { name: 'b.jsonl', content: ROW, bytes: 0xffffffff }], /4 GiB/],
    ['a name that is no UTF-8', [sound, { name: Buffer.from([0xff, 0xfe]), content: ROW }], /not UTF-8/],
  ])('refuses %s before anything is written', async (why, files, message) => {
    if (why === 'a folder out of the folder') {
      // It is never made: folders come of the files in them.
      expect((await unpack(zipOf(...files))).taken).toHaveLength(1);
      expect(await readdir(folder)).not.toContain('evil');
      return;
    }
    const refused = unpack(zipOf(...files));
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
    expect(await written()).toEqual(['a.zip']);
  });

  it.each<readonly [why: string, file: ZipFile, message: RegExp]>([
    ['is longer than it says', { name: 'b.jsonl', content: ROW.repeat(9), bytes: 9 }, /longer than it says/],
    ['is shorter than it says', { name: 'b.jsonl', content: ROW, bytes: 900 }, /damaged/],
    ['has another checksum', { name: 'b.jsonl', content: ROW, crc: 1 }, /damaged/],
    ['is no deflate', { name: 'b.jsonl', content: ROW, isStored: true, method: 8 }, /cannot be unpacked/],
    ['reaches beyond the archive', { name: 'b.jsonl', content: ROW, packedBytes: 100_000 }, /no zip/],
  ])('refuses a file that %s', async (_why, file, message) => {
    await expect(unpack(zipOf(file))).rejects.toThrow(message);
  });

  it('counts what it writes, whatever the archive says', async () => {
    const bomb = 'x'.repeat(3_000_000);
    const claims = zipOf({ name: 'a.jsonl', content: bomb });
    expect(claims.length).toBeLessThan(10_000);
    await expect(unpack(claims)).rejects.toThrow(/more than is read/);
    const many = zipOf(
      ...Array.from({ length: 4 }, (_, at) => ({ name: `${at}.jsonl`, content: 'x'.repeat(300_000) })),
    );
    await rm(out, { recursive: true });
    await expect(unpack(many)).rejects.toThrow(/more than is read/);
  });

  it.each<readonly [why: string, archive: () => Uint8Array, message: RegExp]>([
    ['nothing', () => Buffer.alloc(0), /no zip/],
    ['text', () => Buffer.from('{"message":"no"}'.repeat(100)), /no zip/],
    ['half of one', () => zipOf(sound).subarray(20), /no zip/],
    [
      'too many files',
      () => zipOf(...Array.from({ length: 1_001 }, (_, at) => ({ name: `${at}.jsonl` }))),
      /1001 files/,
    ],
    ['a list that is too long', () => spoiled((end) => end.writeUInt32LE(5_000_000, 12)), /endless list/],
    ['a list that is not there', () => spoiled((end) => end.writeUInt32LE(5_000, 16)), /no zip/],
    ['more files than its list', () => spoiled((end) => end.writeUInt32LE(0x00_09_00_09, 8)), /no zip/],
    ['one of several parts', () => spoiled((end) => end.writeUInt16LE(1, 4)), /several parts/],
  ])('refuses %s', async (_why, archive, message) => {
    await expect(unpack(archive())).rejects.toThrow(message);
  });

  it('writes over no file', async () => {
    await writeFile(join(out, 'a.jsonl'), 'mine');
    await expect(unpack(zipOf(sound))).rejects.toThrow(/there is a file "a.jsonl" already/);
    expect(await readFile(join(out, 'a.jsonl'), 'utf8')).toBe('mine');
  });

  function spoiled(edit: (end: Buffer) => void): Buffer {
    const archive = zipOf(sound);
    edit(archive.subarray(archive.length - 22));
    return archive;
  }
});
