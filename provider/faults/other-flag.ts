/** The flag of scenes in which one file of a commit is wrong. */
import type { FileChanges } from '../repository/testing/repository.js';
import { flag } from '../testing/flag-files.js';
import type { Expected } from './fault.js';
import { readyFirst, sufferWhileServing } from './scenes.js';
import type { Stage } from './stage.js';

/** The flag that is wrong, in a commit whose others are right. */
export const OTHER = 'web.cart.other';
/** A flag's file. */
export const pathOf = (key: string): string => `flags/${key.replaceAll('.', '/')}.yaml`;
/** The file of {@link OTHER}. */
export const OTHER_FILE = pathOf(OTHER);
/** As a problem of a folder has it too, which is named from the folder on. */
export const OTHER_PLACE = OTHER_FILE.slice('flags/'.length);
/** Its file with this body. */
export const other = (body: string): FileChanges => flag(OTHER, body);
/** A text for it that nothing is wrong with. */
export const otherText = String(flag(OTHER, 'default: false\n')[OTHER_FILE]);

/** Publishes a second revision with something wrong in it, polls, and polls again. */
export const bring =
  (changes: FileChanges) =>
  (stage: Stage): Promise<void> =>
    sufferWhileServing(stage, async () => {
      await stage.publish('second', changes);
      await stage.application.refresh();
    });

/** The revision is refused for these words, and the first one serves. */
export const refused = (words: string): Expected => ({ ...readyFirst, rejected: words, log: 'is refused' });

/** What takes the wrong file away again. */
export const withoutOther =
  (...paths: readonly string[]) =>
  async (stage: Stage): Promise<void> => {
    const files = [OTHER_FILE, ...paths].map((path) => [path, null] as const);
    if (stage.transport !== 'directory') await stage.repository.commit(Object.fromEntries(files));
    else for (const [path, content] of files) await stage.save(path, content);
  };
