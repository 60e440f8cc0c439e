/** The README's table of commands, made of the commands; run as a program it writes the table into the README. */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Command } from '../command.js';
import { commands } from '../commands/index.js';

const START = '<!-- commands:start -->';
const END = '<!-- commands:end -->';

/** The table as Markdown, its columns aligned as prettier does: each command, what it does, and a call worth copying. */
export function commandTable(records: readonly Command[] = commands): string {
  const rows = records.map(({ name, summary, examples }) => [`\`${name}\``, cell(summary), code(examples[0]?.line)]);
  const headings = ['Command', 'What it does', 'For example'];
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [headings, rule, ...rows].map(line).join('\n');
}

/** A README with the table between its marks. @throws Error where the marks are missing */
export function withCommandTable(readme: string, table = commandTable()): string {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the README must hold ${START} and, after it, ${END}`);
  return `${readme.slice(0, start + START.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function code(line: string | undefined): string {
  return line === undefined ? '' : `\`${cell(line)}\``;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const readme = await readFile('README.md', 'utf8');
  await writeFile('README.md', withCommandTable(readme));
}
