import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Paths of what would be published, from the project's root. */
async function publishedFiles(): Promise<ReadonlySet<string>> {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', words, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  const [{ files } = { files: [] }] = JSON.parse(stdout) as readonly { files: readonly { path: string }[] }[];
  return new Set(files.map(({ path }) => path));
}

/** The relative modules that a compiled module imports. */
function importsOf(path: string, code: string): readonly string[] {
  const found = code.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g);
  return [...found].map(([, name = '']) => normalize(join(dirname(path), name)));
}

it('the package holds every module that one of its own imports', async () => {
  const published = await publishedFiles();
  const modules = [...published].filter((path) => path.endsWith('.js'));
  // Without a build there would be nothing to look at.
  expect(modules).toContain('dist/scripts/flagctl.js');
  const missing: string[] = [];
  let seen = 0;
  for (const path of modules) {
    for (const imported of importsOf(path, await readFile(join(root, path), 'utf8'))) {
      seen++;
      if (!published.has(imported)) missing.push(`${path} imports ${imported}`);
    }
  }
  expect(missing).toEqual([]);
  expect(seen).toBeGreaterThan(500);
});
