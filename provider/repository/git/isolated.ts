/**
 * A repository's objects without anything else of it: an empty bare repository of our own whose store borrows theirs.
 * What git does there is decided by this file alone: no configuration, attributes, hooks, grafts or replaced objects of
 * the repository take part, and what git writes is gone afterwards.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localEnvironment } from './environment.js';
import type { ObjectFormat } from './plumbing.js';
import { type GitLimits, runGit } from './process.js';
import { shown } from './redact.js';
import type { GitRepository } from './repository.js';
import { SyncError } from '../sync-error.js';

/** It looks at a few files. */
const LOOK_TIMEOUT_MS = 10_000;
const LOOK_MAX_BYTES = 64 * 1024;

/** Above all other attributes: every file is merged as text, whatever a `.gitattributes` of either side asks for. */
const ATTRIBUTES = '* merge !text !eol !filter !ident !diff !working-tree-encoding !conflict-marker-size\n';

/** What is known of somebody's repository. */
interface Origin {
  readonly format: ObjectFormat;
  readonly isShallow: boolean;
  readonly objects: string;
}

/** A repository of our own with another one's objects. To be disposed of. */
export class IsolatedRepository implements GitRepository {
  readonly name: string;

  private constructor(
    readonly gitDir: string,
    readonly origin: GitRepository,
    private readonly isShallow: boolean,
  ) {
    this.name = origin.name;
  }

  /** Makes one in the folder for temporary files. @throws SyncError */
  static async of(origin: GitRepository, limits: GitLimits = {}): Promise<IsolatedRepository> {
    const { format, isShallow, objects } = await lookAt(origin, limits);
    const gitDir = await realpath(await mkdtemp(join(tmpdir(), 'guidon-objects-')));
    const isolated = new IsolatedRepository(gitDir, origin, isShallow);
    try {
      await Promise.all(['refs', 'info', join('objects', 'info')].map((path) => makeFolder(gitDir, path)));
      await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
      await writeFile(join(gitDir, 'config'), configuration(format));
      await writeFile(join(gitDir, 'info', 'attributes'), ATTRIBUTES);
      await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${quoted(objects)}\n`);
      return isolated;
    } catch (cause) {
      await isolated.dispose();
      throw new SyncError(`cannot write to the folder for temporary files, ${tmpdir()}`, 'later', { cause });
    }
  }

  /** Refuses a repository whose history is cut. @throws SyncError (never) */
  requireWholeHistory(purpose: string): void {
    if (!this.isShallow) return;
    const advice = 'fetch the full history (fetch-depth: 0, or git fetch --unshallow)';
    throw new SyncError(`${purpose} needs the whole history, and this clone is shallow; ${advice}`, 'never');
  }

  /** Passes it on to whoever keeps the objects. */
  async reportDamage(): Promise<void> {
    await this.origin.reportDamage?.();
  }

  /** Removes all that was written. */
  async dispose(): Promise<void> {
    await rm(this.gitDir, { recursive: true, force: true });
  }
}

/** Uses a repository's objects in isolation; one that is isolated already is used as it is. @throws SyncError */
export async function isolated<T>(
  repository: GitRepository,
  limits: GitLimits,
  use: (isolated: IsolatedRepository) => Promise<T>,
): Promise<T> {
  if (repository instanceof IsolatedRepository) return use(repository);
  const own = await IsolatedRepository.of(repository, limits);
  try {
    return await use(own);
  } finally {
    await own.dispose();
  }
}

async function makeFolder(gitDir: string, path: string): Promise<void> {
  await mkdir(join(gitDir, path), { recursive: true, mode: 0o700 });
}

/** The objects' place is not always below the git directory: that of a linked working tree is a file. */
async function lookAt({ gitDir }: GitRepository, limits: GitLimits): Promise<Origin> {
  const questions = ['--show-object-format', '--is-shallow-repository', '--path-format=absolute', '--git-path'];
  const { exitCode, stdout, stderr } = await runGit({
    ...limits,
    gitDir,
    args: ['rev-parse', ...questions, 'objects'],
    environment: localEnvironment(gitDir),
    timeoutMs: limits.timeoutMs ?? LOOK_TIMEOUT_MS,
    maxOutputBytes: LOOK_MAX_BYTES,
  });
  const [format, shallow, ...lines] = stdout.toString().replace(/\n$/, '').split('\n');
  const objects = lines.join('\n');
  const isKnown = (format === 'sha1' || format === 'sha256') && (shallow === 'true' || shallow === 'false');
  if (exitCode !== 0 || !isKnown || objects === '') {
    throw new SyncError(`${shown(gitDir)} is not a git repository, or a broken one: ${shown(stderr)}`, 'later');
  }
  return { format, isShallow: shallow === 'true', objects };
}

/** A path for the list of alternates, in which a line that begins with a double quote has the escapes of C. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function configuration(format: ObjectFormat): string {
  const lines = [
    '[core]',
    `\trepositoryFormatVersion = ${format === 'sha256' ? 1 : 0}`,
    '\tbare = true',
    '\thooksPath = /dev/null',
    '\tattributesFile = /dev/null',
    // It is a copy of what the commits say, which nobody has verified.
    '\tcommitGraph = false',
    ...(format === 'sha256' ? ['[extensions]', '\tobjectFormat = sha256'] : []),
    '[gc]',
    '\tauto = 0',
  ];
  return `${lines.join('\n')}\n`;
}
