/** The main branch as a line of commits: no more of each than every question needs, so that ten thousand are quick. */
import {
  localEnvironment,
  runGit,
  shown,
  SyncError,
  type CommitRecord,
  type IsolatedRepository,
} from '../../provider/repository/index.js';

/** A commit of the branch itself. */
export interface LineCommit extends Pick<CommitRecord, 'id' | 'parents' | 'message'> {
  /** Those about reviews alone. */
  readonly trailers: CommitRecord['trailers'];
  /** The committer's date in milliseconds since 1970; undefined where there is none that can be told. */
  readonly date: number | undefined;
}

/** A hundred thousand commits take a second. */
const TIMEOUT_MS = 120_000;

/** Half a million commits with long messages. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/** Neither a hash nor a message can hold the NUL between them; `-z` adds one behind each commit. */
const FIELDS = ['%H', '%P', '%ct', '%(trailers:key=Review,key=Reviewed,unfold)', '%B'];

/** The end of what a Date can hold. */
const MAX_SECONDS = 253_402_300_799;

/** The first-parent history of a commit (a full hash), oldest first. @throws SyncError where it is cut or can't be read */
export async function readLine(store: IsolatedRepository, tip: string): Promise<readonly LineCommit[]> {
  store.requireWholeHistory('an audit');
  const options = ['--first-parent', '--no-patch', '--no-show-signature', '--no-mailmap', '--no-color', '-z'];
  const { exitCode, stdout, stderr } = await runGit({
    gitDir: store.gitDir,
    args: ['log', ...options, `--format=${FIELDS.join('%x00')}`, '--end-of-options', tip, '--'],
    environment: localEnvironment(store.gitDir),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  if (exitCode === 0 && stderr === '') return lineOf(stdout.toString('utf8').split('\0')).toReversed();
  await store.reportDamage();
  throw new SyncError(`the history cannot be read: ${shown(stderr)}`, 'later');
}

function lineOf(fields: readonly string[]): readonly LineCommit[] {
  const line: LineCommit[] = [];
  for (let start = 0; start + FIELDS.length <= fields.length; start += FIELDS.length) {
    const [id = '', parents = '', seconds = '', trailers = '', message = ''] = fields.slice(
      start,
      start + FIELDS.length,
    );
    if (!/^[0-9a-f]{40,64}$/.test(id))
      throw new SyncError(`git log printed an unexpected commit: ${shown(id)}`, 'later');
    line.push({
      id,
      parents: parents === '' ? [] : parents.split(' '),
      date: /^\d{1,12}$/.test(seconds) && Number(seconds) <= MAX_SECONDS ? Number(seconds) * 1_000 : undefined,
      trailers: trailers === '' ? [] : trailers.split('\n').flatMap(trailerOf),
      message: message.trimEnd(),
    });
  }
  return line;
}

function trailerOf(text: string): CommitRecord['trailers'] {
  const colon = text.indexOf(':');
  return colon < 1 ? [] : [{ key: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() }];
}
