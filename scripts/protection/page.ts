/** The generated part of the page on control: the settings of the host; run as a program it writes them. */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { markdownTable } from '../output/markdown-table.js';
import type { Setting } from './setting.js';
import { settings } from './settings.js';

/** The page, from the project's root. */
export const CONTROL_PAGE = '.github/CONTROL.md';

const [START, END] = ['<!-- settings:start -->', '<!-- settings:end -->'];

/** The table as Markdown: what must hold, where it is set, and what goes through without it. */
export function settingsTable(rows: readonly Setting[] = settings): string {
  const cells = rows.map(({ demand, isAdvice, set, without }) => [
    `${demand}${isAdvice === true ? ' (advice)' : ''}`,
    set.github,
    set.gitlab,
    without,
  ]);
  const headings = ['What must hold', 'GitHub', 'GitLab', 'Without it'];
  return markdownTable(
    headings.map((heading) => ({ heading })),
    cells,
  );
}

/** A page with the table between its marks. @throws Error where the marks are missing */
export function withSettings(page: string, rows?: readonly Setting[]): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${CONTROL_PAGE} must hold ${START} and, after it, ${END}`);
  return `${page.slice(0, start + START.length)}\n\n${settingsTable(rows)}\n\n${page.slice(end)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(CONTROL_PAGE, withSettings(await readFile(CONTROL_PAGE, 'utf8')));
}
