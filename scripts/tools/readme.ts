/** The README's generated parts: the table of commands, an example, and what was measured; run as a program it writes them. */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { renderResults } from '../bench/render.js';
import type { Results } from '../bench/results.js';
import type { Command } from '../command.js';
import { commands } from '../commands/index.js';
import { markdownTable } from '../output/markdown-table.js';
import { previewExample, PREVIEW_COMMANDS } from './preview-example.js';

/** What the README is made with: the results of the last full run of the benchmark, from the project's root. */
export const RESULTS_FILE = 'scripts/bench/results.json';

/** The table as Markdown: each command, what it does, and a call worth copying. */
export function commandTable(records: readonly Command[] = commands): string {
  const rows = records.map(({ name, summary, examples }) => [`\`${name}\``, summary, code(examples[0]?.line)]);
  return markdownTable([{ heading: 'Command' }, { heading: 'What it does' }, { heading: 'For example' }], rows);
}

/** A README with a part between its marks. @throws Error where the marks are missing */
export function withPart(readme: string, name: 'commands' | 'preview' | 'measured', part: string): string {
  const [startMark, endMark] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [start, end] = [readme.indexOf(startMark), readme.indexOf(endMark)];
  if (start < 0 || end < start) throw new Error(`the README must hold ${startMark} and, after it, ${endMark}`);
  return `${readme.slice(0, start + startMark.length)}\n\n${part}\n\n${readme.slice(end)}`;
}

/**
 * A README with all of its generated parts.
 * @param example the comment that {@link previewExample} gives
 * @param results the text of {@link RESULTS_FILE}
 */
export function withGeneratedParts(readme: string, example: string, results: string): string {
  const calls = ['```sh', ...PREVIEW_COMMANDS, '```'].join('\n');
  const withExample = withPart(readme, 'preview', `${calls}\n\n${quoted(example)}`);
  const measured = renderResults(JSON.parse(results) as Results);
  return withPart(withPart(withExample, 'commands', commandTable()), 'measured', measured);
}

/** A comment within a page: a quotation, whose tables and pictures are drawn as in the comment. */
function quoted(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}

function code(line: string | undefined): string {
  return line === undefined ? '' : `\`${line}\``;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [readme, results] = await Promise.all([readFile('README.md', 'utf8'), readFile(RESULTS_FILE, 'utf8')]);
  await writeFile('README.md', withGeneratedParts(readme, await previewExample('.'), results));
}
