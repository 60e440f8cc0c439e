/** Somebody's clone of the flag repository in whatever state it is: only its objects and its settings are looked at. */
import { stat } from 'node:fs/promises';
import { findRepository, parsePath, type LocalRepository } from '../../provider/repository/index.js';
import { SyncError } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import { openWorkspace, type WorkspaceOptions } from '../workspace.js';
import { askAsUser } from './user-git.js';

/** A clone, working or bare. */
export interface Clone {
  readonly repository: LocalRepository;
  /** The flags folder from the repository's root, with slashes; empty where it is the root itself. */
  readonly path: string;
}

/**
 * Finds the clone that somebody works in, also where the flags folder is missing from the working tree, or there is no
 * working tree at all.
 * @throws UsageError where there is no git repository, SyncError where it can't be used
 */
export async function openClone(location: WorkspaceOptions): Promise<Clone> {
  const workspace = await openWorkspace(location).catch((error: unknown) => {
    if (!(error instanceof UsageError) || location.repository !== undefined) throw error;
    return undefined;
  });
  const repository = await findRepository(workspace?.root ?? location.directory);
  if (repository === undefined) {
    throw new UsageError(
      `${workspace?.root ?? location.directory} is not in a git repository; name a clone with --repo, or edit the file itself with --local`,
    );
  }
  await requireTrusted(repository);
  return { repository, path: workspace?.path ?? parsePath(location.path) };
}

/**
 * A repository's own settings name programs that a fetch runs, so git uses only those of its user; it takes our
 * `--git-dir` for a sign of trust, so the check is ours: https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
 */
async function requireTrusted({ gitDir, toplevel }: LocalRepository): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined) return;
  const owners = await Promise.all([gitDir, toplevel].map(async (path) => (await stat(path)).uid));
  // As git does it: under sudo the user's own repositories are trusted, too.
  const trusted = new Set([user, ...(user === 0 ? [Number(process.env['SUDO_UID'])] : [])]);
  if (owners.every((owner) => trusted.has(owner))) return;
  // Not from the repository itself, which could declare itself safe.
  const scopes = await Promise.all(
    ['--global', '--system'].map((scope) => askAsUser(gitDir, ['config', scope, '--get-all', 'safe.directory'])),
  );
  const safe = new Set(scopes.flatMap((text) => text?.split('\n') ?? []));
  if (safe.has('*') || safe.has(toplevel)) return;
  throw new SyncError(
    `${toplevel} belongs to another user; if you trust it: git config --global --add safe.directory ${toplevel}`,
    'never',
  );
}
