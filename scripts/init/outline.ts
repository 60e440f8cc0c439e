/** What `flagctl init` would do to a folder: decided whole before anything is written. */
import { load, type Problem } from '../../provider/repository/index.js';
import { format } from '../format/format.js';
import { findSchemas } from '../format/schema-path.js';
import { withChanges } from '../overlay.js';
import type { Choices } from './choices.js';
import type { Folder } from './folder.js';
import { newFiles } from './new-files.js';
import type { NewFile } from './new-file.js';

/** A file that is there already. */
export interface KeptFile {
  readonly file: NewFile;
  /** The path under which it was found. */
  readonly found: string;
  /** What stands in it; undefined where it is no file of usual length. */
  readonly text: string | undefined;
}

/** The files to write, and what stays. */
export interface Outline {
  readonly written: readonly NewFile[];
  /** Files that are there already. */
  readonly kept: readonly KeptFile[];
  /** What keeps the result from loading; nothing may be written then. */
  readonly problems: readonly Problem[];
  /** Lines that a CODEOWNERS file which is kept lacks. */
  readonly ownersLines: readonly string[];
}

/** @throws UsageError where something is in the way, SyncError where files can't be read */
export async function outline(folder: Folder, choices: Choices, now: Date): Promise<Outline> {
  const schemas = await findSchemas(folder.root);
  const files = newFiles(choices, now, await folder.has('flags/policy.yaml')).map((file) =>
    file.kind === undefined ? file : { ...file, text: format(file.kind, file.text, schemas?.(file.kind, file.path)) },
  );
  const states = await Promise.all(files.map(async (file) => ({ file, found: await folder.present(file) })));
  const written = states.filter(({ found }) => found === undefined).map(({ file }) => file);
  const present = states.flatMap(({ file, found }) => (found === undefined ? [] : [{ file, found }]));
  const kept = await Promise.all(present.map(async (one) => ({ ...one, text: await folder.text(one.found) })));
  const relevant = written.filter(({ path }) => path.startsWith('flags/') || path.endsWith('CODEOWNERS'));
  const changes = new Map([...(await folder.codeowners()), ...relevant.map(({ path, text }) => [path, text] as const)]);
  const result = await load(withChanges(await folder.tree(), changes));
  const errors = result.ok ? [] : result.problems.filter(({ severity }) => severity === 'error');
  // A CODEOWNERS file that is kept does not know the new files yet, and its lines are somebody's decision.
  const isOwed = ({ code, file }: Problem): boolean =>
    code === 'codeowners-mismatch' && written.some(({ path }) => path === file);
  return {
    written,
    kept,
    problems: errors.filter((problem) => !isOwed(problem)),
    ownersLines: errors.some(isOwed) ? [`/flags/ ${choices.codeOwner}`] : [],
  };
}
