/** Values that tell nobody's name: hashed by us, or made up by us. */
import { HASHED_PREFIX, SYNTHETIC_PREFIX } from '../../provider/sampler/index.js';

/** What `keyedHash` makes: 120 bits in base64url. */
const HASHED = new RegExp(`^${HASHED_PREFIX}[A-Za-z0-9_-]{20}$`);

/** What `flagctl contexts synth` makes. */
const SYNTHETIC = new RegExp(`^${SYNTHETIC_PREFIX}[0-9]{1,16}$`);

/** Whether a text is a keyed hash, by all of its form. */
export function isHashedKey(text: string): boolean {
  return HASHED.test(text);
}

/** Whether a text is a made-up targeting key, by all of its form. */
export function isSyntheticKey(text: string): boolean {
  return SYNTHETIC.test(text);
}
