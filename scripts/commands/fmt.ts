/** `flagctl fmt`: the one style for every file of a flag repository. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import {
  MAX_FILE_BYTES,
  compareProblems,
  excerpt,
  load,
  placeAll,
  placeOf,
  textProblemCodes,
  type Problem,
  type ProblemCode,
  type Tree,
  type TreeEntry,
  type UnplacedProblem,
} from '../../provider/repository/index.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { writeWhole } from '../file-writing.js';
import { format } from '../format/format.js';
import { hasSameMeaning } from '../format/meaning.js';
import { findSchemas, type SchemaPath } from '../format/schema-path.js';
import { counted, problemJson, type Report } from '../report.js';

/** Formats files; `--json` prints `{ files, changed, problems }`. */
export const fmt: Command = {
  name: 'fmt',
  summary: 'Format the files, keeping comments and meaning',
  description:
    'Orders keys, writes rules and stages on a line each, quotes what YAML parsers disagree on, and keeps the blank\n' +
    'lines that let git merge a kill with a ramp. Files that are not readable YAML are reported and left alone.',
  arguments: [
    {
      name: 'files',
      summary: 'files or folders (default: the flags folder)',
      isOptional: true,
      isList: true,
      completes: 'files',
    },
  ],
  options: [{ name: 'check', summary: 'write nothing, and report the files that are not formatted' }],
  examples: [
    { line: 'flagctl fmt', summary: 'every file' },
    { line: 'flagctl fmt flags/payments flags/policy.yaml', summary: "one team's files and the policy" },
    { line: 'flagctl fmt --check --format github', summary: 'annotations in a GitHub workflow' },
  ],
  formats: ['json', 'github', 'sarif'],
  run: runFmt,
};

/** Problems of files that there is no text to format in. Other problems are no reason to leave a file unformatted. */
const unreadable: ReadonlySet<ProblemCode> = new Set([...textProblemCodes, 'unexpected-file', 'symlink']);

/** A file whose text is not as the formatter would have it. */
interface Difference {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

async function runFmt({ workspace, argumentList, options, directory }: CommandInput): Promise<Report> {
  const repository = await workspace();
  const { root } = repository;
  const tree = await repository.tree();
  const names = argumentList('files');
  const paths = await Promise.all(names.map((name) => chosenPath(root, directory, name)));
  const entries = chosenEntries(tree, paths);
  const refused = await refusals(tree, entries);
  const broken = new Set(refused.map(({ file }) => file));
  const readable = entries.filter(({ path, kind }) => kind === 'file' && !broken.has(path));
  const differences = await findDifferences(tree, readable, await findSchemas(root));
  const isCheck = options.isSet('check');
  if (!isCheck) for (const { path, after } of differences) await writeWhole(root, path, after);
  const found = isCheck ? await placeAll(tree, differences.map(notFormatted)) : [];
  return reportOf(entries.length, differences, [...refused, ...found].sort(compareProblems), isCheck);
}

/** What was named, from the repository's root, with slashes; symlinks in the folders above it are resolved. */
async function chosenPath(root: string, directory: string, name: string): Promise<string> {
  const path = resolve(directory, name);
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  return relative(root, join(folder, basename(path)))
    .split(sep)
    .join('/');
}

function chosenEntries(tree: Tree, paths: readonly string[]): readonly TreeEntry[] {
  const prefix = tree.root === '' ? '' : `${tree.root}/`;
  const files = tree.entries.filter(({ path }) => path.startsWith(prefix) && kindOf(tree, path) !== undefined);
  const chosen = new Set<TreeEntry>(paths.length === 0 ? files : []);
  for (const name of paths) {
    const isAll = name === '' || prefix.startsWith(`${name}/`);
    const named = isAll ? files : files.filter(({ path }) => path === name || path.startsWith(`${name}/`));
    for (const entry of named) chosen.add(entry);
    if (named.length > 0) continue;
    throw new UsageError(`there is no YAML file ${JSON.stringify(name)} in the flags folder ${tree.root || '.'}`);
  }
  return [...chosen];
}

/** Undefined for a file that is no YAML. */
function kindOf(tree: Tree, path: string) {
  const { kind } = placeOf(tree.root === '' ? path : path.slice(tree.root.length + 1), () => true);
  return kind === 'ignored' ? undefined : kind;
}

async function refusals(tree: Tree, entries: readonly TreeEntry[]): Promise<readonly Problem[]> {
  const result = await load(tree);
  const chosen = new Set(entries.map(({ path }) => path));
  return result.ok ? [] : result.problems.filter(({ file, code }) => chosen.has(file) && unreadable.has(code));
}

/** @throws Error where formatting would change a meaning, which is a bug; nothing is written then */
async function findDifferences(
  tree: Tree,
  entries: readonly TreeEntry[],
  schemaPath: SchemaPath | undefined,
): Promise<readonly Difference[]> {
  const bytesById = await tree.read(entries, MAX_FILE_BYTES);
  return entries.flatMap(({ path, id }) => {
    const kind = kindOf(tree, path);
    const bytes = bytesById.get(id);
    if (kind === undefined || kind === 'unexpected' || bytes === undefined) return [];
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const after = format(kind, before, schemaPath?.(kind, path));
    if (!hasSameMeaning(kind, before, after)) throw new Error(`formatting ${path} would change its meaning`);
    return before === after ? [] : [{ path, before, after }];
  });
}

function notFormatted({ path, before, after }: Difference): UnplacedProblem {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const differing = old.findIndex((line, index) => line !== fresh[index]);
  // Where no line differs, the last one lacks its line break.
  const index = differing < 0 ? old.length - 1 : differing;
  const found = old[index] ?? '';
  const wanted = fresh[index];
  return {
    code: 'not-formatted',
    file: path,
    line: index + 1,
    column: 1,
    endColumn: found.replace(/\r$/, '').length + 1,
    message: 'this file is not formatted; here is the first line that differs',
    found: excerpt(found),
    expected: differing < 0 ? 'a line break after it' : wanted === undefined ? 'no such line' : excerpt(wanted),
    fix: 'run `flagctl fmt`',
  };
}

/** A text's lines; none follows its last line break. */
function linesOf(text: string): readonly string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function reportOf(
  count: number,
  differences: readonly Difference[],
  problems: readonly Problem[],
  isCheck: boolean,
): Report {
  const changed = differences.map(({ path }) => path);
  const files = counted(count, 'file');
  const verdict = isCheck ? `${changed.length} not formatted` : `${changed.length} formatted`;
  const lines = [...(isCheck ? [] : changed.map((path) => `formatted ${path}`)), `${files}: ${verdict}`];
  return {
    outcome: problems.length > 0 ? 'findings' : 'clean',
    sections: [
      { kind: 'problems', problems },
      { kind: 'lines', lines },
    ],
    json: { files: count, changed, problems: problems.map(problemJson) },
  };
}
