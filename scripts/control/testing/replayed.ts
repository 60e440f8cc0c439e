/** The preview of a scene's change as CI makes it: of real contexts, replayed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openContextFiles } from '../../contexts/reading/open-files.js';
import { findRepository } from '../../../provider/repository/index.js';
import { previewChange } from '../../impact/preview-change.js';
import type { Preview } from '../../impact/preview.js';
import type { Scene } from './scene.js';

/** Enough that the interval of a share of 2 % has its upper end below 3 %. */
const USERS = 2_000;

/** How they are replayed. */
interface ReplayedOptions {
  /** Left out: the tip of the branch. */
  readonly head?: string;
  readonly isEstimate?: boolean;
  /** What their targeting keys begin with: `hashed:`. */
  readonly keyPrefix?: string;
}

/** Replays users, of whom every tenth is on the company's payroll, through what the scene has. */
export async function replayed(
  scene: Scene,
  { head = 'change', isEstimate = false, keyPrefix = '' }: ReplayedOptions = {},
): Promise<Preview> {
  const users = Array.from({ length: USERS }, (_, index) => ({
    targetingKey: `${keyPrefix}user-${index}`,
    email: index % 10 === 0 ? `user-${index}@acme.example` : `user-${index}@mail.example`,
  }));
  const file = join(scene.repository.folder, 'contexts.jsonl');
  await writeFile(file, users.map((user) => `${JSON.stringify(user)}\n`).join(''));
  const repository = await findRepository(scene.repository.workDir);
  if (repository === undefined) throw new Error('there is a repository');
  const result = await previewChange({
    repository,
    root: 'flags',
    base: await scene.git('rev-parse', 'origin/main'),
    head: await scene.git('rev-parse', head),
    files: isEstimate ? [] : await openContextFiles([file], scene.repository.folder, {}),
    reading: {},
    by: [],
    maxRefused: 0,
    threads: 1,
    progress: () => undefined,
  });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.preview;
}
