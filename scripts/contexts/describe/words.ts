/** The words that every form of a description uses. */
import { counted } from '../../report.js';
import type { AttributeDescription, ContextsDescription } from './description.js';

/** In characters, of a value that is shown beside others. */
const MAX_SHOWN_VALUE = 40;

/** A value that fewer have is none of the commonest, whatever its rank. */
const LEAST_SHARE = 0.001;

/** `54 %`; `< 0.1 %` for what is there but hardly. */
export function percentOf(share: number): string {
  if (share > 0 && share < LEAST_SHARE) return '< 0.1 %';
  const percent = share * 100;
  // What is not all must not look like it.
  const rounded = percent < 100 ? Math.min(99.9, Number(percent.toFixed(1))) : 100;
  return `${rounded} %`;
}

/** What was read, what it stands for, and whose keys it has: a line each. */
export function summaryLines(description: ContextsDescription): readonly string[] {
  const { files, rows, contexts, repeated, refused, weights, keys } = description;
  const kinds = [
    [keys.plain, 'plain'],
    [keys.hashed, 'hashed'],
    [keys.synthetic, 'made up'],
    [keys.missing, 'missing'],
  ] as const;
  const shown = kinds.filter(([count]) => count > 0).map(([count, word]) => `${count.toLocaleString('en')} ${word}`);
  const whole = (value: number): string => Number(value.toFixed(value < 100 ? 1 : 0)).toLocaleString('en');
  const weighing =
    weights.contexts === 0
      ? 'Weights: none, each context counts as one user'
      : `Weights: ${whole(weights.sum)} users in all; tells as much as ${whole(weights.effective)} equally weighted contexts`;
  return [
    `${counted(files.length, 'file')}: ${counted(rows, 'row')}, ${counted(contexts, 'user')}, ` +
      `${repeated.toLocaleString('en')} repeated, ${refused.rows.toLocaleString('en')} refused`,
    weighing,
    `Targeting keys: ${shown.join(', ')}`,
  ];
}

/** `string`; `mixed: string 90 %, number 10 %`. Null is no kind of its own. */
export function kindWords({ kinds }: AttributeDescription): string {
  const entries = ownKinds(kinds);
  const [first] = entries;
  if (first === undefined) return 'null';
  if (entries.length === 1) return first[0];
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  return `mixed: ${entries
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${percentOf(count / all)}`)
    .join(', ')}`;
}

function ownKinds(kinds: AttributeDescription['kinds']): readonly (readonly [kind: string, count: number])[] {
  return Object.entries(kinds).filter(([kind]) => kind !== 'null');
}

function isMixed({ kinds }: AttributeDescription): boolean {
  return ownKinds(kinds).length > 1;
}

/** `12`, `over 10,000`. */
export function distinctWords({ distinct: { count, isMore } }: AttributeDescription): string {
  return `${isMore ? 'over ' : ''}${count.toLocaleString('en')}`;
}

/** The commonest values with their shares, or why they are not shown. @param show writes a value */
export function valueWords(attribute: AttributeDescription, show: (value: string) => string): string {
  const { values, looks, lengths } = attribute;
  if (values !== undefined) {
    const common = values.filter(({ share }) => share >= LEAST_SHARE);
    if (common.length === 0) return values.length === 0 ? '–' : `none above ${percentOf(LEAST_SHARE)}`;
    const text = isMixed(attribute) ? (value: string) => value : unquoted;
    return common.map(({ value, share }) => `${show(cut(text(value)))} ${percentOf(share)}`).join(', ');
  }
  const why = looks.length > 0 ? `like an ${looks.join(' or ')}`.replace('an phone', 'a phone') : 'may tell who it is';
  const long = lengths === undefined ? '' : `; ${lengthWords(lengths)}`;
  return `not shown, ${why}${long}`;
}

function lengthWords({ shortest, longest }: { readonly shortest: number; readonly longest: number }): string {
  return shortest === longest ? counted(longest, 'character') : `${shortest} to ${counted(longest, 'character')}`;
}

/** Without JSON's quotes around a text: they say nothing where all are texts. */
function unquoted(value: string): string {
  return /^"(?:[^"\\]|\\.)*"$/.test(value) ? (JSON.parse(value) as string) : value;
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length > MAX_SHOWN_VALUE ? `${characters.slice(0, MAX_SHOWN_VALUE - 1).join('')}…` : text;
}
