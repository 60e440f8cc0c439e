/** Faults of content: a commit that may not serve, whatever is right in the rest of it. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileChanges } from '../repository/testing/repository.js';
import { flag, rolledOut } from '../testing/flag-files.js';
import { KEY } from './application.js';
import type { Expected, Fault } from './fault.js';
import { changedToSecond, readyFirst, SHORT_LEASE, sufferWhileServing } from './scenes.js';
import { serving, type Stage } from './stage.js';

const OTHER = 'web.cart.other';
const pathOf = (key: string): string => `flags/${key.replaceAll('.', '/')}.yaml`;
const OTHER_FILE = pathOf(OTHER);
/** As a problem of a folder has it too, which is named from the folder on. */
const OTHER_PLACE = OTHER_FILE.slice('flags/'.length);
/** One more byte than a file may have. */
const TOO_LARGE = 1024 * 1024 + 1;
const DEEP = 10_000;
/** Nine levels of nine: 387 million scalars. */
const BOMB = `variants:\n  a: &a [1]\n${[...'bcdefghij'].map((name, index) => `  ${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]\n`).join('')}`;

/** The flag that every commit of these scenes brings beside the fault. */
const other = (body: string): FileChanges => flag(OTHER, body);
const otherText = String(flag(OTHER, 'default: false\n')[OTHER_FILE]);

/** Publishes a second revision with something wrong in it, polls, and polls again. */
const bring =
  (changes: FileChanges) =>
  (stage: Stage): Promise<void> =>
    sufferWhileServing(stage, async () => {
      await stage.publish('second', changes);
      await stage.application.refresh();
    });

/** The same, where git's index and no file says what is in the commit. */
const bringRaw =
  (mode: '120000' | '160000', path: string, target: string) =>
  (stage: Stage): Promise<void> =>
    sufferWhileServing(stage, async () => {
      await stage.repository.commitRaw([{ mode, path, target }]);
      await stage.repository.git('checkout', '--quiet', '--force', 'HEAD');
    });

const removeRaw = (path: string) => async (stage: Stage) => {
  await stage.repository.git('rm', '--quiet', '-r', '--cached', '--ignore-unmatch', path);
  await rm(join(stage.repository.workDir, path), { recursive: true, force: true });
};

const refused = (words: string): Expected => ({ ...readyFirst, rejected: words, log: 'is refused' });

/** What takes the wrong file away again. */
const withoutOther =
  (...paths: readonly string[]) =>
  async (stage: Stage): Promise<void> => {
    const files = [OTHER_FILE, ...paths].map((path) => [path, null] as const);
    if (stage.transport !== 'directory') await stage.repository.commit(Object.fromEntries(files));
    else for (const [path, content] of files) await stage.save(path, content);
  };

const SUBMODULE = '0123456789012345678901234567890123456789';

