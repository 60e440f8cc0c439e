/**
 * Git as the user has it: their identity, signing key, credentials and ssh, which a push needs. Never a hook: what a
 * repository runs before a push would stand in the way of an emergency, and is for the server to decide anyhow.
 */
import { runGit, SyncError, type GitResult } from '../../provider/repository/index.js';

/** A setting that overrides whatever the user or the repository has. */
export type GitSetting = readonly [key: string, value: string];

/** Where a caller of ours, such as a hook, has pointed git; all from `git rev-parse --local-env-vars`. */
const FOREIGN: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
  // Both would date an emergency to some other day.
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_DATE',
]);

const FIXED: Readonly<Record<string, string>> = {
  // The tables of failures read git's English.
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0',
  // Git runs in a session of its own, so nobody could answer.
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
};

/** No program of the repository's choosing. */
export const quietSettings: readonly GitSetting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
];

const settings: readonly GitSetting[] = [
  ...quietSettings,
  // A guess from the host's name would be nobody.
  ['user.useConfigOnly', 'true'],
  ['i18n.commitEncoding', 'UTF-8'],
];

/** The first fetch of a clone that was left alone for a year may take a while; nothing else does. */
const TIMEOUT_MS = 120_000;

/** A hash, a ref or a setting. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** One run of git as the user. */
export interface UserGitRun {
  readonly input?: string;
  /** Beside those that hold for every run. */
  readonly settings?: readonly GitSetting[];
}

/** Runs git as the user, in a repository. @throws SyncError as `runGit`; not for an exit code */
export function runAsUser(gitDir: string, args: readonly string[], run: UserGitRun = {}): Promise<GitResult> {
  return runGit({
    gitDir,
    args,
    environment: userEnvironment([...settings, ...(run.settings ?? [])]),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    ...(run.input !== undefined && { input: run.input }),
  });
}

/** What git prints for the user, trimmed; undefined where it says no. */
export async function askAsUser(gitDir: string, args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await runAsUser(gitDir, args);
  return exitCode === 0 ? stdout.toString('utf8').trim() : undefined;
}

/** Environment variables for settings, after those that the environment has already. */
export function settingVariables(added: readonly GitSetting[], count = 0): Record<string, string> {
  const variables = added.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${count + index}`, key],
    [`GIT_CONFIG_VALUE_${count + index}`, value],
  ]);
  return {
    ...(Object.fromEntries(variables) as Record<string, string>),
    GIT_CONFIG_COUNT: String(count + added.length),
  };
}

function userEnvironment(added: readonly GitSetting[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // What git traces would be taken for its messages, and may hold what it sends.
    if (value !== undefined && !FOREIGN.has(name) && !name.startsWith('GIT_TRACE')) kept[name] = value;
  }
  const count = Number(kept['GIT_CONFIG_COUNT'] ?? 0);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new SyncError('the environment variable GIT_CONFIG_COUNT is not a number; unset it', 'never');
  }
  return { ...kept, ...FIXED, ...settingVariables(added, count) };
}
