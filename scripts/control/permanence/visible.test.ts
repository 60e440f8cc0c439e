import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RawEntry, TestRepository } from '../../../provider/repository/testing/repository.js';
import { createFlagRepository, flagFiles } from '../../testing/flag-repository.js';
import { invisibleFindings } from './visible.js';

let repository: TestRepository;
let base: string;

beforeAll(async () => {
  repository = await createFlagRepository({ 'flags/old.md': 'old\u200b' });
  base = await repository.git('rev-parse', 'HEAD');
});

beforeEach(() => repository.git('reset', '--quiet', '--hard', base));

afterAll(() => repository.dispose());

async function findings(entries: readonly RawEntry[], root = 'flags'): Promise<string[]> {
  const git = { gitDir: repository.remoteDir, name: 'flags' };
  const found = await invisibleFindings(git, base, await repository.commitRaw(entries), root);
  return found.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
}

const file = (path: string | Buffer, target: string | Buffer): RawEntry => ({ mode: '100644', path, target });
const FLAG = 'flags/payments/checkout/new-flow.yaml';

it.each<[string, readonly RawEntry[], readonly string[]]>([
  ['a comment', [file(FLAG, `${flagFiles[FLAG]}# \u202eno\n`)], ['error invisible-character: line 22:']],
  ['a file that is no YAML', [file('flags/README.md', 'a\nb\u200b\n')], ['error invisible-character: line 2:']],
  ['a hidden folder', [file('flags/.x/y.yaml', 'a: "\u00a0"\n')], ['error invisible-character: line 1:']],
  ['a name', [file('flags/a\u200bb.md', 'x')], ['error invisible-character: the name of the file `flags/aU+200Bb.md`']],
  ['a name with a line end', [file('flags/a\nb.md', 'x')], ['error invisible-character: the name of the file']],
  ['a name that is no text', [file(Buffer.from([0x66, 0x6c, 0x61, 0x67, 0x73, 0x2f, 0xff]), 'x')], ['error invisible']],
  ['a link', [{ mode: '120000', path: 'flags/x.md', target: 'a\u202eb' }], ['error invisible-character: line 1:']],
  ['bytes', [file('flags/x.png', Buffer.from([0x89, 0x50]))], ['error file-unreviewable: the file is no UTF-8 text']],
  ['too much', [file('flags/x.md', 'x'.repeat(1_048_577))], ['error file-unreviewable: the file is larger']],
  ['another folder', [file('Flags/x.md', 'x')], ['error flags-folder-twin: `Flags` differs']],
  ['a link to another folder', [{ mode: '120000', path: 'FLAGS', target: 'flags' }], ['error flags-folder-twin']],
  ['what stands beside', [file('src/x.ts', '\u202e'), file('flags2/x', '\u202e'), file('Flags2', 'x')], []],
  ['visible text', [file('flags/x.md', 'Ä – “x” 日本\r\n')], []],
  ['many places', [file('flags/x.md', 'a\u200b\n'.repeat(100))], Array<string>(5).fill('error invisible-character')],
])('tells %s', async (_, entries, expected) => {
  const found = await findings(entries);
  expect(found).toHaveLength(expected.length);
  for (const [index, start] of expected.entries()) expect(found[index]).toContain(start);
});

it('looks at the whole repository where that is the flags folder', async () => {
  expect(await findings([file('src/x.ts', '\u202e')], '')).toHaveLength(1);
});
