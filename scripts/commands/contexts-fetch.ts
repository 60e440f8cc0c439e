/** `flagctl contexts fetch`: the contexts that a workflow of the main branch may judge by. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  findRepository,
  isAncestor,
  resolveRevision,
  SyncError,
  type LocalRepository,
} from '../../provider/repository/index.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { takeBranchFiles } from '../contexts/fetch/branch-files.js';
import { unzip } from '../contexts/fetch/unzip.js';
import { baseOf, commitOf } from '../history/base.js';
import { hostOf } from '../host/for-command.js';
import { counted, emphasised, type Report, type Text } from '../report.js';
import { removedOnInterrupt } from '../unfinished.js';

/** Of a zip: a few million sampled contexts, compressed once more. */
const MAX_ARCHIVE_BYTES = 256 * 1024 * 1024;
/** Of all files in it: what a runner of GitHub's smallest kind writes and reads within a minute. */
const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024;

/** Fetches files of contexts; `--json` prints `{ folder, files, left, artifact }`. */
export const contextsFetch: Command = {
  name: 'contexts fetch',
  summary: 'Fetch the contexts that a workflow of the main branch may judge changes by',
  description:
    'Files are taken from the base as it is committed, and only those that need the highest tier to be changed. ' +
    "An artifact is the newest of its name that a run of the base's own commits uploaded to GitHub: none of a fork, of " +
    'another branch, of a tag or of a pull request. Its files of contexts are unpacked, and nothing else.',
  arguments: [{ name: 'files', summary: "paths from the repository's root", isOptional: true, isList: true }],
  options: [
    { name: 'artifact', value: 'NAME', summary: 'the name of an artifact of GitHub Actions' },
    { name: 'base', value: 'REV', summary: "the main branch (default: the remote's default branch)" },
    {
      name: 'out',
      short: 'o',
      value: 'DIR',
      summary: 'the folder to write to',
      isRequired: true,
      completes: 'directories',
    },
  ],
  examples: [
    { line: 'flagctl contexts fetch .github/contexts.jsonl.gz --out contexts', summary: 'a file of the main branch' },
    { line: 'flagctl contexts fetch --artifact contexts --out contexts', summary: 'what the last sampling left' },
  ],
  formats: ['json'],
  run: runFetch,
};

/** What a fetched file is, for the report. */
interface Fetched {
  readonly name: string;
  readonly bytes: number;
}

async function runFetch(input: CommandInput): Promise<Report> {
  const { options, argumentList, directory } = input;
  const [paths, artifact] = [argumentList('files'), options.text('artifact')];
  if (paths.length === 0 && artifact === undefined) throw new UsageError('name files of the base, or --artifact');
  const workspace = await input.workspace();
  const repository = await findRepository(workspace.root);
  if (repository === undefined) throw new UsageError(`${workspace.root} is not a git repository`);
  const base = await baseOf(repository, options.text('base'), artifact !== undefined);
  const commit = await commitOf(repository, base.revision, '--base');
  const folder = resolve(directory, options.text('out') ?? '');
  const files = await writing(folder, async () => {
    await mkdir(folder, { recursive: true });
    return takeBranchFiles({ repository, root: workspace.path, commit, paths }, folder);
  });
  if (artifact === undefined) return report(folder, files, []);
  const unpacked = await fetchArchive(input, { repository, branch: base.branch, commit, name: artifact, folder });
  if (unpacked.taken.length === 0) {
    throw new UsageError(
      `the artifact ${JSON.stringify(artifact)} holds no file of contexts: .jsonl, .csv, .parquet or .sqlite`,
    );
  }
  return report(folder, [...files, ...unpacked.taken], unpacked.left, unpacked.from);
}

interface ArchiveTerms {
  readonly repository: LocalRepository;
  readonly branch: string;
  readonly commit: string;
  readonly name: string;
  readonly folder: string;
}

async function fetchArchive({ environment, progress }: CommandInput, terms: ArchiveTerms) {
  const { repository, branch, commit, name, folder } = terms;
  const { host } = await hostOf(repository, environment);
  const own = await mkdtemp(join(tmpdir(), 'guidon-artifact-'));
  const finished = removedOnInterrupt(own);
  try {
    progress(`downloading the artifact ${name}`);
    const archive = join(own, 'artifact.zip');
    const found = await host.fetchArtifact({
      name,
      branch,
      isOfBranch: async (hash) =>
        (await resolveRevision(repository, hash)) === hash && (await isAncestor(repository, hash, commit)) === true,
      maxBytes: MAX_ARCHIVE_BYTES,
      to: archive,
    });
    progress('unpacking');
    const unpacked = await writing(folder, () => unzip(archive, folder, MAX_UNPACKED_BYTES));
    return { ...unpacked, from: found };
  } finally {
    await rm(own, { recursive: true, force: true });
    finished();
  }
}

/** What the system says of the folder: it is a file, say, or the disk is full. @throws SyncError */
async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new SyncError(`can't write to ${folder}: ${(cause as Error).message}`, 'never', { cause });
  }
}

function report(folder: string, files: readonly Fetched[], left: readonly string[], artifact?: object): Report {
  const lines = files.map(({ name, bytes }): Text => [
    emphasised('good', 'took'),
    ` ${name}, ${counted(bytes, 'byte')}`,
  ]);
  const out = left.map((name): Text => [emphasised('faint', 'left'), ` ${JSON.stringify(name)}: no file of contexts`]);
  return {
    outcome: 'clean',
    sections: [{ kind: 'lines', lines: [...lines, ...out] }],
    json: { folder, files, left, artifact: artifact ?? null },
  };
}
