import * as fc from 'fast-check';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ruleset, Stored } from '../engine/index.js';
import { readBundle, writeBundle } from './bundle.js';
import { readWorkingTree } from './directory.js';
import { load, type LoadedRepository } from './load.js';
import { SyncError } from './sync-error.js';
import type { Tree } from './tree.js';

let loaded: LoadedRepository;
let bundle: string;
let restored: Ruleset;

beforeAll(async () => {
  const result = await load(await readWorkingTree(join(import.meta.dirname, '../..'), 'flags'));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  loaded = result.loaded;
  bundle = writeBundle(loaded, 'flags');
  const again = await readBundle(bundle);
  if (!again.ok) throw new Error(again.problems.map(({ message }) => message).join('\n'));
  restored = again.loaded.ruleset;
});

const text = fc.constantFrom('DE', 'SE', 'premium', 'ann@example.com', 'vip', '4.2.0', '2026-08-01', 'web', '');
const value = fc.oneof(text, fc.integer({ min: -5, max: 2_000 }), fc.boolean(), fc.constant(null), fc.array(text));

/** Contexts of the attributes that the flags ask for. */
function contexts() {
  const names = new Set([...bundle.matchAll(/"([A-Za-z][\w.]*)":/g)].map(([, name]) => name ?? ''));
  const attributes = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 12 });
  return fc
    .record({ attributes, targetingKey: fc.option(fc.string(), { nil: undefined }) })
    .map(({ attributes: own, targetingKey }) => ({ ...own, ...(targetingKey !== undefined && { targetingKey }) }));
}

describe('a bundle', () => {
  it('evaluates every example flag as the repository does', () => {
    expect(loaded.ruleset.documents.flags.size).toBeGreaterThan(20);
    for (const environment of loaded.ruleset.documents.policy.environments) {
      const [before, after] = [loaded.ruleset.snapshot(environment), restored.snapshot(environment)];
      fc.assert(
        fc.property(contexts(), (context) => {
          expect(after.evaluateAll(context)).toEqual(before.evaluateAll(context));
        }),
        { numRuns: 500 },
      );
    }
  });

  it('holds the documents, the revision and the name of the repository', () => {
    expect(restored.revision).toEqual(loaded.ruleset.revision);
    const { policy, flags, segments, guardrails, retired } = restored.documents;
    const read = (stores: ReadonlyMap<string, Stored<unknown>>) => [...stores].map(([name, stored]) => [name, stored.read()]);
    const before = loaded.ruleset.documents;
    expect({ policy, retired }).toEqual({ policy: before.policy, retired: before.retired });
    expect([flags, segments, guardrails].map(read)).toEqual([before.flags, before.segments, before.guardrails].map(read));
  });

  it('is the same text each time, and after a round', async () => {
    expect(writeBundle(loaded, 'flags')).toBe(bundle);
    const { documents, ...head } = JSON.parse(bundle) as { documents: { path: string }[] };
    expect(head).toMatchObject({ format: 'guidon-bundle/1', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    expect(documents.map(({ path }) => path)).toContain('policy.yaml');
  });

  it('keeps characters that YAML has written as an escape', async () => {
    const files = { 'a/b/c.yaml': smallFlag('"zero\\u200bwidth \\U0001F6A9"'), 'policy.yaml': smallPolicy };
    const result = await load(memoryTree(files));
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
    const again = await readBundle(writeBundle(result.loaded, ''));
    expect(again).toMatchObject({ ok: true, loaded: { ruleset: { documents: result.loaded.ruleset.documents } } });
  });
});

const broken: readonly (readonly [what: string, change: (bundle: string) => string, message: RegExp])[] = [
  ['a text that is no JSON', (whole) => whole.slice(0, -5), /not JSON/],
  ['another version', (whole) => whole.replace('guidon-bundle/1', 'guidon-bundle/2'), /format is "guidon-bundle\/2"/],
  ['no object', () => '[]', /format/],
  ['a changed value', (whole) => whole.replace('"enabled":true', '"enabled":false'), /digest/],
  ['a missing digest', (whole) => whole.replace('"digest"', '"digets"'), /lacks/],
  ['a document twice', (whole) => withDocuments(whole, (documents) => [...documents, documents[0]]), /lacks/],
  ['documents that are none', (whole) => withDocuments(whole, () => [1]), /lacks/],
];

describe('readBundle refuses', () => {
  it.each(broken)('%s', async (_what, change, message) => {
    const error: unknown = await readBundle(change(bundle)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SyncError);
    expect((error as SyncError).message).toMatch(message);
  });
});

function withDocuments(whole: string, change: (documents: readonly unknown[]) => readonly unknown[]): string {
  const value = JSON.parse(whole) as { documents: unknown[] };
  return JSON.stringify({ ...value, documents: change(value.documents) });
}

const smallPolicy = 'bucketing: flagd-v2\nenvironments: [production]\nteams: { a-team: { codeOwner: "@a/a" } }\n';

function smallFlag(variant: string): string {
  const governance = 'key: a.b.c\ntype: ops\nowner: a-team\nriskTier: low\nexpiresAt: never\ndescription: d\n';
  return `${governance}variants: { one: ${variant}, two: x }\ndefault: one\n`;
}

function memoryTree(files: Readonly<Record<string, string>>): Tree {
  return {
    revision: 'sha256:0',
    repository: 'test',
    root: '',
    entries: Object.keys(files).map((path) => ({ path, id: path, kind: 'file' as const })),
    hasCodeowners: false,
    read: (entries) => Promise.resolve(new Map(entries.map(({ id }) => [id, new TextEncoder().encode(files[id])]))),
  };
}
