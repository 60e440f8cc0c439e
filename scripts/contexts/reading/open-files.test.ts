import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openContextFiles } from './open-files.js';
import { READ_LIMITS } from './limits.js';
import { readContexts } from './testing/read-contexts.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'contexts-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function readOnly(name: string, bytes: string | Uint8Array, limits = READ_LIMITS) {
  await writeFile(join(directory, name), bytes);
  return readContexts((await openContextFiles([name], directory, {}, limits))[0]);
}

const LINES = '{"targetingKey":"u-1","country":"DE"}\n{"targetingKey":"u-2","country":"AT"}\n';
const CONTEXTS = [
  { targetingKey: 'u-1', country: 'DE' },
  { targetingKey: 'u-2', country: 'AT' },
];

const FIXTURES = fileURLToPath(new URL('testing/', import.meta.url));
/** A frame with content that decoders skip: RFC 8878, section 3.1.2. */
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]);
const ZSTD_CONTEXTS = Array.from({ length: 5 }, (_, n) => ({ targetingKey: `user-${n}`, country: 'DE' }));

describe('archives of zstd', () => {
  it.each(['people-1.jsonl.zst', 'people-19.jsonl.zst'])('are unpacked: %s', async (name) => {
    expect((await readContexts((await openContextFiles([name], FIXTURES, {}))[0])).contexts).toEqual(ZSTD_CONTEXTS);
  });

  it('may have several frames, and some to skip', async () => {
    const frame = await readFile(join(FIXTURES, 'people-1.jsonl.zst'));
    const { contexts } = await readOnly(
      'frames.jsonl.zst',
      Buffer.concat([SKIPPABLE, frame, SKIPPABLE, frame, SKIPPABLE]),
    );
    expect(contexts).toEqual([...ZSTD_CONTEXTS, ...ZSTD_CONTEXTS]);
  });

  it('are refused wherever they end too early', async () => {
    const frame = await readFile(join(FIXTURES, 'people-1.jsonl.zst'));
    for (let length = 4; length < frame.length; length += 1) {
      const reading = readOnly('cut.jsonl.zst', frame.subarray(0, length));
      await expect(reading).rejects.toThrow('cut.jsonl.zst: the archive is damaged or ends too early (zstd: ');
    }
  });

  it.each<[string, readonly number[], string]>([
    ['a window of two terabytes', [0x00, 0xf8], 'it needs 2,199,023,255,552 bytes of memory'],
    ['a content of four gigabytes', [0xa0, 0xff, 0xff, 0xff, 0xff], 'it needs 4,294,967,295 bytes of memory'],
    ['a dictionary', [0x01, 0x00, 0x07], 'it needs a dictionary'],
    ['a block of two megabytes', [0x00, 0x00, 0xff, 0xff, 0xff], 'a block of it is too large'],
  ])('are refused for %s', async (_, header, message) => {
    const bytes = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...header, ...Array<number>(20).fill(0)]);
    await expect(readOnly('large.jsonl.zst', bytes)).rejects.toThrow(`(zstd: ${message})`);
  });

  it('unpack no further than the limit, though four bytes make 128 KiB', async () => {
    // A frame with a window of 128 KiB, and blocks that each repeat one byte: section 3.1.1.2.
    const block = [0x02, 0x00, 0x10, 0x20];
    const bytes = Buffer.from([
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0x00,
      0x38,
      ...Array.from({ length: 50_000 }, () => block).flat(),
    ]);
    const limits = { ...READ_LIMITS, unpackedBytes: 1024 * 1024 };
    await expect(readOnly('bomb.jsonl.zst', bytes, limits)).rejects.toThrow('it unpacks to more than 1,048,576 bytes');
  });
});

