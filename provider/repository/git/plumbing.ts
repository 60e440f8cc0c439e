/** Short local git commands through simple-git; its only home. What may hang or stream is in process.ts. */
import { simpleGit } from 'simple-git';
import { localEnvironment } from './environment.js';
import { unstartable } from './process.js';
import { shown } from './redact.js';
import { SyncError } from '../sync-error.js';

/** Object formats of git. */
export type ObjectFormat = 'sha1' | 'sha256';

/** These commands take milliseconds; only a dead disk is slower. */
const LOCAL_TIMEOUT_MS = 10_000;

/** The first with GIT_CONFIG_COUNT, by which tokens stay off the command line. */
const MINIMUM_VERSION = [2, 31] as const;

/** What a command answers: its output, trimmed, or undefined for the exit code by which git says no. */
type Answer = string | undefined;

const EXIT_NO = 1;

/** Runs git; `home` is a folder without a git configuration. @throws SyncError when it fails */
async function run(home: string, args: readonly string[]): Promise<Answer> {
  const environment = localEnvironment(home);
  let saysNo = false;
  const git = simpleGit({
    baseDir: '/',
    trimmed: true,
    timeout: { block: LOCAL_TIMEOUT_MS },
    // Left alone, simple-git stops listening 50 ms after the exit: on a busy machine, before it has read the output.
    completion: { onClose: true, onExit: false },
    // The guards are against settings from outside; this environment is all ours.
    allowEnvironment: Object.keys(environment),
    unsafe: { allowUnsafeConfigPaths: true, allowUnsafeTemplateDir: true },
    // Left alone, simple-git takes a failure that prints nothing for a success.
    errors: (error, { exitCode, stdErr }) => {
      saysNo = exitCode === EXIT_NO;
      if (exitCode === 0 || saysNo) return undefined;
      return error ?? new Error(Buffer.concat(stdErr).toString() || `exit code ${exitCode}`);
    },
  });
  try {
    const output = await git.env(environment).raw([...args]);
    return saysNo ? undefined : output;
  } catch (cause) {
    throw plumbingError(args, cause);
  }
}

function plumbingError(args: readonly string[], cause: unknown): SyncError {
  if (cause instanceof Error && cause.message.includes('spawn git ')) return unstartable(cause);
  const command = args.find((argument) => !argument.startsWith('-'));
  return new SyncError(`git ${command} failed: ${shown(String(cause))}`, 'later', { cause });
}

/** Checks that the git on the PATH is new enough. @throws SyncError (never) */
export async function requireGit(): Promise<void> {
  const version = (await run('/', ['version'])) ?? '';
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const [neededMajor, neededMinor] = MINIMUM_VERSION;
  const isEnough = Number(major) > neededMajor || (Number(major) === neededMajor && Number(minor) >= neededMinor);
  if (!isEnough) throw new SyncError(`git 2.31 or newer is needed; the PATH has "${shown(version)}"`, 'never');
}

/** Makes an empty bare repository without hooks or other template files. @throws SyncError */
export async function initBare(gitDir: string, format: ObjectFormat): Promise<void> {
  await run(gitDir, ['init', '--bare', '--quiet', '--template=', `--object-format=${format}`, gitDir]);
}

/** The object format of a repository; undefined where `gitDir` is none, or a broken one. */
export async function objectFormat(gitDir: string): Promise<ObjectFormat | undefined> {
  try {
    const format = await run(gitDir, [`--git-dir=${gitDir}`, 'rev-parse', '--show-object-format']);
    return format === 'sha1' || format === 'sha256' ? format : undefined;
  } catch (error) {
    if (error instanceof SyncError && error.retry === 'later') return undefined;
    throw error;
  }
}

/** The full hash of the commit that a revision names; undefined where it names none. @throws SyncError */
export async function commitOf(gitDir: string, revision: string): Promise<Answer> {
  return run(gitDir, [
    `--git-dir=${gitDir}`,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${revision}^{commit}`,
  ]);
}

/** A value of the repository's own configuration; undefined where it is not set. @throws SyncError */
export async function configValue(gitDir: string, key: string): Promise<Answer> {
  return run(gitDir, [`--git-dir=${gitDir}`, 'config', '--local', '--get', key]);
}
