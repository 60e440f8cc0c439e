import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGitEnvironment } from '../../provider/repository/testing/repository.js';
import { unifiedDiff } from './unified-diff.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-diff-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function applied(before: string, diff: string): Promise<string> {
  await writeFile(join(folder, 'file.yaml'), before);
  await writeFile(join(folder, 'patch'), diff);
  execFileSync('git', ['apply', '--whitespace=nowarn', 'patch'], { cwd: folder, env: testGitEnvironment(folder) });
  return readFile(join(folder, 'file.yaml'), 'utf8');
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');

describe('a unified diff', () => {
  it('shows each change with three lines around it', () => {
    const before = numbered(20);
    const after = before.replace('line 2\n', 'line two\n').replace('line 15\n', '');
    expect(unifiedDiff('a/b.yaml', before, after)).toBe(`diff --git a/a/b.yaml b/a/b.yaml
--- a/a/b.yaml
+++ b/a/b.yaml
@@ -1,6 +1,6 @@
 line 0
 line 1
-line 2
+line two
 line 3
 line 4
 line 5
@@ -13,7 +13,6 @@
 line 12
 line 13
 line 14
-line 15
 line 16
 line 17
 line 18
`);
  });

  it('is empty where nothing differs', () => {
    expect(unifiedDiff('x', 'a\n', 'a\n')).toBe('');
  });

  it('shows a stretch that is too long to compare as replaced', () => {
    const [before, after] = [numbered(5_000), numbered(5_000).replaceAll('line', 'row')];
    expect(unifiedDiff('x', before, after).match(/^-/gm)).toHaveLength(5_001);
  });

  it('is what git applies, whatever the lines and their ends', async () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', '- d: é\n');
    const text = fc
      .tuple(fc.array(line, { minLength: 1, maxLength: 30 }), fc.constantFrom('', 'end'))
      .map(([lines, end]) => lines.join('') + end);
    await fc.assert(
      fc.asyncProperty(text, text, async (before, after) => {
        fc.pre(before !== after);
        expect(await applied(before, unifiedDiff('file.yaml', before, after))).toBe(after);
      }),
      { numRuns: 60 },
    );
  });
});
