import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, hasher, isHashable } from './bucket.js';
import { murmur3 } from './testing/murmur3.js';

const hashOf = (text: string): number => hasher('')(text) >>> 0;

describe('MurmurHash3 x86 32-bit, seed 0', () => {
  // Published with the algorithm's ports: SMHasher's bytes of zeros, the strings of SHA's test vectors, the usual pangram.
  it.each([
    ['\0', 0x514e28b7],
    ['\0\0', 0x30f4c306],
    ['\0\0\0', 0x85f0b427],
    ['\0\0\0\0', 0x2362f9de],
    ['a', 0x3c2569b2],
    ['abc', 0xb3dd93fa],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 0xee925b90],
  ])('of %j', (text, hash) => {
    expect(hashOf(text)).toBe(hash);
  });

  it.each([
    'é',
    'Straße',
    '日本語',
    'Ω≈ç√',
    '😀',
    '👩‍👩‍👧',
    'a\u0301',
    '\u007f\u0080\u07ff\u0800\uffff',
    '\u{10000}\u{10ffff}',
  ])('over the UTF-8 of %j', (text) => {
    expect(hashOf(text)).toBe(murmur3(Buffer.from(text, 'utf8')));
  });

  it.each(['\ud83d', '\ude00', 'a\ud83d', '\ud83dx', '\ude00\ud83d', '\ud83d\ud83d\ude00'])(
    'a lone surrogate in %j is U+FFFD',
    (text) => {
      expect(hashOf(text)).toBe(murmur3(Buffer.from(new TextEncoder().encode(text))));
    },
  );

  it('is that of the reference for any text, wherever salt and value meet', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(text, text, (salt, value) => {
        expect(hasher(salt)(value) >>> 0).toBe(murmur3(Buffer.from(salt + value, 'utf8')));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps two salts apart, however their calls alternate', () => {
    const [one, two] = [hasher('one'), hasher('a second, longer salt')];
    const alone = [one('x'), two('x'), one('y'), two('y')];
    expect([two('x'), one('x'), two('y'), one('y')]).toEqual([alone[1], alone[0], alone[3], alone[2]]);
  });

  it('takes an integer as its decimal digits', () => {
    const edges = [0, -0, 1, -1, 9, 10, 99, 100, 2 ** 31, -(2 ** 31), 2 ** 32, 10 ** 15, 10 ** 15 - 1, -(10 ** 15)];
    for (const value of [...edges, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(hasher('salt')(value), String(value)).toBe(hasher('salt')(String(value)));
    }
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => hasher('s')(value) === hasher('s')(String(value))));
  });
});

describe('what can be hashed', () => {
  it.each(['x', ' ', '0', 0, -0, 1, -1, 2 ** 53 - 1, -(2 ** 53 - 1)])('%j can', (value) => {
    expect(isHashable(value)).toBe(true);
  });

  const others = [
    '',
    2 ** 53,
    -(2 ** 53),
    0.5,
    Number.NaN,
    Infinity,
    true,
    null,
    undefined,
    5n,
    ['x'],
    {},
    new Date(0),
    Object('x'),
  ];
  it.each(others)('%o can’t', (value) => {
    expect(isHashable(value)).toBe(false);
  });
});

describe('bucketOf', () => {
  const exact = (hash: number, weight: number): number => Number((BigInt(hash) * BigInt(weight)) >> 32n);

  it('is (hash × weight) >> 32 at the edges', () => {
    const hashes = [
      0, 1, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0xfffeffff, 0xffff0000, 0xfffffffe, 0xffffffff,
    ];
    const weights = [1, 2, 3, 1_000, 65_535, 65_536, 99_999, BUCKETS, 100_001, 2 ** 30, 2 ** 31 - 1];
    for (const hash of hashes) {
      for (const weight of weights) expect(bucketOf(hash, weight), `${hash} × ${weight}`).toBe(exact(hash, weight));
    }
  });

  it('is (hash × weight) >> 32 for any two, and below the weight', () => {
    const hash = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const weight = fc.oneof(fc.integer({ min: 1, max: BUCKETS }), fc.integer({ min: 1, max: 2 ** 31 - 1 }));
    fc.assert(
      fc.property(hash, weight, (h, w) => bucketOf(h, w) === exact(h, w) && bucketOf(h, w) < w),
      { numRuns: 100_000 },
    );
  });
});
