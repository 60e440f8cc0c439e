/** Which change a command is asked about: its options, the commits that they name, and what is in none of them. */
import { findRepository, type LocalRepository } from '../../provider/repository/index.js';
import { UsageError, type CommandInput, type CommandOption } from '../command.js';
import { emphasised, type Text } from '../report.js';
import { baseOf, commitOf } from './base.js';
import { uncommittedFiles } from './uncommitted.js';

/** The change of a command's options. */
export interface ChangeRange {
  /** Full hashes: the base branch's tip, and the head. */
  readonly base: string;
  readonly head: string;
  /** The base branch's name on its host, `main`; empty where the base is no branch. */
  readonly baseRef: string;
  /** On edits that are in no commit, where somebody who made them may take the answer for one about them. */
  readonly notices: readonly Text[];
}

/** Enough to know which edits are meant. */
const MAX_SHOWN_FILES = 3;

/** The options that name a change. */
export const rangeOptions: readonly CommandOption[] = [
  { name: 'base', value: 'REV', summary: "the base branch's tip (default: the remote's default branch)" },
  { name: 'head', value: 'REV', summary: 'the head of the change (default: HEAD)' },
];

/** Where a change is. */
export interface ChangePlace {
  readonly repository: LocalRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
}

/** The git repository that a change is in. @param purpose for the error: `judge` @throws UsageError where there is none */
export async function changePlace(input: CommandInput, purpose: string): Promise<ChangePlace> {
  const { root, path } = await input.workspace();
  const repository = await findRepository(root);
  if (repository !== undefined) return { repository, root: path };
  throw new UsageError(`${root} is not a git repository, so there is no change to ${purpose}`);
}

/**
 * The commits of `--base` and `--head`.
 * @param needs whether the base must be a branch; and what is not done to edits that are in no commit: `judged`
 * @throws UsageError where there are no such commits
 */
export async function changeRange(
  { repository, root }: ChangePlace,
  { options }: CommandInput,
  needs: { readonly branch: boolean; readonly done: string },
): Promise<ChangeRange> {
  const base = await baseOf(repository, options.text('base'), needs.branch);
  return {
    base: await commitOf(repository, base.revision, '--base'),
    head: await commitOf(repository, options.text('head') ?? 'HEAD', '--head'),
    baseRef: base.branch,
    notices: options.text('head') === undefined ? await uncommittedNotices(repository, root, needs.done) : [],
  };
}

/** Somebody who edits and looks what it takes must not take the answer for one about the edits. */
async function uncommittedNotices(repository: LocalRepository, root: string, done: string): Promise<readonly Text[]> {
  const files = await uncommittedFiles(repository, root);
  if (files.length === 0) return [];
  const more = files.length > MAX_SHOWN_FILES ? ` and ${files.length - MAX_SHOWN_FILES} more` : '';
  const named = `${files.slice(0, MAX_SHOWN_FILES).join(', ')}${more}`;
  return [[emphasised('warning', `not ${done}: `), `edits that are not committed, of ${named}`]];
}
