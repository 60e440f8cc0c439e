import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { anyNaming, placeOf } from '../../provider/repository/layout.js';
import { load, renderProblem } from '../../provider/repository/index.js';
import { readWorkingTree } from '../../provider/repository/directory.js';
import { memoryTree } from '../../provider/repository/testing/memory-tree.js';
import { countCases, failedCases } from '../cases.js';
import { format } from '../format/format.js';
import { problemTable, withGeneratedParts } from './format-docs.js';
import { schemaTables } from './schema-tables.js';

const root = join(import.meta.dirname, '../..');
const PAGE = 'schema/README.md';
const REFRESH = 'npm run build && node dist/scripts/tools/format-docs.js';
const pageOf = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

/** The fenced blocks of a language. */
function blocksOf(page: string, language: string): readonly string[] {
  const blocks = page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
  return Array.from(blocks, ([, text = '']) => text);
}

describe('the generated parts of the format page', () => {
  it('are those of the schemas and the fixtures', async () => {
    const page = await pageOf(PAGE);
    expect(page, `schemas or messages have changed; refresh the page with: ${REFRESH}`).toBe(
      withGeneratedParts(page, root),
    );
  });

  it('tell of every schema but the one of shared terms', async () => {
    const page = await pageOf(PAGE);
    const schemas = (await readdir(join(root, 'schema'))).filter((name) => name.endsWith('.schema.json'));
    expect(schemas.filter((name) => !page.includes(`(${name})`))).toEqual(['terms.schema.json']);
  });

  it('need their marks', () => {
    expect(() => withGeneratedParts('no marks', root)).toThrow(/<!-- properties:start -->/);
    expect(() => withGeneratedParts('<!-- properties:end --><!-- properties:start -->', root)).toThrow(
      /properties:end/,
    );
  });

  it('are not made where a code has no fixture', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'guidon-docs-'));
    try {
      expect(() => problemTable(empty)).toThrow(/no fixture shows the problem encoding-invalid/);
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});

describe('schemaTables', () => {
  const flag = schemaTables(join(root, 'schema'), 'flag.schema.json');
  const condition = schemaTables(join(root, 'schema'), 'condition.schema.json');

  test.each<[string, string, string]>([
    ['a required property', flag, '| `owner` \\* | string | The team that answers'],
    ['an optional one', flag, '| `salt` | string | '],
    ['a choice', flag, '| `riskTier` \\* | `low`, `medium`, `high` | '],
    ['several types', flag, '| `default` | string or true or false or null | '],
    ['a reference to another file', flag, '| `rollout` | number or map | What everybody gets'],
    ['a list', condition, '| `in` | list of: string or number or true or false | '],
    ['a bar in a description', condition, '`\\|\\|` separates alternatives'],
    ['an object within', flag, '**`rule`**: One targeting rule'],
  ])('shows %s', (_, tables, text) => {
    expect(tables).toContain(text);
  });

  it('leaves out what is only tested', () => {
    expect(flag.match(/^\| `type`/gm)).toHaveLength(1);
  });
});

describe.each(['README.md', PAGE])('the examples of %s', (path) => {
  it('load without a problem, and their cases hold', async () => {
    const examples = blocksOf(await pageOf(path), 'yaml').map((text) => [/^# (\S+\.yaml)\n/.exec(text)?.[1], text]);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.filter(([file]) => file === undefined)).toEqual([]);
    const own = Object.fromEntries(examples) as Record<string, string>;
    expect(Object.keys(own)).toHaveLength(examples.length);
    const files = own['flags/policy.yaml'] === undefined ? { ...(await exampleRepository()), ...own } : own;
    const result = await load({ ...memoryTree(files), hasCodeowners: false });
    expect((result.ok ? result.warnings : result.problems).map(renderProblem)).toEqual([]);
    if (result.ok) expect(failedCases(result.loaded).filter(({ file }) => Object.hasOwn(own, file))).toEqual([]);
    if (result.ok && path === PAGE) expect(countCases(result.loaded)).toBeGreaterThan(1);
  });

  it('are in the one style', async () => {
    for (const text of blocksOf(await pageOf(path), 'yaml')) {
      const place = placeOf(/^# flags\/(\S+)/.exec(text)?.[1] ?? '', anyNaming);
      if (place.kind === 'unexpected' || place.kind === 'ignored') throw new Error(`not of a flags folder: ${text}`);
      expect(format(place.kind, text)).toBe(text);
    }
  });

  it('of JSON are JSON', async () => {
    for (const text of blocksOf(await pageOf(path), 'json')) expect(() => void JSON.parse(text)).not.toThrow();
  });

  it('and its links lead somewhere', async () => {
    const page = await pageOf(path);
    const anchorsOf = (text: string): readonly string[] =>
      Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) => anchorOf(heading));
    const links = Array.from(page.matchAll(/\]\(([^)\s]+)\)/g), ([, target = '']) => target);
    expect(links.length).toBeGreaterThan(5);
    for (const target of links.filter((link) => !/^https?:/.test(link))) {
      const [file = '', anchor] = target.split('#');
      const name = file === '' ? path : join(dirname(path), file);
      await expect(access(join(root, name)), target).resolves.toBeUndefined();
      if (anchor !== undefined) expect(anchorsOf(await pageOf(name)), target).toContain(anchor);
    }
  });
});

/** This repository's own flags, by path. */
async function exampleRepository(): Promise<Record<string, Uint8Array>> {
  const tree = await readWorkingTree(root, 'flags');
  const entries = tree.entries.filter(({ path }) => path.startsWith('flags/'));
  const bytes = await tree.read(entries, Number.POSITIVE_INFINITY);
  return Object.fromEntries(entries.map(({ path, id }) => [path, bytes.get(id) ?? new Uint8Array()]));
}

/** A heading's anchor as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
