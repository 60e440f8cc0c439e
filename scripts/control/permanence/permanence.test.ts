import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileChanges, TestRepository } from '../../../provider/repository/testing/repository.js';
import { createFlagRepository, flagFiles } from '../../testing/flag-repository.js';
import { judge, type Judgement } from './testing/judged.js';

let repository: TestRepository;

/** The base and the head of each row, by their names. */
let commits: ReadonlyMap<string, string>;

beforeAll(async () => {
  repository = await createFlagRepository();
  await repository.fastImport(rows.map(streamOf).join(''));
  const refs = await repository.git(
    `--git-dir=${repository.remoteDir}`,
    'for-each-ref',
    '--format=%(refname:short) %(objectname)',
  );
  commits = new Map(refs.split('\n').map((line) => line.split(' ') as [string, string]));
});

afterAll(() => repository.dispose());

const LEDGER = 'flags/retired.yaml';
const ledger = flagFiles[LEDGER] ?? '';
const entry = (key: string, reason = 'Done.'): string =>
  `- { key: ${key}, retiredAt: 2026-12-01, reason: ${reason} }\n`;
const pathOf = (key: string): string => `flags/${key.replaceAll('.', '/')}.yaml`;

function flag(key: string, more = 'default: false\n', type = 'release'): string {
  const team = key.split('.')[0] === 'payments' ? 'payments-team' : 'platform-team';
  return `key: ${key}\ntype: ${type}\nowner: ${team}\nriskTier: low\nexpiresAt: 2027-03-01\ndescription: A flag.\n${more}`;
}

const flagFile = (key: string, more?: string, type?: string): FileChanges => ({ [pathOf(key)]: flag(key, more, type) });

const policyWith = (pattern: string): string => `${flagFiles['flags/policy.yaml']}naming: { pattern: "${pattern}" }\n`;

/** A row as commits: what main did, and the change, which is a branch of it. */
function streamOf([, main, changes]: Row, row: number): string {
  const commit = (branch: string, from: string | undefined, files: FileChanges): string => {
    const lines = Object.entries(files).map(([path, text]) =>
      text === null ? `D ${path}\n` : `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${String(text)}\n`,
    );
    const person = 'committer A <a@example.com> 1767225600 +0000';
    return `commit refs/heads/${branch}\n${person}\ndata 1\nx\n${from === undefined ? '' : `from refs/heads/${from}\n`}${lines.join('')}\n`;
  };
  const base = `base-${row}`;
  const steps = main.map((files, step) => commit(base, step === 0 ? 'main^0' : undefined, files));
  const tip = main.length === 0 ? 'main^0' : base;
  return `${steps.join('')}${commit(`head-${row}`, tip, changes)}`;
}

const codes = ({ findings }: Judgement) => findings.map(({ severity, code, key }) => [severity, code, key]);

const A = 'payments.web.a-flag';
const [live, gone] = ['platform.web.live', 'platform.web.gone'];

/** What main did, what the change does, what it gets, and whether it is a pure retirement. */
type Row = readonly [
  name: string,
  main: readonly FileChanges[],
  changes: FileChanges,
  expected: readonly (readonly [string, string, string?])[],
  isRetirement?: boolean,
];

const reused = ['error', 'key-reused', A] as const;

