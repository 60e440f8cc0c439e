/** The smallest parts of what is compiled, and who makes them. */
import { hasher } from './bucket.js';
import { attributeReader, compileAttribute, type TestMaker } from './condition.js';

/** Makes attribute tests, readers and hash functions; whoever compares rulesets may share those that are alike. */
export interface Makers {
  readonly test: TestMaker;
  /** From a path to a function as {@link attributeReader} gives it. */
  readonly read: typeof attributeReader;
  /** From a salt to a function as {@link hasher} gives it. */
  readonly hash: typeof hasher;
}

/** Makes each anew, without anything to remember: what serves. */
export const PLAIN_MAKERS: Makers = { test: compileAttribute, read: attributeReader, hash: hasher };
