/** Keyed hashes of targeting keys and other identifying attributes: nobody without the secret can tell whose they are. */
import { createHmac } from 'node:crypto';
import { HASHED_PREFIX } from './key-kind.js';

/** In characters; fewer can be guessed. */
export const MIN_SECRET_LENGTH = 16;

/** Bytes of the hash that are kept: among a billion users, the odds that any two share one are one in a billion. */
const KEPT_BYTES = 15;

/** HMAC-SHA-256 of a value's text, cut to 120 bits, in base64url behind `hashed:`. */
export function keyedHash(secret: string, value: string | number): string {
  const digest = createHmac('sha256', secret).update(String(value)).digest();
  return `${HASHED_PREFIX}${digest.subarray(0, KEPT_BYTES).toString('base64url')}`;
}
