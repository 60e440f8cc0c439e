import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../provider/engine/index.js';
import { parse } from '../provider/repository/parse.js';
import { appendTo, removeIn, setIn, type EditPath } from './edit.js';
import { findComments } from './format/comments.js';
import { format } from './format/format.js';
import { messyTexts } from './format/testing/messy-text.js';

const flag = `# yaml-language-server: $schema=../../../schema/flag.schema.json
key: payments.checkout.new-flow   # permanent
description: 'It''s new'

environments:
  # The shop.
  production:
    enabled: true # since March

    rules:
      # Ours first.
      - { name: employees, when: { segment: employees }, serve: true }
      - name: pilot
        when: { country: [DE, AT] }   # and CH in May
        rollout: 10

    rollout: # careful
      stage: canary
      stages:
        - { name: canary, percent: 5 }
        - { name: all, percent: 100 }
  staging:
    enabled: true
`;

/** The lines that only one of two texts has, as a diff without context shows them. */
function changedLines(before: string, after: string): string {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, fresh.length) - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const lines = (sign: string, from: readonly string[]) =>
    from.slice(start, from.length - end).map((line) => sign + line);
  return [...lines('-', old), ...lines('+', fresh)].join('\n');
}

const environment = ['environments', 'production'] as const;

describe('setIn changes', () => {
  const cases: readonly (readonly [what: string, path: EditPath, value: JsonValue, diff: string])[] = [
    [
      'one line for a kill',
      [...environment, 'enabled'],
      false,
      '-    enabled: true # since March\n+    enabled: false # since March',
    ],
    ['one line for a stage', [...environment, 'rollout', 'stage'], 'all', '-      stage: canary\n+      stage: all'],
    [
      'a stage to off, which stays plain',
      [...environment, 'rollout', 'stage'],
      'off',
      '-      stage: canary\n+      stage: off',
    ],
    [
      'a key and not its comment',
      ['key'],
      'a.b.c',
      '-key: payments.checkout.new-flow   # permanent\n+key: a.b.c   # permanent',
    ],
    ['a quoted string in its quotes', ['description'], "Ann's", "-description: 'It''s new'\n+description: 'Ann''s'"],
    [
      'a string that needs quotes',
      ['key'],
      'no',
      '-key: payments.checkout.new-flow   # permanent\n+key: "no"   # permanent',
    ],
    [
      'a value between brackets',
      [...environment, 'rules', 0, 'serve'],
      false,
      '-      - { name: employees, when: { segment: employees }, serve: true }\n+      - { name: employees, when: { segment: employees }, serve: false }',
    ],
    [
      'an entry of a list between brackets',
      [...environment, 'rules', 1, 'when', 'country', 1],
      'NO',
      '-        when: { country: [DE, AT] }   # and CH in May\n+        when: { country: [DE, "NO"] }   # and CH in May',
    ],
    [
      'several lines to one, keeping the comment behind the key',
      [...environment, 'rollout'],
      25,
      `-    rollout: # careful
-      stage: canary
-      stages:
-        - { name: canary, percent: 5 }
-        - { name: all, percent: 100 }
+    rollout: 25 # careful`,
    ],
    ['a mapping by a new key', ['environments', 'staging', 'rollout'], { true: 5 }, '+    rollout: { true: 5 }'],
    [
      'a mapping between brackets by a new key',
      [...environment, 'rules', 0, 'when', 'country'],
      ['DE'],
      '-      - { name: employees, when: { segment: employees }, serve: true }\n+      - { name: employees, when: { segment: employees, country: [DE] }, serve: true }',
    ],
    ['mappings that are missing', ['environments', 'test', 'enabled'], true, '+  test:\n+    enabled: true'],
    ['nothing where the value is there', [...environment, 'enabled'], true, ''],
  ];

  it.each(cases)('%s', (_, path, value, diff) => {
    expect(changedLines(flag, setIn(flag, path, value))).toBe(diff);
  });

  it.each([
    ['a scalar', ['key', 'part'], /no mapping/],
    ['a list, by a key', [...environment, 'rules', 'first'], /no mapping/],
    ['a list, beyond its end', [...environment, 'rules', 2], /no list with an item 2/],
  ] as const)('nothing through %s', (_, path, message) => {
    expect(() => setIn(flag, path, 1)).toThrow(message);
  });
});