const rows: readonly Row[] = [
  ['nothing of it', [flagFile(A)], { 'flags/README.md': 'Text – “fine”.\n', 'src/x.ts': '\u202e' }, []],
  ['a new flag', [], flagFile(A), []],
  ['a deletion without an entry', [flagFile(A)], { [pathOf(A)]: null }, [['error', 'key-not-retired', A]]],
  ['a deletion with its entry', [flagFile(A)], { [pathOf(A)]: null, [LEDGER]: ledger + entry(A) }, [], true],
  [
    'a deletion with an entry at the beginning',
    [flagFile(A)],
    { [pathOf(A)]: null, [LEDGER]: entry(A) + ledger },
    [['error', 'ledger-not-append-only']],
  ],
  [
    'a deletion with the entry of another case',
    [{ 'flags/policy.yaml': policyWith('[A-Za-z.-]+') }, flagFile(A)],
    { [pathOf(A)]: null, [LEDGER]: ledger + entry('payments.web.A-flag') },
    [
      ['error', 'ledger-key-unknown', 'payments.web.A-flag'],
      ['error', 'key-not-retired', A],
    ],
  ],
  [
    'two deletions, of which one has its entry',
    [{ ...flagFile(live), ...flagFile(gone) }],
    { [pathOf(live)]: null, [pathOf(gone)]: null, [LEDGER]: ledger + entry(gone) },
    [['error', 'key-not-retired', live]],
    true,
  ],
  ['a missing entry, later', [flagFile(A), { [pathOf(A)]: null }], { [LEDGER]: ledger + entry(A) }, []],
  ['an entry for a key that never was', [], { [LEDGER]: ledger + entry(A) }, [['error', 'ledger-key-unknown', A]]],
  [
    'an entry for a key that never was, beside one that was',
    [flagFile(live)],
    { [pathOf(live)]: null, [LEDGER]: ledger + entry(live) + entry(A) },
    [['error', 'ledger-key-unknown', A]],
  ],
  [
    'an entry for a flag that lives',
    [flagFile(A)],
    { [LEDGER]: ledger + entry(A) },
    [
      ['error', 'keys-unreadable'],
      ['error', 'retired-key-used'],
    ],
  ],
  ['a new ledger', [{ [LEDGER]: null }, flagFile(A)], { [pathOf(A)]: null, [LEDGER]: entry(A) }, [], true],
  ['comments of the ledger', [], { [LEDGER]: `# Note\n${ledger}` }, []],
  ['the ledger emptied', [], { [LEDGER]: '[]\n' }, [['error', 'ledger-not-append-only']]],
  ['the ledger deleted', [], { [LEDGER]: null }, [['error', 'ledger-not-append-only']]],
  ['an empty ledger deleted', [{ [LEDGER]: '[]\n' }], { [LEDGER]: null }, [['error', 'ledger-not-append-only']]],
  [
    'an entry edited',
    [],
    { [LEDGER]: ledger.replace('Rebuilt', 'The rebuilt') },
    [['error', 'ledger-not-append-only']],
  ],
  [
    'an entry with another key',
    [],
    { [LEDGER]: ledger.replace('old-flow', 'old-flo') },
    [['error', 'ledger-not-append-only']],
  ],
  [
    'entries reordered',
    [flagFile(A), { [pathOf(A)]: null, [LEDGER]: ledger + entry(A) }],
    { [LEDGER]: entry(A) + ledger },
    [['error', 'ledger-not-append-only']],
  ],
  ['a key that was deleted comes back', [flagFile(A), { [pathOf(A)]: null }, { 'x.txt': '1' }], flagFile(A), [reused]],
  [
    'a key comes back with another content',
    [flagFile(A), { [pathOf(A)]: null }],
    flagFile(A, 'variants: { a: 1, b: 2 }\ndefault: a\n', 'ops'),
    [reused],
  ],
  [
    'a key of the ledger',
    [],
    flagFile('payments.checkout.old-flow'),
    [
      ['error', 'keys-unreadable'],
      ['error', 'retired-key-used'],
    ],
  ],
  [
    'a revert of a retirement',
    [flagFile(A), { [pathOf(A)]: null, [LEDGER]: ledger + entry(A) }],
    { ...flagFile(A), [LEDGER]: ledger },
    [
      ['error', 'ledger-not-append-only'],
      ['error', 'retired-key-used', A],
    ],
  ],
  [
    'a file renamed with its key',
    [flagFile(gone)],
    { [pathOf(gone)]: null, ...flagFile('platform.web.other') },
    [['error', 'key-not-retired', gone]],
  ],
  [
    'a file renamed without its key',
    [flagFile(gone)],
    { [pathOf(gone)]: null, [pathOf('platform.web.other')]: flag(gone) },
    [['error', 'keys-unreadable']],
  ],
  [
    'a rename back',
    [flagFile(A), { [pathOf(A)]: null, ...flagFile('payments.web.other') }],
    { [pathOf('payments.web.other')]: null, ...flagFile(A), [LEDGER]: ledger + entry('payments.web.other') },
    [reused],
    true,
  ],
  [
    'a repair of a main on which a file was moved without its key',
    [flagFile(A), { [pathOf(A)]: null, [pathOf('payments.web.moved')]: flag(A) }],
    { [pathOf('payments.web.moved')]: null, ...flagFile(A) },
    [['warning', 'key-meaning-unknown']],
  ],
  [
    'a key that main had only while it was broken, under another name',
    [{ [pathOf('payments.web.moved')]: flag(A) }, { [pathOf('payments.web.moved')]: null }],
    flagFile(A),
    [reused],
  ],
  [
    'a key hidden from whoever reads only lines',
    [
      {
        [pathOf(A)]:
          `{"key": "${A}", "description": "\nkey: x.y.z\n", "type": ops, "owner": payments-team, "riskTier": low, "expiresAt": never}`,
      },
      { [pathOf(A)]: null },
    ],
    flagFile(A),
    [reused],
  ],
  [
    'a twin by case of a flag that lives',
    [{ 'flags/policy.yaml': policyWith('[A-Za-z.-]+') }, flagFile(A)],
    flagFile('payments.web.A-Flag'),
    [['error', 'keys-unreadable']],
  ],
  [
    'a twin by case of a flag that was',
    [{ 'flags/policy.yaml': policyWith('[A-Za-z.-]+') }, flagFile(A), { [pathOf(A)]: null }],
    flagFile('payments.web.A-Flag'),
    [['error', 'key-twin', 'payments.web.A-Flag']],
  ],
  [
    'a rename by case alone',
    [{ 'flags/policy.yaml': policyWith('[A-Za-z.-]+') }, flagFile(A)],
    { [pathOf(A)]: null, ...flagFile('payments.web.A-Flag'), [LEDGER]: ledger + entry(A) },
    [
      ['error', 'keys-unreadable'],
      ['error', 'retired-key-used'],
    ],
  ],
  [
    'a look-alike of a flag that lives',
    [],
    flagFile('payments.checkout.new-f1ow'),
    [['warning', 'key-look-alike', 'payments.checkout.new-f1ow']],
  ],
  [
    'a look-alike of a retired key',
    [],
    flagFile('payments.checkout.o1d-flow'),
    [['warning', 'key-look-alike', 'payments.checkout.o1d-flow']],
  ],
  [
    'a look-alike of a flag that was',
    [flagFile(A), { [pathOf(A)]: null }],
    flagFile('payments.web.af-lag'),
    [['warning', 'key-look-alike', 'payments.web.af-lag']],
  ],
  [
    'two look-alikes at once',
    [],
    { ...flagFile('payments.web.modern'), ...flagFile('payments.web.rnodern') },
    [
      ['warning', 'key-look-alike', 'payments.web.modern'],
      ['warning', 'key-look-alike', 'payments.web.rnodern'],
    ],
  ],
  ['another type', [flagFile(A)], flagFile(A, 'default: false\n', 'experiment'), [['error', 'key-new-meaning', A]]],
  ['another default', [flagFile(A)], flagFile(A, 'default: true\n'), [['error', 'key-new-meaning', A]]],
  ['the same default, left out', [flagFile(A)], flagFile(A, ''), []],
  [
    'the same variants, written',
    [flagFile(A)],
    flagFile(A, 'variants: { "false": false, "true": true }\ndefault: false\n'),
    [],
  ],
  [
    'another kind of value',
    [flagFile(A)],
    flagFile(A, 'variants: { "false": "no", "true": "yes" }\ndefault: false\n'),
    [['error', 'key-new-meaning', A]],
  ],
  [
    "the default's value",
    [flagFile(A, 'variants: { a: 1, b: 2 }\ndefault: a\n')],
    flagFile(A, 'variants: { a: 10, b: 2 }\ndefault: a\n'),
    [['error', 'key-new-meaning', A]],
  ],
  [
    'another value, and the order of variants',
    [flagFile(A, 'variants: { a: 1, b: 2 }\ndefault: a\n')],
    flagFile(A, 'variants: { b: 20, c: 3, a: 1 }\ndefault: a\n'),
    [],
  ],
  [
    "an object's entries in another order",
    [flagFile(A, 'variants: { a: { p: 1, q: 2 }, b: {} }\ndefault: a\n')],
    flagFile(A, 'variants: { a: { q: 2, p: 1 }, b: {} }\ndefault: a\n'),
    [],
  ],
  [
    "the caller's default",
    [flagFile(A)],
    flagFile(A, 'variants: { "false": false, "true": true }\ndefault: null\n'),
    [['error', 'key-new-meaning', A]],
  ],
  [
    'a type, a default and a kind at once',
    [flagFile(A)],
    flagFile(A, 'variants: { p: a, q: b }\ndefault: p\n', 'experiment'),
    [
      ['error', 'key-new-meaning', A],
      ['error', 'key-new-meaning', A],
      ['error', 'key-new-meaning', A],
    ],
  ],
  [
    'a broken main whose deleted flag is forgotten',
    [flagFile(A), { 'flags/policy.yaml': 'broken: [\n' }],
    { 'flags/policy.yaml': flagFiles['flags/policy.yaml'] ?? '', [pathOf(A)]: null },
    [
      ['error', 'key-not-retired', A],
      ['warning', 'key-meaning-unknown'],
    ],
  ],
  [
    'a broken main whose ledger loses an entry',
    [{ [LEDGER]: '- [\n' }],
    { [LEDGER]: '[]\n' },
    [
      ['error', 'ledger-not-append-only'],
      ['warning', 'key-meaning-unknown'],
    ],
  ],
  [
    'a broken main with its ledger restored',
    [{ [LEDGER]: '- [\n' }],
    { [LEDGER]: ledger },
    [['warning', 'key-meaning-unknown']],
  ],
  ['a result that does not load', [], { 'flags/policy.yaml': null }, [['error', 'keys-unreadable']]],
];

describe('what a change does to keys', () => {
  it.each(rows.map((row, index) => ({ name: row[0], row, index })))('$name', async ({ row, index }) => {
    const [, main, , expected, isRetirement = false] = row;
    const base = commits.get(main.length === 0 ? 'main' : `base-${index}`) ?? '';
    const judgement = await judge(repository, base, commits.get(`head-${index}`) ?? '');
    expect(codes(judgement)).toEqual(expected.map(([severity, code, key]) => [severity, code, key]));
    expect(judgement.isRetirement).toBe(isRetirement);
    if (judgement.withoutHistory) expect(judgement.withoutHistory).toEqual(judgement.findings);
  });
});
