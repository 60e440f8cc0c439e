import * as fc from 'fast-check';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ruleset, Stored } from '../engine/index.js';
import { readBundle, treeOf, writeBundle } from './bundle.js';
import { readWorkingTree } from './directory.js';
import { load, type LoadedRepository } from './load.js';
import type { Tree } from './tree.js';

let loaded: LoadedRepository;
let bundle: string;
let restored: Ruleset;

beforeAll(async () => {
  const result = await load(await readWorkingTree(join(import.meta.dirname, '../..'), 'flags'));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  loaded = result.loaded;
  bundle = await writeBundle(loaded);
  restored = (await restore(bundle)).ruleset;
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
    const read = (stores: ReadonlyMap<string, Stored<unknown>>) =>
      [...stores].map(([name, stored]) => [name, stored.read()]);
    const before = loaded.ruleset.documents;
    expect({ policy, retired }).toEqual({ policy: before.policy, retired: before.retired });
    expect([flags, segments, guardrails].map(read)).toEqual(
      [before.flags, before.segments, before.guardrails].map(read),
    );
  });

  it('is the same text each time, and after a round', async () => {
    expect(await writeBundle(loaded)).toBe(bundle);
    expect(await writeBundle(await restore(bundle))).toBe(bundle);
  });

  it('is a frame, a header and a line for each file, with its path from the flags folder', () => {
    const [frame, header, ...lines] = bundle.trimEnd().split('\n');
    expect(frame).toMatch(/^guidon-bundle\/2 \d+ [0-9a-f]{64}$/);
    const { id: revision, repository } = loaded.ruleset.revision;
    const checkedBy = expect.stringMatching(/^guidon \d+\.\d+\.\d+, rules sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(header ?? '')).toEqual({
      repository,
      revision,
      root: 'flags',
      checkedBy,
      documents: lines.length,
      labels: {},
    });
    const paths = lines.map((line) => (JSON.parse(line) as { path: string }).path);
    expect(paths).toEqual(paths.toSorted());
    expect(paths.map((path) => `flags/${path}`)).toEqual([...loaded.files.keys()].sort());
  });

  it('loads as files with the paths and the ids that they had, so that nothing unchanged is read again', async () => {
    const { files } = await restore(bundle);
    const identities = (all: LoadedRepository['files']) => new Map([...all.values()].map(({ path, id }) => [path, id]));
    expect(identities(files)).toEqual(identities(loaded.files));
  });

  it('keeps characters that YAML has written as an escape', async () => {
    const files = { 'a/b/c.yaml': smallFlag('"zero\\u200bwidth \\U0001F6A9"'), 'policy.yaml': smallPolicy };
    const result = await load(memoryTree(files));
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
    const again = await restore(await writeBundle(result.loaded));
    expect(again.ruleset.documents).toEqual(result.loaded.ruleset.documents);
  });
});

describe('what could not be read back', () => {
  it('is refused when it is written', async () => {
    // Each character is two bytes in the file, and six where YAML demands an escape in place of it.
    const variant = 'é'.repeat(300_000);
    const files = { 'a/b/c.yaml': smallFlag(variant), 'policy.yaml': smallPolicy };
    const result = await load(memoryTree(files));
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
    await expect(writeBundle(result.loaded)).rejects.toThrow(/a\/b\/c\.yaml is longer as JSON than a file may be/);
  });

  it('is refused where two documents of one id differ', () => {
    const documents = ['{"a":1}', '{"a":2}'].map((json, index) => ({ path: `${index}.yaml`, id: 'x', json }));
    const content = { repository: '', revision: '', root: '', checkedBy: '', labels: {}, documents };
    expect(() => treeOf(content)).toThrow(/1\.yaml differs from another document of its id, x/);
  });
});

async function restore(text: string): Promise<LoadedRepository> {
  const result = await readBundle(Buffer.from(text));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.loaded;
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
