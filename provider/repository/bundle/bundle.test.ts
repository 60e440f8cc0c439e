import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SyncError } from '../sync-error.js';
import { MAX_BUNDLE_BYTES, MAX_DOCUMENTS, MAX_HEADER_BYTES, type BundleContent } from './content.js';
import { decodeBundle } from './decode.js';
import { encodeBundle } from './encode.js';

const small: BundleContent = {
  repository: 'shop',
  revision: '5d20f20',
  root: 'flags',
  checkedBy: 'guidon 0.1.0',
  labels: { environment: 'production', persistedAtMs: 1_700_000_000_000 },
  documents: [
    { path: 'a/b/c.yaml', id: '0a1b', json: '{"key":"a.b.c","text":"Grüße 🚩"}' },
    { path: 'policy.yaml', id: '2c3d', json: '{"environments":["production"]}' },
  ],
};

const encode = async (content: BundleContent) => Buffer.concat(await encodeBundle(content));

/** The rest with a frame that fits it. */
function framed(rest: string | Buffer, format = 'guidon-bundle/2'): Buffer {
  const bytes = Buffer.from(rest);
  const digest = createHash('sha256').update(bytes).digest('hex');
  return Buffer.concat([Buffer.from(`${format} ${bytes.length} ${digest}\n`), bytes]);
}