export const contentFaults: readonly Fault[] = [
  {
    number: 17,
    name: 'One flag of a commit is invalid: the lease ends if nobody mends it',
    over: ['http', 'ssh', 'file', 'directory'],
    scene: async (stage) => {
      await sufferWhileServing(stage, () => stage.publish('second', other('defalut: true\n')), SHORT_LEASE);
      await stage.application.heard('STALE');
    },
    sees: { ...refused(`${OTHER_PLACE}:7:1 unknown key \`defalut\``), status: 'STALE', events: ['READY', 'STALE'] },
    mend: withoutOther(),
  },
  {
    number: 18,
    name: 'A commit switches one flag off and breaks another: neither happens',
    over: ['http', 'directory'],
    scene: bring({ ...serving(KEY, 'switched off'), ...other('defalut: true\n') }),
    sees: refused('unknown key `defalut`'),
    mend: withoutOther(),
    remark: 'All or nothing also for an urgent change: `flagctl validate` in CI is what keeps the branch valid.',
  },
  {
    number: 21,
    name: 'A file is too large',
    over: ['http', 'directory'],
    scene: bring({ [OTHER_FILE]: `${otherText}# ${'x'.repeat(TOO_LARGE)}\n` }),
    sees: refused(`${OTHER_PLACE}:1:1 this file is too large`),
    mend: withoutOther(),
    remark: 'What one fetch may bring has a bound of its own, of 512 MiB: ../repository/git/hostile-server.test.ts.',
  },
  {
    number: 22,
    name: 'A file is a bomb of aliases',
    over: ['http', 'directory'],
    scene: bring(other(BOMB)),
    sees: refused('anchors are not allowed'),
    mend: withoutOther(),
  },
  {
    number: 22,
    name: `A file nests ${DEEP.toLocaleString('en')} lists`,
    over: ['http', 'directory'],
    scene: bring(other(`variants: { a: ${'['.repeat(DEEP)}${']'.repeat(DEEP)} }\n`)),
    sees: refused('nested too deeply'),
    mend: withoutOther(),
  },
  {
    number: 23,
    name: 'A file has a key twice',
    over: ['http', 'directory'],
    scene: bring(other('default: true\ndefault: false\n')),
    sees: refused(`${OTHER_PLACE}:8:1 this mapping has the key twice`),
    mend: withoutOther(),
  },
  {
    number: 23,
    name: 'Two files have the same flag key',
    over: ['http', 'directory'],
    scene: bring({ [OTHER_FILE]: otherText.replace(OTHER, KEY) }),
    sees: refused(`${OTHER_PLACE}:1:6`),
    mend: withoutOther(),
    remark: "A flag's file is named after its key, so the second file is refused for its name, and named.",
  },
  {
    number: 24,
    name: 'A flag file is a symlink out of the tree',
    over: ['http', 'file'],
    scene: bringRaw('120000', OTHER_FILE, '/etc/passwd'),
    sees: refused(`${OTHER_PLACE}:1:1 links and submodules are never followed`),
    mend: removeRaw(OTHER_FILE),
  },
  {
    number: 24,
    name: 'A file of a folder is a symlink out of it',
    over: ['directory'],
    scene: (stage) =>
      sufferWhileServing(stage, async () => {
        const outside = join(stage.folder, 'outside.yaml');
        await writeFile(outside, otherText);
        await mkdir(dirname(join(stage.directory, '../', OTHER_FILE)), { recursive: true });
        await symlink(outside, join(stage.directory, '..', OTHER_FILE));
      }),
    sees: refused(`${OTHER_PLACE}:1:1 links and submodules are never followed`),
    mend: withoutOther(),
  },
  {
    number: 25,
    name: 'A folder of flags is a submodule',
    over: ['http', 'file'],
    scene: bringRaw('160000', 'flags/shop', SUBMODULE),
    sees: refused('flags/shop:1:1 links and submodules are never followed'),
    mend: removeRaw('flags/shop'),
  },
  {
    number: 25,
    name: 'A flag file is a pointer of Git LFS',
    over: ['http', 'directory'],
    scene: bring({
      [OTHER_FILE]: `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`,
    }),
    sees: refused(`${OTHER_PLACE}:1:1`),
    mend: withoutOther(),
  },
  {
    number: 26,
    name: 'A file has a byte order mark and lines that end in CR LF: the same flag',
    over: ['http', 'directory'],
    scene: bring({ [pathOf(KEY)]: `\uFEFF${String(serving(KEY, 'second')[pathOf(KEY)]).replaceAll('\n', '\r\n')}` }),
    sees: changedToSecond,
    remark:
      'The revision is the hash of the bytes, so it changes with them; the flag does not, and no change is told of it.',
  },
  {
    number: 27,
    name: 'A file is not UTF-8',
    over: ['http', 'directory'],
    scene: bring({ [OTHER_FILE]: Buffer.from(otherText.replace('For tests.', 'F\u00FCr Tests.'), 'latin1') }),
    sees: refused(`${OTHER_PLACE}:6:15 the bytes from here on are not UTF-8`),
    mend: withoutOther(),
  },
  {
    number: 28,
    name: 'Two names differ by case alone',
    over: ['http', 'directory'],
    scene: bring({ ...rolledOut(OTHER, 0), 'flags/web/cart/Other.yaml': otherText }),
    sees: refused('differs from that of another by case alone'),
    mend: withoutOther('flags/web/cart/Other.yaml'),
  },
  {
    number: 28,
    name: 'Two names are one in another normal form of Unicode',
    over: ['http', 'directory'],
    scene: bring({ 'flags/web/cart/caf\u00E9.yaml': otherText, 'flags/web/cart/cafe\u0301.yaml': otherText }),
    sees: refused('none of the kinds that a flags folder holds'),
    mend: withoutOther('flags/web/cart/caf\u00E9.yaml', 'flags/web/cart/cafe\u0301.yaml'),
    remark: 'Names are ASCII, so each of the two is refused for itself.',
  },
  {
    number: 29,
    name: 'A file has a key `__proto__`',
    over: ['http', 'directory'],
    scene: bring(other('variants: { full: { __proto__: { admin: true } }, none: {} }\ndefault: none\n')),
    sees: refused('this key is not allowed anywhere'),
    mend: withoutOther(),
  },
];
