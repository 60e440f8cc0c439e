/**
 * Bucketing `flagd-v2`: MurmurHash3 x86 32-bit with seed 0 over the UTF-8 of salt + value, scaled to a bucket.
 *
 * Sources: Austin Appleby's MurmurHash3 (`MurmurHash3_x86_32`); flagd's `fractional` of 2026, `(hash × W) >> 32`.
 * The salt's part of the hash is computed once; hashing a value then allocates nothing.
 */

/** W for the decision whether a context is in: thousandths of a percent. */
export const BUCKETS = 100_000;

/** Thousandths of a percent in a percent. */
export const WEIGHTS_PER_PERCENT = 1_000;

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

// The state of the one hash that is under way. Nothing here awaits, so two hashes can never interleave.
let hash = 0;
let block = 0;
let blockBytes = 0;
let totalBytes = 0;

function scramble(k: number): number {
  const mixed = Math.imul(k, C1);
  return Math.imul((mixed << 15) | (mixed >>> 17), C2);
}

function addByte(byte: number): void {
  block |= byte << (8 * blockBytes);
  totalBytes++;
  if (++blockBytes < 4) return;
  const mixed = hash ^ scramble(block);
  hash = (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
  block = 0;
  blockBytes = 0;
}

/** Adds a string's UTF-8; a lone surrogate counts as U+FFFD, as in `TextEncoder`. */
function addText(text: string): void {
  for (let i = addAscii(text); i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) addByte(unit);
    else if (unit < 0x800) {
      addByte(0xc0 | (unit >> 6));
      addByte(0x80 | (unit & 0x3f));
    } else if (unit < 0xd800 || unit > 0xdfff) addThreeBytes(unit);
    else {
      const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : Number.NaN;
      if (low >= 0xdc00 && low <= 0xdfff) {
        const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        addByte(0xf0 | (point >> 18));
        addByte(0x80 | ((point >> 12) & 0x3f));
        addByte(0x80 | ((point >> 6) & 0x3f));
        addByte(0x80 | (point & 0x3f));
        i++;
      } else addThreeBytes(0xfffd);
    }
  }
}

/** Adds what ASCII a string begins with; gives its length. In local variables it takes a third less time. */
function addAscii(text: string): number {
  let [mixed, bytes, shift] = [hash, block, 8 * blockBytes];
  let at = 0;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) break;
    bytes |= unit << shift;
    shift += 8;
    if (shift < 32) continue;
    mixed ^= scramble(bytes);
    mixed = (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
    bytes = shift = 0;
  }
  hash = mixed;
  block = bytes;
  blockBytes = shift >> 3;
  totalBytes += at;
  return at;
}

function addThreeBytes(point: number): void {
  addByte(0xe0 | (point >> 12));
  addByte(0x80 | ((point >> 6) & 0x3f));
  addByte(0x80 | (point & 0x3f));
}

/** Adds a safe integer's decimal digits, without making the string. */
function addInteger(value: number): void {
  let rest = Math.abs(value);
  if (value < 0) addByte(0x2d);
  let power = 1;
  while (power * 10 <= rest) power *= 10;
  for (; power >= 1; power /= 10) {
    const remainder = rest % power;
    addByte(0x30 + (rest - remainder) / power);
    rest = remainder;
  }
}

function finish(): number {
  let h = hash;
  if (blockBytes > 0) h ^= scramble(block);
  h ^= totalBytes;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  // Signed: an unsigned one above 2^31 would be a heap number, 16 bytes for every other call.
  return h ^ (h >>> 16);
}

/** Whether a rollout can hash the value: a non-empty string or a safe integer. */
export function isHashable(value: unknown): value is string | number {
  return typeof value === 'string' ? value !== '' : Number.isSafeInteger(value);
}

/** The hash function of one salt: a hashable value to a signed 32-bit hash of `salt + value`. */
export function hasher(salt: string): (value: string | number) => number {
  hash = block = blockBytes = totalBytes = 0;
  addText(salt);
  // Numbers rather than an object: among ten thousand flags every object on the way is one more miss of the cache.
  const [saltHash, saltBlock, saltBlockBytes, saltBytes] = [hash, block, blockBytes, totalBytes];
  return (value) => {
    hash = saltHash;
    block = saltBlock;
    blockBytes = saltBlockBytes;
    totalBytes = saltBytes;
    if (typeof value === 'string') addText(value);
    else addInteger(value);
    return finish();
  };
}

/**
 * `(hash × weight) >> 32` in exact integers: the bucket, from 0 to `weight` − 1.
 * Both halves of the product stay below 2^53, since `weight` is below 2^31.
 */
export function bucketOf(hash: number, weight: number): number {
  const low = Math.floor(((hash & 0xffff) * weight) / 0x10000);
  return Math.floor(((hash >>> 16) * weight + low) / 0x10000);
}
