/** Tests and hashes that many flags, environments and both sides of a change share: each is worked out once a context. */
import {
  canonical,
  PLAIN_MAKERS,
  type EvaluationContext,
  type Makers,
  type Predicate,
} from '../../../provider/engine/index.js';

type Reader = ReturnType<Makers['read']>;
type Hash = ReturnType<Makers['hash']>;

/**
 * Makers of closures that remember what they said last, and of one closure for all that ask the same. Only for contexts
 * that nobody changes; flags have to be asked one after the other with the same context for it to be worth it.
 */
export function sharedMakers(): Makers {
  const tests = new Map<string, Predicate>();
  const readers = new Map<string, Reader>();
  const hashes = new Map<string, Hash>();
  return {
    test: (path, operand) =>
      shared(tests, canonical([path, operand]), () => rememberingTest(PLAIN_MAKERS.test(path, operand))),
    read: (path) => shared(readers, path, () => rememberingReader(PLAIN_MAKERS.read(path))),
    hash: (salt) => shared(hashes, salt, () => rememberingHash(PLAIN_MAKERS.hash(salt))),
  };
}

function shared<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

function rememberingTest(test: Predicate): Predicate {
  let last: EvaluationContext | undefined;
  let answer = false;
  return (context) => {
    if (context === last) return answer;
    last = context;
    return (answer = test(context));
  };
}

function rememberingReader(read: Reader): Reader {
  let last: EvaluationContext | undefined;
  let value: unknown;
  return (context) => {
    if (context === last) return value;
    last = context;
    return (value = read(context));
  };
}

function rememberingHash(hash: Hash): Hash {
  let last: string | number = '';
  let answer = hash('');
  return (value) => {
    if (value === last) return answer;
    last = value;
    return (answer = hash(value));
  };
}
