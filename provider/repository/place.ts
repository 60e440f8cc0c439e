/** Problems to their places: a pointer into a document becomes a line, a column and a code frame. */
import { MAX_CODEOWNERS_BYTES } from './codeowners.js';
import { decodeText, MAX_FILE_BYTES } from './yaml/text.js';
import { SourceText } from './place-frame.js';
import { problemOf, withPlace, type Problem, type Span, type UnplacedProblem } from './problem.js';
import type { Tree } from './tree.js';
import { NodeIndex } from './yaml/locate.js';

/** Places the problems of one file; those that have a place keep it and get a new frame. Never throws. */
export function place(bytes: Uint8Array, problems: readonly UnplacedProblem[]): readonly Problem[] {
  const { text } = decodeText(bytes);
  const source = new SourceText(text);
  // Larger files are refused unparsed, and are so here.
  const index = new NodeIndex(bytes.length > MAX_FILE_BYTES ? '' : text);
  return problems.map((problem) => {
    const span = spanOf(problem) ?? lookUp(problem, index, source);
    return withPlace(problem, span, source.frame(span));
  });
}

/**
 * Places problems of the files of a tree, in any order; a file that cannot be shown (none, a link, too large) has its
 * problems at its start.
 * @throws SyncError when the tree can't be read
 */
export async function placeAll(tree: Tree, problems: readonly UnplacedProblem[]): Promise<Problem[]> {
  const byFile = new Map<string, UnplacedProblem[]>();
  for (const problem of problems) {
    const ofFile = byFile.get(problem.file);
    if (ofFile === undefined) byFile.set(problem.file, [problem]);
    else ofFile.push(problem);
  }
  const entries = tree.entries.filter(({ path, kind }) => kind === 'file' && byFile.has(path));
  const idOf = new Map(entries.map(({ path, id }) => [path, id]));
  // CODEOWNERS is the largest file that is ever shown.
  const bytesById = entries.length === 0 ? undefined : await tree.read(entries, MAX_CODEOWNERS_BYTES);
  const placed: Problem[] = [];
  for (const [file, ofFile] of byFile) {
    const bytes = bytesById?.get(idOf.get(file) ?? '');
    placed.push(...(bytes === undefined ? ofFile.map(problemOf) : place(bytes, ofFile)));
  }
  return placed;
}

function lookUp({ pointer = [], at = 'value' }: UnplacedProblem, index: NodeIndex, source: SourceText): Span {
  const { start, end, isBlock } = index.locate(pointer, at);
  return source.span(start, isBlock ? Math.min(end, source.endOfLine(start)) : end);
}

function spanOf({ line, column, endLine, endColumn }: UnplacedProblem): Span | undefined {
  if (line === undefined || column === undefined) return undefined;
  return { line, column, endLine: endLine ?? line, endColumn: endColumn ?? column };
}
