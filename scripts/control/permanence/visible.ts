/** What nobody can see, or sees in another order, is refused everywhere under the flags folder: names and comments too. */
import {
  changedFiles,
  decodeText,
  hasInvisible,
  isolated,
  MAX_FILE_BYTES,
  parsePath,
  refuseInvisible,
  spellInvisible,
  visitBlobs,
  type FileChange,
  type GitRepository,
} from '../../../provider/repository/index.js';
import type { Finding } from '../finding.js';

/** A finding for each of more places than these would hide the others. */
const MAX_FINDINGS_A_FILE = 5;

/**
 * What a change writes under the flags folder that a reviewer cannot see, in files of every kind.
 * @param base the full hash of a commit or tree, as is `result`
 * @throws SyncError when the files can't be read
 */
export async function invisibleFindings(
  repository: GitRepository,
  base: string,
  result: string,
  flagsRoot: string,
): Promise<readonly Finding[]> {
  return isolated(repository, {}, async (store) => {
    const root = parsePath(flagsRoot);
    const written = (await changedFiles(store, base, result)).filter(({ after }) => after !== undefined);
    const below = written.filter(({ path }) => root === '' || path.startsWith(`${root}/`));
    const ids = new Set(
      below.flatMap(({ after }) => (after === undefined || after.kind === 'submodule' ? [] : after.id)),
    );
    const texts = new Map<string, Uint8Array | undefined>();
    await visitBlobs(store, ids, MAX_FILE_BYTES, (id, bytes) => texts.set(id, bytes));
    return [
      ...written.flatMap(({ path }) => [...folderTwin(path, root)]),
      ...below.flatMap((file) => [...nameFindings(file.path), ...contentFindings(file, texts)]),
    ];
  });
}

/** A second folder that a reader, and some file systems, take for the flags folder. */
function* folderTwin(path: string, root: string): Generator<Finding> {
  const folder = path.slice(0, root.length);
  if (root === '' || folder === root || folder.toLowerCase() !== root.toLowerCase()) return;
  if (path.length > root.length && path[root.length] !== '/') return;
  yield {
    code: 'flags-folder-twin',
    severity: 'error',
    message: `\`${folder}\` differs from the flags folder, \`${root}\`, by case alone: nothing in it is ever served`,
    fix: `move the file into \`${root}\`, or to a folder of another name`,
    file: path,
  };
}

function* nameFindings(path: string): Generator<Finding> {
  // A backslash may stand for a byte that is no text.
  if (!hasInvisible(path) && !/[\t\n\\]/.test(path)) return;
  yield {
    code: 'invisible-character',
    severity: 'error',
    message: `the name of the file \`${spellInvisible(path)}\` has characters that nobody sees or that are no text`,
    fix: 'rename the file',
    file: path,
  };
}

function* contentFindings(
  { path, after }: FileChange,
  texts: ReadonlyMap<string, Uint8Array | undefined>,
): Generator<Finding> {
  if (after === undefined || after.kind === 'submodule') return;
  const bytes = texts.get(after.id);
  const fault = {
    code: 'file-unreviewable',
    severity: 'error',
    fix: 'keep it outside of the flags folder',
    file: path,
  } as const;
  if (bytes === undefined) {
    yield {
      ...fault,
      message: `the file is larger than ${MAX_FILE_BYTES.toLocaleString('en')} bytes: nobody can review it`,
    };
    return;
  }
  const { text, invalidAt } = decodeText(bytes);
  if (invalidAt !== undefined) yield { ...fault, message: 'the file is no UTF-8 text: nobody can review it' };
  else yield* textFindings(path, text);
}

function textFindings(path: string, text: string): readonly Finding[] {
  const findings: Finding[] = [];
  const isFull = (): boolean => findings.length >= MAX_FINDINGS_A_FILE;
  const found = ({ start, message, found: names }: { start: number; message: string; found?: string }): void => {
    const line = text.slice(0, start).split('\n').length;
    findings.push({
      code: 'invisible-character',
      severity: 'error',
      message: `line ${line}: ${message} (${names})`,
      fix: 'remove it; comments are no place for it either',
      file: path,
    });
  };
  refuseInvisible(text, found, isFull);
  return findings;
}
