/** How values of flag files are said in an item: safe in Markdown and on a terminal, cut, and never alike where they differ. */
import type { JsonValue } from '../../provider/engine/index.js';
import { spellInvisible } from '../../provider/repository/index.js';

/** In characters, of a value: two of them and a few words still fit on two lines of a terminal. */
const MAX_VALUE_LENGTH = 60;

/** In characters: the longest key and name of a flag file, for two names that are cut may look alike. */
const MAX_NAME_LENGTH = 200;

/** Characters before the first difference of two long texts, so that a reader sees where it is. */
const LEAD_LENGTH = 12;

/** Names in a row; a reviewer who wants all of fifty countries reads the file. */
const MAX_LISTED = 5;

/** In characters; a variant's value may be a megabyte, of which a comparison in words looks at no more than this. */
const MAX_FLOW_LENGTH = 20_000;

/** A name as a Markdown code span, on one line, with what nobody would see spelled out; nothing in it can end the span. */
export function codeSpan(name: string): string {
  return fenced(cut(spelled(name), MAX_NAME_LENGTH));
}

/** A value, cut to sixty characters, as {@link codeSpan}. */
export function valueSpan(text: string): string {
  return fenced(cut(spelled(text), MAX_VALUE_LENGTH));
}

/** A name that is nothing but letters, digits and single hyphens as it is; anything else as {@link codeSpan}. */
export function word(name: string): string {
  return /^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/.test(name) && name.length <= MAX_NAME_LENGTH && !/^gh-/i.test(name)
    ? name
    : codeSpan(name);
}

/** A value as short YAML in a code span; numbers, truth values and simple words without one. */
export function valueWord(value: JsonValue): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && isPlain(value) ? word(value) : valueSpan(flow(value));
}

/** `5 %` */
export function percentWord(percent: number): string {
  return `${percent} %`;
}

/** Two texts as `before → after`, each a code span; of long ones what lies around their first difference. */
export function fromTo(before: string, after: string): string {
  const [old, now] = [Array.from(spelled(before)), Array.from(spelled(after))];
  if (old.join('') === now.join('')) return `${valueSpan(before)} → another that begins alike`;
  const isLong = Math.max(old.length, now.length) > MAX_VALUE_LENGTH;
  const start = isLong ? Math.max(0, firstDifference(old, now) - LEAD_LENGTH) : 0;
  const shown = (characters: readonly string[]): string =>
    fenced(cut((start > 0 ? '…' : '') + characters.slice(start).join(''), MAX_VALUE_LENGTH));
  return `${shown(old)} → ${shown(now)}`;
}

/** Two values as `before → after`, in short YAML. */
export function valuesFromTo(before: JsonValue, after: JsonValue): string {
  return fromTo(flow(before), flow(after));
}

/** Names as a reviewer reads them: "owner payments-team → growth-team". */
export function namesFromTo(before: string, after: string): string {
  return `${word(before)} → ${word(after)}`;
}

/** The first few of some texts, and how many there are besides. */
export function listed(texts: readonly string[], limit = MAX_LISTED): string {
  const rest = texts.length - limit;
  return rest > 0 ? `${texts.slice(0, limit).join(', ')} and ${rest.toLocaleString('en')} more` : texts.join(', ');
}

/** A value as YAML's flow form on one line, up to a length that no difference in words needs to go beyond. */
export function flow(value: JsonValue): string {
  let text = '';
  for (const piece of pieces(value)) {
    text += piece;
    if (text.length > MAX_FLOW_LENGTH) return text.slice(0, MAX_FLOW_LENGTH);
  }
  return text;
}

/** Spells no more of a text than is ever looked at. */
function spelled(text: string): string {
  return spellInvisible(text.slice(0, MAX_FLOW_LENGTH));
}

function cut(text: string, maxLength: number): string {
  const characters = Array.from(text);
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : text;
}

/** CommonMark 6.1: a span ends at a run of as many backticks as it began with; one space at each end is dropped. */
function fenced(text: string): string {
  if (text === '') return '`""`';
  const runs = new Set([...text.matchAll(/`+/g)].map(([run]) => run.length));
  let length = 1;
  while (runs.has(length)) length += 1;
  const fence = '`'.repeat(length);
  const space = /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

function firstDifference(one: readonly string[], other: readonly string[]): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index += 1;
  return index;
}

function* pieces(value: JsonValue): Generator<string> {
  if (Array.isArray(value)) yield* listPieces(value as readonly JsonValue[]);
  else if (typeof value === 'object' && value !== null) yield* mapPieces(Object.entries(value));
  else yield scalar(value);
}

function* listPieces(list: readonly JsonValue[]): Generator<string> {
  let separator = '[';
  for (const item of list) {
    yield separator;
    yield* pieces(item);
    separator = ', ';
  }
  yield list.length === 0 ? '[]' : ']';
}

function* mapPieces(entries: readonly (readonly [string, JsonValue])[]): Generator<string> {
  let separator = '{ ';
  for (const [key, value] of entries) {
    yield `${separator}${scalar(key)}: `;
    yield* pieces(value);
    separator = ', ';
  }
  yield entries.length === 0 ? '{}' : ' }';
}

function scalar(value: string | number | boolean | null): string {
  return typeof value === 'string' && !isPlain(value) ? JSON.stringify(value) : String(value);
}

/** Whether YAML reads a text without quotes as that text, and everybody knows it: words, and durations such as `30m`. */
function isPlain(value: string): boolean {
  if (/^[0-9]+[smhdw]$/.test(value)) return true;
  return /^[A-Za-z][A-Za-z0-9_./-]*$/.test(value) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(value);
}
