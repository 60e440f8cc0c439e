/** The list of attacks on the page on control, made of the suite's rows; run as a program it writes them. */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { CONTROL_PAGE } from '../../protection/page.js';
import { markdownTable } from '../../output/markdown-table.js';
import type { Attack, MetElsewhere } from './attack.js';
import { attacks, metElsewhere } from './list.js';

const [START, END] = ['<!-- attacks:start -->', '<!-- attacks:end -->'];

/** The table as Markdown: what is tried, and what `flagctl check` says. */
export function attacksTable(
  rows: readonly Attack[] = attacks,
  elsewhere: readonly MetElsewhere[] = metElsewhere,
): string {
  const own = rows.map(({ number, name, verdict, codes = [], tier, isReducing, remark }) => {
    const facts = [
      ...(tier === undefined ? [] : [`tier \`${tier}\``]),
      ...(isReducing === true ? ['reducing'] : []),
      ...codes.map((code) => `\`${code}\``),
      ...(remark === undefined ? [] : [remark]),
    ];
    return { number, cells: [String(number), name, verdict, facts.join('; ')] };
  });
  const others = elsewhere.map(({ number, name, by }) => ({
    number,
    cells: [String(number), name, 'met elsewhere', by],
  }));
  const sorted = [...own, ...others].toSorted((one, other) => one.number - other.number);
  const headings = ['', 'What is tried', 'Verdict', 'By'];
  return markdownTable(
    headings.map((heading) => ({ heading })),
    sorted.map(({ cells }) => cells),
  );
}

/** A page with the table between its marks. @throws Error where the marks are missing */
export function withAttacks(page: string): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${CONTROL_PAGE} must hold ${START} and, after it, ${END}`);
  return `${page.slice(0, start + START.length)}\n\n${attacksTable()}\n\n${page.slice(end)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(CONTROL_PAGE, withAttacks(await readFile(CONTROL_PAGE, 'utf8')));
}