async function refusal(bytes: Buffer): Promise<string> {
  const error: unknown = await decodeBundle(bytes).then(
    () => new Error('it was read'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SyncError);
  expect((error as SyncError).retry).toBe('later');
  return (error as SyncError).message;
}

describe('a bundle', () => {
  it('is lines of JSON below a frame', async () => {
    const labels = '"labels":{"environment":"production","persistedAtMs":1700000000000}';
    const rest = `{"repository":"shop","revision":"5d20f20","root":"flags","checkedBy":"guidon 0.1.0","documents":2,${labels}}
{"path":"a/b/c.yaml","id":"0a1b","value":{"key":"a.b.c","text":"Grüße 🚩"}}
{"path":"policy.yaml","id":"2c3d","value":{"environments":["production"]}}
`;
    expect((await encode(small)).toString()).toBe(framed(rest).toString());
    expect(await decodeBundle(framed(rest))).toEqual(small);
  });

  it('gives back whatever was put into it, sorted by path', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const json = fc.oneof(fc.dictionary(text, fc.jsonValue()), fc.array(fc.jsonValue())).map((v) => JSON.stringify(v));
    const labels = fc.dictionary(text, fc.oneof(text, fc.integer()), { maxKeys: 4 });
    const documents = fc.uniqueArray(fc.record({ path: text, id: text, json }), { selector: ({ path }) => path });
    const contents = fc.record({ repository: text, revision: text, root: text, checkedBy: text, labels, documents });
    await fc.assert(
      fc.asyncProperty(contents, async (content) => {
        const sorted = content.documents.toSorted((a, b) => (a.path < b.path ? -1 : 1));
        expect(await decodeBundle(await encode(content))).toEqual({ ...content, documents: sorted });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['within', '","id":"","value":'],
    ['at the end of', '\\'],
    ['of escapes in', '"\\\u0000\n\u2028é'],
  ])('keeps what looks like its own layout %s a path or an id', async (_where, text) => {
    const documents = [{ path: text, id: text, json: `{"a":${JSON.stringify(text)}}` }];
    expect((await decodeBundle(await encode({ ...small, documents }))).documents).toEqual(documents);
  });

  it('takes nothing that is no document on one line, nor a path twice', async () => {
    for (const json of ['', '1', '{', '{"a":\n1}', '[}']) {
      const documents = [{ path: 'a', id: 'b', json }];
      await expect(encodeBundle({ ...small, documents })).rejects.toThrow(/no map or list in compact JSON/);
    }
    const documents = [...small.documents, ...small.documents];
    await expect(encodeBundle({ ...small, documents })).rejects.toThrow(/a\/b\/c\.yaml is there twice/);
  });

  it('lets others have their turn while it is written and read', async () => {
    // Thirty megabytes take several slices of any machine.
    const json = `{"text":"${'ü'.repeat(300_000)}"}`;
    const documents = Array.from({ length: 50 }, (_, index) => ({ path: `${index}`, id: `${index}`, json }));
    let turns = 0;
    const interval = setInterval(() => turns++, 0);
    try {
      const bytes = await encode({ ...small, documents });
      const turnsToWrite = turns;
      await decodeBundle(bytes);
      expect(turnsToWrite).toBeGreaterThan(1);
      expect(turns - turnsToWrite).toBeGreaterThan(1);
    } finally {
      clearInterval(interval);
    }
  });
});

describe('damage', () => {
  it('shows wherever a bundle is cut', async () => {
    const whole = await encode(small);
    expect(whole.length).toBeGreaterThan(400);
    for (let length = 0; length < whole.length; length++) await refusal(whole.subarray(0, length));
  });

  it('shows whichever bit is flipped', async () => {
    const whole = await encode(small);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      await refusal(flipped);
    }
  });

  it('shows where anything follows', async () => {
    const whole = await encode(small);
    for (let byte = 0; byte < 256; byte++) await refusal(Buffer.concat([whole, Buffer.from([byte])]));
    expect(await refusal(Buffer.concat([whole, whole]))).toMatch(/too long: found \d+ bytes .* expected \d+/);
  });
});

const header = (documents: number | string) =>
  `{"repository":"r","revision":"v","root":"","checkedBy":"c","documents":${documents},"labels":{}}`;
const line = (path: string) => `{"path":"${path}","id":"i","value":{}}`;
const lines = (...all: readonly string[]) => framed(all.map((text) => `${text}\n`).join(''));

const refusals: readonly (readonly [what: string, bytes: Buffer, message: RegExp])[] = [
  ['nothing', Buffer.from(''), /it is empty/],
  ['the first format', Buffer.from('{"format":"guidon-bundle/1"}'), /first line is damaged: found .* expected "guidon/],
  [
    'a newer format',
    framed('', 'guidon-bundle/3'),
    /by a newer guidon: found guidon-bundle\/3, expected guidon-bundle\/2/,
  ],
  ['an older format', framed('', 'guidon-bundle/1'), /not known: found guidon-bundle\/1, expected guidon-bundle\/2/],
  ['a length with a zero before it', Buffer.from(lines(header(0)).toString().replace('/2 ', '/2 0')), /first line/],
  ['no header', framed('\n'), /its header is not JSON/],
  ['a header that is a list', lines('[]'), /its header is not laid out/],
  ['a header that lacks something', lines('{"repository":"r"}'), /its header is not laid out/],
  ['a header with white space', lines(header(0).replace(',', ', ')), /its header is not laid out/],
  ['a header with more in it', lines(header(0).replace('{', '{"a":1,')), /its header is not laid out/],
  ['a header in another order', lines(header(0).replace(/("revision":"v"),("root":"")/, '$2,$1')), /not laid out/],
  ['a label that is neither text nor a number', lines(header(0).replace('{}', '{"a":null}')), /not laid out/],
  ['a number of documents that is none', lines(header('"1"'), line('a')), /its header is not laid out/],
  ['a header that is too long', lines(header(0).replace('"r"', `"${'r'.repeat(MAX_HEADER_BYTES)}"`)), /has no end/],
  ['a document too few', lines(header(2), line('a')), /found 1 documents, expected 2/],
  ['a document too many', lines(header(1), line('a'), line('b')), /found 2 documents, expected 1/],
  ['a document twice', lines(header(2), line('a'), line('a')), /document 2 is out of order, or there twice/],
  ['documents out of order', lines(header(2), line('b'), line('a')), /document 2 is out of order/],
  ['an empty line', lines(header(1), ''), /document 1 is not laid out/],
  ['a last line without an end', framed(`${header(1)}\n${line('a')}`), /not lines of UTF-8/],
  [
    'what is no UTF-8',
    framed(Buffer.concat([Buffer.from(header(1)), Buffer.from([0xff, 0x0a])])),
    /not lines of UTF-8/,
  ],
  ['white space in a line', lines(header(1), line('a').replace(',', ', ')), /document 1 is not laid out/],
  ['a line in another order', lines(header(1), '{"id":"i","path":"a","value":{}}'), /document 1 is not laid out/],
  ['an escape that need not be', lines(header(1), line('\\u0061')), /document 1 is not laid out/],
  ['a broken escape', lines(header(1), line('\\x')), /document 1 is not laid out/],
  ['a value that is cut', lines(header(1), '{"path":"a","id":"i","value":{}'), /document 1 is not laid out/],
  ['a value that is no document', lines(header(1), '{"path":"a","id":"i","value":1}'), /document 1 is not laid out/],
];

describe('decodeBundle refuses', () => {
  it.each(refusals)('%s', async (_what, bytes, message) => {
    expect(await refusal(bytes)).toMatch(message);
  });

  it('more than a bundle holds', async () => {
    expect(await refusal(Buffer.alloc(MAX_BUNDLE_BYTES + 1))).toMatch(/more than 67108864 bytes/);
    const many = Array.from({ length: MAX_DOCUMENTS + 1 }, (_, index) => line(String(index).padStart(5, '0')));
    expect(await refusal(lines(header(many.length), ...many))).toMatch(/more than 50000 documents/);
  });
});

describe('encodeBundle refuses what could not be read back', () => {
  const document = (index: number, json = '{}') => ({ path: `${index}`, id: '', json });

  it.each<[what: string, change: Partial<BundleContent>, message: RegExp]>([
    [
      'documents',
      { documents: Array.from({ length: MAX_DOCUMENTS + 1 }, (_, i) => document(i)) },
      /more than 50000 doc/,
    ],
    ['header', { labels: { a: 'x'.repeat(MAX_HEADER_BYTES) } }, /header has more than 65536 bytes/],
    ['bytes', { documents: [document(1, `["${'x'.repeat(MAX_BUNDLE_BYTES)}"]`)] }, /more than 67108864 bytes/],
  ])('%s', async (_what, change, message) => {
    const error: unknown = await encodeBundle({ ...small, ...change }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SyncError);
    expect((error as SyncError).message).toMatch(message);
  });
});