describe('removeIn removes', () => {
  const cases: readonly (readonly [what: string, path: EditPath, diff: string])[] = [
    ['a line', ['description'], "-description: 'It''s new'"],
    [
      'an entry with the comment about it',
      [...environment, 'rules', 0],
      '-      # Ours first.\n-      - { name: employees, when: { segment: employees }, serve: true }',
    ],
    [
      'a section with the blank line before it',
      [...environment, 'rollout'],
      `-
-    rollout: # careful
-      stage: canary
-      stages:
-        - { name: canary, percent: 5 }
-        - { name: all, percent: 100 }`,
    ],
    [
      'the first section with the blank line after it',
      [...environment, 'enabled'],
      '-    enabled: true # since March\n-',
    ],
    [
      'the first key behind a dash',
      [...environment, 'rules', 1, 'name'],
      '-      - name: pilot\n-        when: { country: [DE, AT] }   # and CH in May\n+      - when: { country: [DE, AT] }   # and CH in May',
    ],
    [
      'a pair between brackets',
      [...environment, 'rules', 0, 'serve'],
      '-      - { name: employees, when: { segment: employees }, serve: true }\n+      - { name: employees, when: { segment: employees } }',
    ],
    [
      'the only item, leaving the collection empty',
      ['environments', 'staging', 'enabled'],
      '-  staging:\n-    enabled: true\n+  staging: {}',
    ],
    ['nothing where nothing is', ['environments', 'test'], ''],
  ];

  it.each(cases)('%s', (_, path, diff) => {
    expect(changedLines(flag, removeIn(flag, path))).toBe(diff);
  });

  it('never the line that names the schema', () => {
    expect(removeIn(flag, ['key'])).toMatch(/^# yaml-language-server: .*\ndescription:/);
  });
});

describe('appendTo adds', () => {
  const entry = { key: 'a.b.c', retiredAt: '2026-12-01', reason: 'Done.' };
  const line = '- { key: a.b.c, retiredAt: 2026-12-01, reason: Done. }';

  it.each([
    ['an entry to a ledger', '- { key: x.y.z }\n', [], entry, `- { key: x.y.z }\n${line}\n`],
    [
      'an entry to a ledger without a last line break',
      '- { key: x.y.z } # why',
      [],
      entry,
      `- { key: x.y.z } # why\n${line}`,
    ],
    ['the first entry of a ledger', '# Ledger\n[]\n', [], entry, `# Ledger\n${line}\n`],
    ['the first entry of an empty ledger', '# Ledger\n', [], entry, `# Ledger\n${line}\n`],
    ['to a list between brackets', 'a: [1, 2 ] # c\n', ['a'], 3, 'a: [1, 2, 3 ] # c\n'],
    ['to an empty list', 'a: []\n', ['a'], 3, 'a: [3]\n'],
    ['to nothing', 'a:\nb: 1\n', ['a'], 3, 'a:\n  - 3\nb: 1\n'],
    ['to null', 'a: ~ # c\n', ['a'], 3, 'a: [3] # c\n'],
    ['a list that is missing', 'a:\n  b: 1\n', ['a', 'c'], 3, 'a:\n  b: 1\n  c: [3]\n'],
    ['after the lines of the last entry', 'a:\n- |\n  text\n\n# end\n', ['a'], 3, 'a:\n- |\n  text\n- 3\n\n# end\n'],
  ] as const)('%s', (_, text, path, value, expected) => {
    expect(appendTo(text, path, value)).toBe(expected);
  });

  it('nothing to a mapping', () => {
    expect(() => appendTo(flag, ['environments'], 1)).toThrow(/no list/);
  });
});

describe('the bytes around an edit', () => {
  const foreign = `\uFEFF${flag.replaceAll('\n', '\r\n')}`;
  const edits: readonly (readonly [string, (text: string) => string])[] = [
    ['set', (text) => setIn(text, [...environment, 'enabled'], false)],
    ['added', (text) => setIn(text, ['environments', 'test', 'enabled'], false)],
    ['removed', (text) => removeIn(text, [...environment, 'rules', 0])],
    ['appended', (text) => appendTo(text, [...environment, 'rules'], { name: 'x' })],
  ];

  it.each(edits)('keep their line ends and byte order mark when a value is %s', (_, change) => {
    expect(change(foreign)).toBe(`\uFEFF${change(flag).replaceAll('\n', '\r\n')}`);
  });
});

describe('any edit of any text', () => {
  const load = (text: string) => parse('flags/a/b/c.yaml', new TextEncoder().encode(text));
  const runs = { numRuns: 2_000 };
  const newValues = fc.constantFrom<JsonValue>(7, true, null, 'x', 'a: b', "it's", [], [1, 'y'], { k: { l: 'no' } });
  const comments = (text: string) =>
    findComments(text)
      .map((comment) => comment.text)
      .sort();

  /** An edit that must do in the text what `expected` does in the value. */
  function check(
    edit: (text: string, path: EditPath, value: JsonValue) => string,
    apply: (parent: unknown, step: string | number, value: JsonValue) => void,
  ) {
    let edited = 0;
    fc.assert(
      fc.property(messyTexts, fc.nat(), newValues, (text, choice, value) => {
        const before = load(text);
        if (!before.ok) return;
        const paths = pathsOf(before.value);
        const path = paths[choice % Math.max(1, paths.length)];
        if (path === undefined) return;
        edited += 1;
        const holder = { root: structuredClone(before.value) as unknown };
        const whole = ['root', ...path];
        apply(valueAt(holder, whole.slice(0, -1)), whole.at(-1) as string | number, value);
        const after = edit(text, path, value);
        const result = load(after);
        expect(result, after).toEqual({ ok: true, value: holder.root });
        expect(JSON.stringify(result)).toBe(JSON.stringify({ ok: true, value: holder.root }));
        expect(comments(text)).toEqual(expect.arrayContaining(comments(after)));
      }),
      runs,
    );
    expect(edited).toBeGreaterThan(runs.numRuns / 10);
  }

  it('sets one value', () => check(setIn, (parent, step, value) => Reflect.set(parent as object, step, value)));

  it('removes one value', () =>
    check(removeIn, (parent, step) => {
      if (Array.isArray(parent)) parent.splice(Number(step), 1);
      else Reflect.deleteProperty(parent as object, step);
    }));

  it('adds one key', () =>
    check(
      (text, path, value) => {
        const target = valueAt(loaded(text), path);
        return isObject(target) ? setIn(text, [...path, 'brand-new', 'deep'], value) : text;
      },
      (parent, step, value) => {
        const target: unknown = Reflect.get(parent as object, step);
        if (isObject(target)) Reflect.set(target, 'brand-new', { deep: value });
      },
    ));

  it('adds one entry', () =>
    check(
      (text, path, value) => (Array.isArray(valueAt(loaded(text), path)) ? appendTo(text, path, value) : text),
      (parent, step, value) => {
        const target: unknown = Reflect.get(parent as object, step);
        if (Array.isArray(target)) target.push(value);
      },
    ));

  function loaded(text: string): unknown {
    const result = load(text);
    return result.ok ? result.value : undefined;
  }
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: EditPath): unknown {
  return path.reduce<unknown>((inner, step) => Reflect.get(inner as object, step), value);
}

function pathsOf(value: unknown, path: EditPath = []): readonly EditPath[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [
    ...(path.length === 0 ? [] : [path]),
    ...steps.flatMap((step) => pathsOf(Reflect.get(value, step), [...path, step])),
  ];
}

describe('a kill and a ramp of one flag, made at the same time,', () => {
  const formatted = format('flag', 'key: a.b.c\nenvironments: { production: { enabled: true, rollout: 5 } }\n');

  it('merge in git where the file is formatted', async () => {
    expect(await merge(formatted)).toEqual({
      hasConflict: false,
      text: formatted.replace('true', 'false').replace('5', '25'),
    });
  });

  it('do not where the blank lines are missing', async () => {
    expect(await merge(formatted.replaceAll('\n\n', '\n'))).toMatchObject({ hasConflict: true });
  });

  /** What `git merge-file` makes of both edits. */
  async function merge(base: string): Promise<{ hasConflict: boolean; text: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'guidon-merge-'));
    try {
      const kill = setIn(base, [...environment, 'enabled'], false);
      const ramp = setIn(base, [...environment, 'rollout'], 25);
      await Promise.all(
        Object.entries({ base, kill, ramp }).map(([name, text]) => writeFile(join(folder, name), text)),
      );
      return await new Promise((resolve) => {
        const git = ['merge-file', '--stdout', 'kill', 'base', 'ramp'];
        execFile('git', git, { cwd: folder }, (error, text) => resolve({ hasConflict: error !== null, text }));
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
});
