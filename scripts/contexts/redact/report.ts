/** What a redaction did, and what may still tell who somebody is. */
import { counted, emphasised, type Report, type Text } from '../../report.js';
import type { ContextCounts } from '../describe/describe.js';
import type { AttributeUse } from '../referenced.js';
import { refusedNotices } from '../refused-notices.js';
import type { RowReader } from '../row-reader.js';
import type { Deeds } from './redact.js';
import type { Redaction } from './redaction.js';

/** Attributes that are named in a line; the rest is counted. */
const SHOWN = 12;

/** What the report is made of. */
export interface Redacted {
  readonly out: string;
  readonly reader: RowReader;
  readonly redaction: Redaction;
  readonly deeds: Deeds;
  /** Of what was written. */
  readonly counts: ContextCounts;
  /** What flags read; undefined outside of a flag repository. */
  readonly uses: ReadonlyMap<string, AttributeUse> | undefined;
}

/** An attribute of what was written that may tell who somebody is. */
interface Suspect {
  readonly path: string;
  readonly why: string;
}

/** The report; `--json` prints the same as data. */
export function redactReport(redacted: Redacted): Report {
  const { out, reader, deeds, counts } = redacted;
  const { files, rows, refused } = reader;
  const suspects = suspectsOf(counts);
  const warnings = warningsOf(redacted);
  const lines = [
    `Wrote ${counted(rows, 'context')} to ${out}, from ${counted(files.length, 'file')}; ${refused.rows.toLocaleString('en')} refused.`,
    ...deedLines(deeds),
  ];
  return {
    outcome: 'clean',
    sections: [{ kind: 'lines', lines }],
    json: {
      out,
      files,
      rows,
      refused,
      ...Object.fromEntries(
        Object.entries(deeds).map(([name, paths]) => [name, Object.fromEntries(paths as Map<string, number>)]),
      ),
      identifying: suspects,
      warnings,
    },
    notices: [
      ...refusedNotices(refused),
      ...suspectLines(suspects),
      ...warnings.map((text) => emphasised('warning', text)),
    ],
  };
}

function deedLines({ dropped, hashed, cut, traced }: Deeds): readonly string[] {
  const words: readonly (readonly [string, ReadonlyMap<string, number>])[] = [
    ['Dropped', dropped],
    ['Hashed', hashed],
    ['Cut to the domain', cut],
    ['Removed or hashed, for it held what was dropped or hashed elsewhere', traced],
  ];
  return words.filter(([, paths]) => paths.size > 0).map(([word, paths]) => `${word}: ${pathWords(paths)}`);
}

function pathWords(paths: ReadonlyMap<string, number>): string {
  const sorted = [...paths].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const shown = sorted.slice(0, SHOWN).map(([path, count]) => `${path} (${count.toLocaleString('en')})`);
  const rest = sorted.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${counted(rest, 'other attribute')}` : shown.join(', ');
}

function suspectsOf({ attributes, contexts, keys }: ContextCounts): readonly Suspect[] {
  const suspects: Suspect[] = [];
  if (keys.plain > 0) suspects.push({ path: 'targetingKey', why: `plain in ${counted(keys.plain, 'context')}` });
  for (const [path, counter] of attributes) {
    const { looks, kinds, hashed } = counter;
    if (path === 'targetingKey') continue;
    for (const [look, count] of looks)
      suspects.push({ path, why: `looks like ${withArticle(look)} in ${counted(count, 'context')}` });
    const told = kinds.string + kinds.number + kinds.date + kinds.list;
    // Of a few contexts nearly all values differ, whatever they are; hashed ones tell nothing.
    const isTelling = looks.size === 0 && counter.isIdentifying && contexts >= LEAST_CONTEXTS && hashed < told;
    if (isTelling) suspects.push({ path, why: 'nearly all its values differ' });
  }
  return suspects.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** In fewer contexts it says nothing that the values of an attribute all differ. */
const LEAST_CONTEXTS = 20;

function suspectLines(suspects: readonly Suspect[]): readonly Text[] {
  if (suspects.length === 0) return [];
  return [
    emphasised('warning', 'This may still tell who somebody is:'),
    ...suspects.slice(0, SHOWN).map(({ path, why }) => `  ${path}: ${why}`),
    ...(suspects.length > SHOWN ? [`  … and ${counted(suspects.length - SHOWN, 'other')}`] : []),
  ];
}

function withArticle(look: string): string {
  return `${/^[eI]/.test(look) ? 'an' : 'a'} ${look}`;
}

function warningsOf({ redaction, deeds, uses }: Redacted): readonly string[] {
  const { drop, hash, emailDomain } = redaction;
  const acted = new Set([...deeds.dropped.keys(), ...deeds.hashed.keys(), ...deeds.cut.keys()]);
  const isActed = (path: string): boolean => acted.has(path) || [...acted].some((one) => path.startsWith(`${one}.`));
  const idle = [...drop, ...hash, ...emailDomain].filter((path) => !isActed(path));
  const compared = [...hash].filter((path) => path !== 'targetingKey' && uses?.get(path)?.isCompared === true);
  return [
    ...idle.map((path) => `No context has the attribute ${path}.`),
    ...compared.map((path) => `Flags compare ${path}: hashed, it matches none of their rules.`),
  ];
}
