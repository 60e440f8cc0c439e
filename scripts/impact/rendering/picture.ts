/**
 * A picture of a flag in an environment, in Mermaid, which GitHub and GitLab draw: a bar before and a bar after for each
 * variant. It is a Gantt chart whose seconds are percents: of Mermaid's charts the only one whose bars begin at 0, have
 * their figures beside them, and are legible on light and dark pages alike.
 */
import { percentWord } from './figures.js';
import { distributionOf, wholeShare, type Distribution, type MovedRow } from './rows.js';

/** More would push the rest of the comment off the screen. */
const MAX_BARS = 5;

/** In characters, of a key or a name. */
const MAX_NAME_LENGTH = 60;

/** In characters: sections have their names left of the bars. */
const MAX_SECTION_LENGTH = 20;

/** In pixels, of a character of a section's name. */
const CHARACTER_WIDTH = 8;

/** In pixels, beside the section's name. */
const GAP = 24;

/** The chart between its fences, without a newline at its end. */
export function pictureOf(row: MovedRow): string {
  const all = distributionOf(row.transitions);
  const shown = all.length > MAX_BARS ? all.slice(0, MAX_BARS - 1) : all;
  const rest = all.slice(shown.length);
  const sections = [
    ...shown.map((one) => ({ ...one, name: sectionName(one) })),
    ...(rest.length === 0 ? [] : [{ ...sumOf(rest), name: `${rest.length} others` }]),
  ];
  const longest = Math.max(...sections.map(({ name }) => Array.from(name).length));
  const lines = [
    `%%{init: ${JSON.stringify({ gantt: { ...LAYOUT, leftPadding: longest * CHARACTER_WIDTH + GAP }, themeVariables: COLOURS })}}%%`,
    'gantt',
    `  title ${inertName(row.key, MAX_NAME_LENGTH)} in ${inertName(row.environment, MAX_NAME_LENGTH)}`,
    '  dateFormat X',
    '  axisFormat %s %%',
    '  tickInterval 20second',
    '  todayMarker off',
    ...sections.flatMap(({ name, before, after }) => [
      `  section ${name}`,
      `  before ${percentWord(before)} :done, 0, ${secondsOf(before)}s`,
      `  after ${percentWord(after)} :0, ${secondsOf(after)}s`,
    ]),
  ];
  return ['```mermaid', ...lines, '```'].join('\n');
}

/** In pixels. */
const LAYOUT = {
  useWidth: 720,
  barHeight: 22,
  barGap: 5,
  topPadding: 44,
  rightPadding: 40,
  gridLineStartPadding: 36,
  fontSize: 13,
  sectionFontSize: 14,
};

/**
 * A grey outline before, a blue bar after: the same on light and dark pages, and told apart by people who see no colours.
 * Mermaid 11.4 gives a text the dark colour wherever it stands (11.17 does not): a grey that reads on both pages.
 */
const COLOURS = {
  doneTaskBkgColor: '#8080802e',
  doneTaskBorderColor: '#7d8590',
  taskBkgColor: '#0969da',
  taskBorderColor: '#0550ae',
  taskTextColor: '#ffffff',
  taskTextLightColor: '#ffffff',
  taskTextDarkColor: '#7a8592',
  sectionBkgColor: '#80808018',
  sectionBkgColor2: '#80808018',
  altSectionBkgColor: '#80808000',
};

function sectionName({ served: { variant, none } }: Distribution): string {
  if (variant !== null) return inertName(variant, MAX_SECTION_LENGTH);
  return none === 'no-flag' ? 'no flag' : 'the default in code';
}

function sumOf(rest: readonly Distribution[]): { readonly before: number; readonly after: number } {
  const sum = (side: 'before' | 'after'): number => wholeShare(rest.reduce((total, one) => total + one[side], 0));
  return { before: sum('before'), after: sum('after') };
}

/** As many decimals as Mermaid's durations have. */
function secondsOf(share: number): string {
  return (share * 100).toFixed(3);
}

/**
 * Letters, digits and what separates words; Mermaid gives everything else a meaning somewhere: a colon ends a name, `%%`
 * begins a comment, `#` and `;` an entity, and a backtick could end the block.
 */
function inertName(name: string, maxLength: number): string {
  const characters = Array.from(name.replaceAll(/[^\p{L}\p{N}._/-]/gu, '·'));
  const shown = characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : characters.join('');
  return shown === '' ? '·' : shown;
}