describe('opening files of contexts', () => {
  it.each([
    ['a.jsonl', Buffer.from(LINES)],
    ['a.ndjson', Buffer.from(LINES)],
    ['a.JSONL', Buffer.from(LINES)],
    ['a.json-lines', Buffer.from(LINES)],
    ['a.jsonl.gz', gzipSync(LINES)],
    ['a.csv', Buffer.from('targetingKey,country\nu-1,DE\nu-2,AT\n')],
    ['a.tsv.gz', gzipSync('targetingKey\tcountry\nu-1\tDE\nu-2\tAT\n')],
    ['a.jsonl.br', brotliCompressSync(LINES)],
    ['padded.jsonl.gz', Buffer.concat([gzipSync(LINES), Buffer.alloc(512)])],
    ['two-members.jsonl.gz', Buffer.concat([gzipSync(LINES.slice(0, 40)), gzipSync(LINES.slice(40))])],
  ])('reads %s', async (name, bytes) => {
    const { contexts, refused, progress } = await readOnly(name, bytes);
    expect(contexts).toEqual(CONTEXTS);
    expect(refused).toEqual([]);
    expect(progress.at(-1)).toBe(bytes.length);
  });

  it.each([
    ['none.jsonl', undefined, 'there is no file none.jsonl'],
    ['empty.jsonl', '', 'empty.jsonl holds no contexts: it is empty'],
    ['blank.jsonl', '\n\n', 'blank.jsonl holds no contexts: there is nothing but white space in it'],
    ['a', LINES, "a: can't tell the format by the name; expected .jsonl, .ndjson"],
    ['a.gz', gzipSync(LINES), "a.gz: can't tell the format by the name"],
    ['a.json', LINES, 'A list in JSON becomes JSON Lines by: jq'],
    ['a.zip', 'PK', 'Unpack it first'],
    ['a.parquet.gz', 'x', 'a.parquet.gz: unpack it first; a Parquet file is read where it is'],
    ['b.csv', 'PAR1xxxx', 'b.csv: by its name it is CSV, but by its first bytes it is a Parquet file'],
    ['b.csv', 'SQLite format 3\0', 'it is a SQLite database'],
    ['b.jsonl', gzipSync(LINES), 'it is compressed with gzip; give it the name that it should have'],
    ['b.csv', 'PK\u0003\u0004', 'it is a ZIP archive'],
    ['b.csv', Buffer.from('\uFEFFa,b', 'utf16le'), 'UTF-16 text, expected UTF-8; it becomes that by: iconv'],
    ['b.parquet', 'a,b\n', 'b.parquet: by its name it is Parquet, but it does not begin like one'],
    ['b.db', 'PAR1', 'b.db: by its name it is SQLite, but by its first bytes it is a Parquet file'],
    ['b.jsonl.gz', LINES, 'b.jsonl.gz: by its name it is gzip, but it does not begin like one'],
    [
      'b.jsonl.zst',
      gzipSync(LINES),
      'b.jsonl.zst: by its name it is zstd, but by its first bytes it is compressed with gzip',
    ],
    ['list.jsonl', '[\n  {"a":1},\n', 'list.jsonl: a list in JSON, expected one object a line'],
    ['list.jsonl', '[{"a":1}]', 'a list in JSON'],
    [
      'c.jsonl.gz',
      gzipSync(LINES).subarray(0, -9),
      'c.jsonl.gz: the archive is damaged or ends too early (gzip: unexpected end',
    ],
    [
      'c.jsonl.br',
      brotliCompressSync(LINES).subarray(0, -3),
      'c.jsonl.br: the archive is damaged or ends too early (brotli: ',
    ],
    [
      'two.jsonl.br',
      Buffer.concat([brotliCompressSync(LINES), brotliCompressSync(LINES)]),
      'two.jsonl.br: the archive is damaged or ends too early (brotli: there is more after its end)',
    ],
    ['d.jsonl.br', LINES, 'd.jsonl.br: the archive is damaged or ends too early (brotli: '],
  ])('refuses %s', async (name, bytes, message) => {
    if (bytes !== undefined) await writeFile(join(directory, name), bytes);
    await expect((async () => readContexts((await openContextFiles([name], directory, {}))[0]))()).rejects.toThrow(
      message,
    );
  });

  it('refuses folders and what else is no file', async () => {
    await mkdir(join(directory, 'folder.jsonl'));
    await expect(openContextFiles(['folder.jsonl'], directory, {})).rejects.toThrow('folder.jsonl is a folder');
    await expect(openContextFiles(['/dev/null'], directory, {})).rejects.toThrow('/dev/null is no file');
  });

  it('refuses more files, rows or unpacked bytes than there may be', async () => {
    const limits = { ...READ_LIMITS, files: 2, contexts: 3, unpackedBytes: 1000 };
    await expect(openContextFiles(['a', 'b', 'c'], directory, {}, limits)).rejects.toThrow(
      '3 files of contexts, at most 2',
    );
    await expect(readOnly('bomb.jsonl.gz', gzipSync('x'.repeat(1e6)), limits)).rejects.toThrow(
      'bomb.jsonl.gz: it unpacks to more than 1,000 bytes',
    );
    const large = `${'{}\n'.repeat(100_000)}${' '.repeat(300_000)}\n${'{}\n'.repeat(100_000)}`;
    await expect(readOnly('large.jsonl', large, limits)).rejects.toThrow('more than 3 rows of contexts');
  });

  it('takes all that a sampler keeps in its folder at once', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `window-${index}.jsonl`);
    for (const name of names) await writeFile(join(directory, name), LINES);
    const files = await openContextFiles(names, directory, {});
    expect(files.map(({ name }) => name)).toEqual(names);
  });

  it('refuses a file that was cut since it was looked at', async () => {
    await writeFile(join(directory, 'cut.jsonl'), LINES);
    const [file] = await openContextFiles(['cut.jsonl'], directory, {});
    await writeFile(join(directory, 'cut.jsonl'), LINES.slice(0, LINES.indexOf('\n') + 1));
    await expect(readContexts(file)).rejects.toThrow('cut.jsonl became shorter while it was read; run it again');
  });

  it('reads a file twice, and a pipe once', async () => {
    await writeFile(join(directory, 'twice.jsonl'), LINES);
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [file, fifo] = await openContextFiles(['twice.jsonl', 'pipe'], directory, {});
    expect((await readContexts(file)).contexts).toEqual((await readContexts(file)).contexts);
    const [, { contexts }] = await Promise.all([writeFile(pipe, LINES), readContexts(fifo)]);
    expect(contexts).toEqual(CONTEXTS);
    await expect(readContexts(fifo)).rejects.toThrow('pipe is a pipe, which can be read only once');
  });
});
