import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonLines } from './json-lines.js';
import { parseBatch } from './parse-batch.js';
import type { LinesBatch } from '../contexts.js';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let index = 0; start < bytes.length; index += 1) {
    const size = sizes.length === 0 ? bytes.length : (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

async function read(bytes: Uint8Array, sizes: readonly number[] = [], maxLineBytes = 1024): Promise<LinesBatch[]> {
  const batches: LinesBatch[] = [];
  for await (const batch of readJsonLines('a.jsonl', chunksOf(bytes, sizes), maxLineBytes)) batches.push(batch);
  return batches;
}

async function parse(bytes: Uint8Array, sizes: readonly number[] = [], maxLineBytes = 1024) {
  const parsed = (await read(bytes, sizes, maxLineBytes)).map((batch) => parseBatch(batch, {}));
  return {
    contexts: parsed.flatMap(({ contexts }) => contexts.map(({ context }) => context)),
    refused: parsed.flatMap(({ refused }) => refused.map(({ row, message }) => ({ row, message }))),
  };
}

describe('JSON Lines', () => {
  it.each([
    ['newlines', '{"a":1}\n{"a":2}\n'],
    ['no newline at the end', '{"a":1}\n{"a":2}'],
    ['carriage returns', '{"a":1}\r\n{"a":2}\r\n'],
    ['a byte order mark', '\uFEFF{"a":1}\n{"a":2}\n'],
    ['blank lines', '\n{"a":1}\n\n  \r\n{"a":2}\n\n'],
  ])('reads lines with %s', async (_, text) => {
    expect(await parse(Buffer.from(text))).toEqual({ contexts: [{ a: 1 }, { a: 2 }], refused: [] });
  });

  it.each(['', '\n', ' \r\n\t\n', '\uFEFF\n'])('says that %j holds no contexts', async (text) => {
    await expect(read(Buffer.from(text))).rejects.toThrow(
      'a.jsonl holds no contexts: there is nothing but white space',
    );
  });

  it('refuses a line beyond the limit by its number, and reads those around it', async () => {
    const long = `{"a":"${'x'.repeat(2000)}"}`;
    const { contexts, refused } = await parse(
      Buffer.from(`{"a":1}\n${long}\n{"a":3}\n${long}\n${long}\nnull\n${long}`),
    );
    expect(contexts).toEqual([{ a: 1 }, { a: 3 }]);
    expect(refused.map(({ row }) => row)).toEqual([2, 4, 5, 6, 7]);
    expect(refused[0]?.message).toBe('the line is longer than 1,024 bytes, the most a context may have');
  });

  it('takes a line of exactly the limit', async () => {
    const line = `{"a":"${'x'.repeat(1016)}"}`;
    expect(Buffer.byteLength(line)).toBe(1024);
    expect((await parse(Buffer.from(`${line}\n${line}x\n`))).refused.map(({ row }) => row)).toEqual([2]);
  });

  it('holds no line that does not end', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let megabytes = 0; megabytes < 2000; megabytes += 1) yield piece;
      yield Buffer.from('\n{"a":1}\n');
    }
    const before = process.memoryUsage().rss;
    const batches: LinesBatch[] = [];
    for await (const batch of readJsonLines('a.jsonl', endless(), 1024 * 1024)) batches.push(batch);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect(batches.flatMap(({ refused }) => refused).map(({ row }) => row)).toEqual([1]);
    expect(batches.at(-1)).toMatchObject({ first: 2, bytes: new Uint8Array(Buffer.from('{"a":1}\n')) });
  });

  it('hands out batches of about a quarter of a megabyte that own their memory', async () => {
    const bytes = Buffer.from('{"targetingKey":"u-1"}\n'.repeat(50_000));
    const batches = await read(bytes, [65_536]);
    expect(Buffer.concat(batches.map(({ bytes }) => bytes)).equals(bytes)).toBe(true);
    for (const { bytes } of batches) {
      expect(bytes.buffer.byteLength).toBe(bytes.length);
      expect(bytes.length).toBeLessThan(2 * 256 * 1024);
    }
    let line = 1;
    for (const { first, bytes } of batches) {
      expect(first).toBe(line);
      line += bytes.filter((byte) => byte === 0x0a).length;
    }
  });

  it('gives the same rows wherever the chunks end', async () => {
    const line = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.integer({ min: 0, max: 200 }).map((length) => 'x'.repeat(length)),
      fc.constant(''),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), sizes, async (lines, sizes) => {
        const bytes = Buffer.from(`{}\n${lines.join('\n')}`);
        expect(await parse(bytes, sizes, 100)).toEqual(await parse(bytes, [], 100));
      }),
    );
  });

  it('never fails for what a file holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 20 }), async (bytes, size) => {
        const { contexts, refused } = await parse(Buffer.concat([Buffer.from('{}\n'), bytes]), [size], 50);
        expect(contexts.length).toBeGreaterThan(0);
        for (const { message } of refused) expect(message).toMatch(/^[\x20-\x7e…]{10,120}$/);
      }),
    );
  });
});
