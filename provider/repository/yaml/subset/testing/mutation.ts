/** Small changes of texts, such as slips of the keyboard and merges make. */
import fc from 'fast-check';
import { oddKeys, oddScalars } from './near-subset.js';

/** A change; numbers that are too large for a text are taken modulo its length. */
type Mutation = (text: string) => string;

const characters = Array.from('  \n\n:-#,[]{}"\'\\|>&*!%@`?~=<.+_/0159aeonyNxü\t\r\u00a0');
const beginnings = ['  ', ' ', '- ', '# ', '? ', '    ', '\t'];
const endings = [' ', ' # c', '#', ':', ' :', ',', ' x', ': y', '\n', '\\', '"', "'", ' |', '\t'];
const wholeLines = [
  '',
  ' ',
  '  ',
  '# c',
  '  # c',
  '- x',
  'a: b',
  '  x',
  '---',
  '...',
  '  a: 1',
  'z:',
  '  - q',
  '|',
  '    d',
];

const byPlace = (change: (text: string, at: number) => string): fc.Arbitrary<Mutation> =>
  fc.nat().map((place) => (text) => change(text, place % (text.length + 1)));

const byLine = (change: (lines: string[], index: number) => void): fc.Arbitrary<Mutation> =>
  fc.nat().map((place) => (text) => {
    const lines = text.split('\n');
    change(lines, place % lines.length);
    return lines.join('\n');
  });

const byLineAndText = (
  texts: readonly string[],
  change: (lines: string[], index: number, text: string) => void,
): fc.Arbitrary<Mutation> =>
  fc.constantFrom(...texts).chain((text) => byLine((lines, index) => change(lines, index, text)));

const byPlaceAndText = (
  texts: readonly string[],
  change: (text: string, at: number, inserted: string) => string,
): fc.Arbitrary<Mutation> =>
  fc.constantFrom(...texts).chain((inserted) => byPlace((text, at) => change(text, at, inserted)));

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  byPlaceAndText(characters, (text, at, inserted) => text.slice(0, at) + inserted + text.slice(at)),
  byPlaceAndText(characters, (text, at, inserted) => text.slice(0, at) + inserted + text.slice(at + 1)),
  byPlaceAndText(oddScalars, (text, at, inserted) => text.slice(0, at) + inserted + text.slice(at)),
  byPlaceAndText([...oddScalars, ...oddKeys], (text, at, inserted) => replaceWord(text, at, inserted)),
  byPlace((text, at) => text.slice(0, at) + text.slice(at + 1)),
  byPlace((text, at) => text.slice(0, at)),
  byLine((lines, index) => lines.splice(index, 0, lines[index] as string)),
  byLine((lines, index) => lines.splice(index, 1)),
  byLine((lines, index) => lines.unshift(...lines.splice(index, 1))),
  byLine((lines, index) => lines.push(...lines.splice(index, 1))),
  byLine((lines, index) => lines.splice(index + 1, 0, ...lines.splice(index, 1))),
  byLineAndText(beginnings, (lines, index, text) => (lines[index] = text + lines[index])),
  byLineAndText(endings, (lines, index, text) => (lines[index] += text)),
  byLineAndText(wholeLines, (lines, index, text) => lines.splice(index, 0, text)),
  fc
    .nat({ max: 6 })
    .chain((width) => byLine((lines, index) => (lines[index] = ' '.repeat(width) + lines[index]?.trimStart()))),
);

/** The word at or after a place, replaced. */
function replaceWord(text: string, at: number, replacement: string): string {
  const word = /[\w.-]+/.exec(text.slice(at));
  if (word === null) return text;
  const start = at + word.index;
  return text.slice(0, start) + replacement + text.slice(start + word[0].length);
}

/** The texts with one to three changes each. */
export function mutated(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(texts, fc.array(mutations, { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) => changes.reduce((changed, change) => change(changed), text));
}
