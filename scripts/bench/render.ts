/** Results as Markdown: what `npm run bench` prints, and the README's section. */
import { markdownTable, type MarkdownColumn } from '../output/markdown-table.js';
import { Footnotes } from './footnotes.js';
import { spreadOf, type Spread } from './measure.js';
import type { PreviewResults } from './preview/measure.js';
import type { ClientRow, DirectRow, PushRow, Results, SamplerRow, SideFacts } from './results.js';

const numeric = (heading: string): MarkdownColumn => ({ heading, isNumeric: true });

/** The whole of it. */
export function renderResults(results: Results): string {
  const { node, cores, date, isQuick, sides, direct, client, push, preview, sampler } = results;
  const [ours, ...peers] = sides as readonly [SideFacts, ...SideFacts[]];
  const footnotes = new Footnotes();
  const ratios = ratioTable(direct, ours, peers, footnotes);
  const versions = peers.map(({ packageName, version }) => `\`${packageName}\` ${version}`);
  return [
    isQuick ? '**A quick run: its figures mean nothing.**' : '',
    `Node ${node.replace('v', '')}, ${cores} shared cores, ${date}. CPU time in interleaved rounds, values checked before timing, all SDKs offline and without events: ${versions.join(', ')}. Ratios, because nanoseconds are one machine's.`,
    `**Asked directly**: an evaluation's time by that of Guidon's \`snapshot.evaluate()\`, the nearest in bold; the last column is Guidon's time by its own with the fewest flags. Medians of rounds, whose middle half lies within ${typicalSpread(direct, peers)} in most cells.`,
    ratios,
    footnotes.text,
    '**Garbage**: bytes that an evaluation allocates; the most at any number of flags.',
    bytesTable(direct, sides),
    `**Through OpenFeature's client**: an evaluation's time by that with a provider which returns a constant; in brackets the middle half of the rounds.`,
    clientTable(client),
    `**From push to value**: milliseconds from the end of \`git push\` until \`provider.refresh()\`, called at once, has brought the value; and the steps of a refresh, each by itself. One of the flags changed.`,
    pushTable(push),
    `**Previewing a change** of ${preview.changedFlags} flags among ${count(preview.flags)} in two environments with ${count(preview.contexts)} contexts of 200 bytes out of a file: whole processes, from their start to the result, git included; the memory is the most that a run had at once.`,
    previewTable(preview),
    `**Sampling contexts**: CPU time that \`ContextSampler\` takes of an evaluation, by that of the evaluation itself.`,
    samplerTable(sampler),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function ratioTable(
  rows: readonly DirectRow[],
  ours: SideFacts,
  peers: readonly SideFacts[],
  footnotes: Footnotes,
): string {
  const columns = [
    { heading: 'Asked directly' },
    numeric('Flags'),
    ...peers.map((peer) => numeric(peer.title + footnotes.ofSide(peer))),
    numeric(`${ours.title} itself`),
  ];
  const cells = rows.map((row) => {
    const ratios = peers.map(({ title }) => row.figures[title]?.ratio.median);
    const nearest = Math.min(...ratios.filter((ratio) => ratio !== undefined));
    const theirs = peers.map((peer, index) => {
      const [ratio, mark] = [ratios[index], footnotes.ofCase(peer, row.case)];
      if (ratio === undefined) return `–${mark}`;
      return ratio === nearest ? `**${times(ratio)}**${mark}` : times(ratio) + mark;
    });
    return [row.case, count(row.flags), ...theirs, times(growth(rows, row, ours))];
  });
  return markdownTable(columns, cells);
}

/** A row's time by that of the same case with the fewest flags. */
function growth(rows: readonly DirectRow[], row: DirectRow, { title }: SideFacts): number {
  const timeOf = ({ figures }: DirectRow): number => figures[title]?.nanoseconds.median ?? Number.NaN;
  const first = rows.find((one) => one.case === row.case) ?? row;
  return timeOf(row) / timeOf(first);
}

/** Three quarters of the cells have their quartiles at most this far, in percent, from the median. */
function typicalSpread(rows: readonly DirectRow[], peers: readonly SideFacts[]): string {
  const distances = rows.flatMap(({ figures }) =>
    peers.flatMap(({ title }) => {
      const ratio = figures[title]?.ratio;
      if (ratio === undefined) return [];
      return Math.max(ratio.upperQuartile - ratio.median, ratio.median - ratio.lowerQuartile) / ratio.median;
    }),
  );
  return `${Math.ceil(spreadOf(distances).upperQuartile * 100)} %`;
}

function bytesTable(rows: readonly DirectRow[], sides: readonly SideFacts[]): string {
  const columns = [{ heading: 'Bytes' }, ...sides.map(({ title }) => numeric(title))];
  const names = [...new Set(rows.map((row) => row.case))];
  const cells = names.map((name) => [
    name,
    ...sides.map(({ title }) => {
      const bytes = rows.flatMap((row) => (row.case === name ? (row.figures[title]?.bytes ?? []) : []));
      return bytes.length === 0 ? '–' : bytesText(Math.max(...bytes));
    }),
  ]);
  return markdownTable(columns, cells);
}

/** Two digits that count; below a hundred, whole bytes. */
function bytesText(bytes: number): string {
  return count(bytes < 100 ? Math.round(bytes) : Number(bytes.toPrecision(2)));
}

function clientTable(rows: readonly ClientRow[]): string {
  const titles = (rows[0]?.columns ?? []).slice(1).map(({ title }) => title);
  const cells = rows.map((row) => [
    row.case,
    ...row.columns.slice(1).map(({ ratio }) => `${ratio.median.toFixed(2)} (${range(ratio, 2)})`),
  ]);
  return markdownTable([{ heading: 'Through the client' }, ...titles.map(numeric)], cells);
}

function pushTable(rows: readonly PushRow[]): string {
  const measured = rows.find((row) => 'parts' in row);
  const names = measured?.parts.map(({ name }) => name) ?? [];
  const cells = rows.map((row) => {
    if ('skipped' in row) return [row.transport, row.skipped];
    const parts = row.parts.map(({ milliseconds }) => milliseconds.median.toFixed(1));
    return [row.transport, count(row.flags), `${row.total.median.toFixed(0)} (${range(row.total, 0)})`, ...parts];
  });
  const columns = [{ heading: 'Over' }, numeric('Flags'), numeric('Push to value'), ...names.map(numeric)];
  return markdownTable(columns, cells);
}

function previewTable({ sides }: PreviewResults): string {
  const ours = sides[0]?.milliseconds.median ?? Number.NaN;
  const cells = sides.map(({ title, milliseconds, cpuMilliseconds, megabytes }) => [
    title,
    (milliseconds.median / 1_000).toFixed(1),
    (cpuMilliseconds.median / 1_000).toFixed(1),
    count(Math.round(megabytes)),
    times(milliseconds.median / ours),
  ]);
  return markdownTable([{ heading: 'Preview' }, ...['Seconds', 'CPU seconds', 'MB', 'Ratio'].map(numeric)], cells);
}

function samplerTable(rows: readonly SamplerRow[]): string {
  const cells = rows.map((row) => [row.case, row.nanoseconds.median.toFixed(0), `${row.ratio.median.toFixed(2)} ×`]);
  return markdownTable([{ heading: 'Sampling' }, numeric('Nanoseconds'), numeric('Ratio')], cells);
}

function range({ lowerQuartile, upperQuartile }: Spread, digits: number): string {
  return `${lowerQuartile.toFixed(digits)}–${upperQuartile.toFixed(digits)}`;
}

/** Two digits that count: `5.8 ×`, `16 ×`, `1,900 ×`. */
function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : count(Number(ratio.toPrecision(2)))} ×`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
