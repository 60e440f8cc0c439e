/** Which ruleset a persisted one is, so that no other is ever taken for it. */
import { createHash } from 'node:crypto';
import { excerpt } from '../../repository/excerpt.js';
import type { BundleContent } from '../../repository/bundle/content.js';
import { SyncError } from '../../repository/sync-error.js';

/** Whose ruleset it is. */
export interface RulesetIdentity {
  /** The repository's URL without credentials, or the path of a directory. */
  readonly source: string;
  readonly ref: string;
  /** The flags folder. */
  readonly path: string;
  readonly environment: string;
}

/** 128 bits of a SHA-256, in hex: enough never to meet the same twice. */
const NAME_LENGTH = 32;
const names = { source: 'repository', ref: 'ref', path: 'folder', environment: 'environment' } as const;

/** A file name that no other identity has. */
export function identityName({ source, ref, path, environment }: RulesetIdentity): string {
  const text = JSON.stringify([source, ref, path, environment]);
  return createHash('sha256').update(text).digest('hex').slice(0, NAME_LENGTH);
}

/** Holds the labels of a bundle against an identity. @throws SyncError (later) where they tell another */
export function requireIdentity({ labels }: BundleContent, identity: RulesetIdentity): void {
  for (const [key, name] of Object.entries(names) as [keyof RulesetIdentity, string][]) {
    const [found, expected] = [labels[key], identity[key]];
    if (found === expected) continue;
    throw new SyncError(`it is of another ${name}: found ${excerpt(found)}, expected ${excerpt(expected)}`, 'later');
  }
}
