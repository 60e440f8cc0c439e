/** Faults of a tree's entries: links, submodules, names that are one elsewhere. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rolledOut } from '../testing/flag-files.js';
import type { Fault } from './fault.js';
import { bring, OTHER, OTHER_FILE, OTHER_PLACE, otherText, refused, withoutOther } from './other-flag.js';
import { sufferWhileServing } from './scenes.js';
import type { Stage } from './stage.js';

/** Of a repository that is nowhere. */
const SUBMODULE = '0123456789012345678901234567890123456789';

/** Brings a commit with an entry that only git's index can make. */
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

/** The rows of this theme. */
export const entryFaults: readonly Fault[] = [
  {
    number: 24,
    name: 'A flag file is a symlink out of the tree',
    over: ['file'],
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
    over: ['file'],
    scene: bringRaw('160000', 'flags/shop', SUBMODULE),
    sees: refused('flags/shop:1:1 links and submodules are never followed'),
    mend: removeRaw('flags/shop'),
  },
  {
    number: 25,
    name: 'A flag file is a pointer of Git LFS',
    over: ['file', 'directory'],
    scene: bring({
      [OTHER_FILE]: `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`,
    }),
    sees: refused(`${OTHER_PLACE}:1:1 the file must be a map`),
    mend: withoutOther(),
  },
  {
    number: 28,
    name: 'Two names differ by case alone',
    over: ['file', 'directory'],
    scene: bring({ ...rolledOut(OTHER, 0), 'flags/web/cart/Other.yaml': otherText }),
    sees: refused('differs from that of another by case alone'),
    mend: withoutOther('flags/web/cart/Other.yaml'),
  },
  {
    number: 28,
    name: 'Two names are one in another normal form of Unicode',
    over: ['file', 'directory'],
    scene: bring({ 'flags/web/cart/caf\u00E9.yaml': otherText, 'flags/web/cart/cafe\u0301.yaml': otherText }),
    sees: refused('none of the kinds that a flags folder holds'),
    mend: withoutOther('flags/web/cart/caf\u00E9.yaml', 'flags/web/cart/cafe\u0301.yaml'),
    remark: 'Names are ASCII, so each of the two is refused for itself.',
  },
];
