import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeOf } from '../../provider/repository/index.js';
import { parseFully } from '../../provider/repository/parse.js';
import { fixtureNames, readFixture } from '../../provider/repository/testing/fixture.js';
import type { MemoryFile } from '../../provider/repository/testing/memory-tree.js';
import { readBoth } from '../../provider/repository/yaml/subset/testing/agreement.js';
import { mutated } from '../../provider/repository/yaml/subset/testing/mutation.js';
import { decodeText } from '../../provider/repository/yaml/text.js';
import { format } from './format.js';
import { kinds, messyTexts } from './testing/messy-text.js';

/** More than the default for a long run. */
const numRuns = Number(process.env['SUBSET_RUNS'] ?? 2_000);

const formattedTexts = fc.tuple(kinds, messyTexts).map(([kind, text]) => format(kind, text));

/** What the formatter keeps or writes, and the full reader has to read: `1e3`, `-0`, and characters by eight digits. */
const isRare = (text: string): boolean => /[ [](?:1e3|-0)(?![\w.])|\\U[0-9a-f]{8}/.test(text);

test('what is formatted is in the subset, so that most files are read without a tree', () => {
  let [admitted, rare] = [0, 0];
  fc.assert(
    fc.property(formattedTexts, (text) => {
      const full = parseFully('flags/a/b/c.yaml', text);
      // A scalar is no file of any kind.
      if (!full.ok || typeof full.value !== 'object' || full.value === null) return;
      admitted += 1;
      if (isRare(text)) rare += 1;
      expect(readBoth(text) === 'subset' || isRare(text), text).toBe(true);
    }),
    { numRuns },
  );
  expect(admitted).toBeGreaterThan(numRuns / 10);
  expect(rare).toBeLessThan(admitted / 2);
});

test('both readers agree on what is formatted and then slips', () => {
  fc.assert(
    fc.property(mutated(formattedTexts), (text) => void readBoth(text)),
    { numRuns },
  );
});

/** Two fixtures that have numbers with exponents. */
const exponents = ['invalid/weight-too-precise--rule', 'valid/quoted-scalars'];

test('the files of all fixtures are in the subset when they are formatted', async () => {
  const seen = new Set<string>();
  const misses: string[] = [];
  for (const kind of ['invalid', 'valid'] as const) {
    for (const name of await fixtureNames(kind)) {
      const { files } = await readFixture(kind, name);
      for (const [path, file] of Object.entries(files)) {
        const text = formattedText(path, file, seen);
        if (text !== undefined && readBoth(text) !== 'subset') misses.push(`${kind}/${name}`);
      }
    }
  }
  expect(misses).toEqual(exponents);
  expect(seen.size).toBeGreaterThan(250);
});

/** Longer ones are long lists, of which the shorter ones are proof enough. */
const MAX_LENGTH = 50_000;

/** The text as it is formatted, if the format admits it as text, and it is not `seen`. */
function formattedText(path: string, file: MemoryFile, seen: Set<string>): string | undefined {
  const { kind } = placeOf(path.replace(/^flags\//, ''), () => true);
  if (!path.startsWith('flags/') || kind === 'ignored' || kind === 'unexpected') return undefined;
  if (typeof file === 'object' && 'kind' in file) return undefined;
  const { text } = decodeText(typeof file === 'string' ? Buffer.from(file) : file);
  if (text.length > MAX_LENGTH || seen.has(text) || !parseFully(path, text).ok) return undefined;
  seen.add(text);
  return format(kind, text);
}
