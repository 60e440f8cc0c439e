import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { format } from './format.js';
import { placeOf } from '../../provider/repository/layout.js';
import { posix } from 'node:path';
import { hasSameMeaning } from './meaning.js';
const files = (readdirSync('flags', { recursive: true }) as string[]).filter((f) => f.endsWith('.yaml'));
test.each(files)('%s', (file) => {
  const text = readFileSync(`flags/${file}`, 'utf8');
  const place = placeOf(file, () => true);
  const kind = place.kind as 'flag';
  const schema = posix.relative(posix.dirname(`flags/${file}`), `schema/${kind}.schema.json`);
  const out = format(kind, text, schema);
  expect(out).toBe(text);
  expect(hasSameMeaning(kind, text, out)).toBe(true);
});
