/**
 * Every refusal of the flag format, each as the files that differ from a valid repository and the exact words of what is
 * wrong with them. `UPDATE_FIXTURES=1 npx vitest run schema/fixtures.test.ts` writes the words anew.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { load, problemCodes, renderProblem } from '../provider/repository/index.js';
import { fixtureNames, readFixture, type Fixture } from '../provider/repository/testing/fixture.js';
import { memoryTree } from '../provider/repository/testing/memory-tree.js';
import { readPopulation } from '../scripts/contexts/synth/read-population.js';
import { declaredProperties, usedProperties } from './fixtures/schema-properties.js';

const isUpdate = process.env['UPDATE_FIXTURES'] === '1';

/** Codes of findings that loading does not make. */
const NOT_OF_LOADING: ReadonlySet<string> = new Set(['case-failed', 'not-formatted']);

const valid = await fixtureNames('valid');
const invalid = await fixtureNames('invalid');

async function problemsOf(fixture: Fixture) {
  const result = await load(memoryTree(fixture.files));
  return { isLoaded: result.ok, problems: result.ok ? result.warnings : result.problems };
}

describe('valid', () => {
  test.each(valid)('%s', async (name) => {
    const { isLoaded, problems } = await problemsOf(await readFixture('valid', name));
    expect(problems.map(renderProblem)).toEqual([]);
    expect(isLoaded).toBe(true);
  });

  test('there are as many as ever', () => {
    expect(valid.length).toBeGreaterThanOrEqual(20);
  });

  test('every property of every schema is used', async () => {
    const used = new Set<string>();
    for (const name of ['repository', 'naming']) {
      const result = await load(memoryTree((await readFixture('valid', name)).files));
      if (!result.ok) throw new Error(`${name} does not load`);
      for (const file of result.loaded.files.values()) {
        for (const property of usedProperties(file.place.kind, file.read())) used.add(property);
      }
    }
    const population = await readPopulation(join(import.meta.dirname, '..'), '.github/population.yaml');
    if (!population.ok) throw new Error('the population is refused');
    for (const property of usedProperties('population', population.population)) used.add(property);
    const declared = declaredProperties();
    expect(declared.length).toBeGreaterThan(80);
    expect(declared.filter((property) => !used.has(property))).toEqual([]);
  });
});

describe('invalid', () => {
  test.each(invalid)('%s', async (name) => {
    const fixture = await readFixture('invalid', name);
    const { isLoaded, problems } = await problemsOf(fixture);
    const text = `${problems.map(renderProblem).join('\n\n')}\n`;
    if (isUpdate) await writeFile(join(fixture.folder, 'expected.txt'), text);
    else expect(text).toBe(fixture.expected);
    expect(problems.map(({ code }) => code)).toContain(name.split('--')[0]);
    expect(isLoaded).toBe(!problems.some(({ severity }) => severity === 'error'));
    for (const { message, found, expected, fix } of problems) {
      expect(message).toMatch(/^(?!(?!GitHub)[A-Z][a-z]).*[^.]$/);
      for (const part of [found ?? '-', expected ?? '-', fix ?? '']) expect(part).toMatch(/^(?!.*undefined).*[^.]$/);
    }
  });

  test('there are as many as ever', () => {
    expect(invalid.length).toBeGreaterThanOrEqual(290);
  });

  test('every code that loading gives has one', () => {
    const shown = new Set(invalid.map((name) => name.split('--')[0]));
    const wanted = problemCodes.filter((code) => !NOT_OF_LOADING.has(code));
    expect(wanted.filter((code) => !shown.has(code))).toEqual([]);
  });

  test('no fixture shows what another shows', async () => {
    const texts = await Promise.all(invalid.map(async (name) => (await readFixture('invalid', name)).expected));
    const twice = invalid.filter((_, index) => texts.indexOf(texts[index] ?? '') !== index);
    expect(twice).toEqual([]);
  });
});
