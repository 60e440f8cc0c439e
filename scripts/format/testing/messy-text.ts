/** Random YAML as many hands write it: block and flow, every quoting, comments and blank lines anywhere. */
import fc from 'fast-check';
import { styles, type DocumentKind } from '../style.js';

/** More columns than any block collection begins in: brackets that go on in another line must be deeper. */
const DEEP = 60;

/** Any kind of file. */
export const kinds = fc.constantFrom(...(Object.keys(styles) as DocumentKind[]));

/** Keys that some style orders, and others. */
const keys = fc.oneof(
  fc.constantFrom(
    'key',
    'name',
    'enabled',
    'rules',
    'rollout',
    'stage',
    'stages',
    'when',
    'any',
    'environments',
    'prerequisites',
  ),
  fc.constantFrom('variants', 'expiresAt', 'true', 'no', '5', 'a b', 'ü', 'x:y', '', '#', '- a', 'constructor'),
  fc.stringMatching(/^[a-z]{1,6}$/),
);

const words = fc.constantFrom('one', 'two,', '(three)', 'it’s', '"four"', '#5', 'a:', '- b', '[c', 'd}', 'über', '6');

const strings = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'off',
    'no',
    'NO',
    '1.10',
    '12:30',
    '0x1F',
    '2027-03-01',
    '2027-03-01T10:00:00Z',
    '~',
    '=',
    '<<',
  ),
  fc.constantFrom(
    'v4.9',
    '>=4.2.0',
    '@acme/x',
    'a: b',
    'a #b',
    'ends:',
    '\ttab',
    'non\u00a0breaking',
    'zero\u200bwidth',
    '\u2028',
  ),
  fc.constantFrom(
    'two\nlines',
    'ends\n',
    '\nstarts',
    'ends\n\n',
    ' a\nb',
    'a \nb',
    '---',
    '...',
    '{{flag}}',
    '\\',
    '😀',
    '\ud800',
  ),
  fc.array(words, { minLength: 1, maxLength: 60 }).map((parts) => parts.join(' ')),
  fc.string({ maxLength: 12, unit: 'binary' }),
);

const scalars = fc.oneof(
  strings.map((text) => JSON.stringify(text)),
  fc.constantFrom(
    'plain text',
    "'it''s'",
    'true',
    'False',
    '~',
    'null',
    '5',
    '2.50',
    '1e3',
    '-0',
    'a#b',
    "'two  spaces'",
  ),
);

/** A scalar as it is written, or a collection. */
type Value = string | { readonly isList: boolean; readonly entries: readonly (readonly [string | undefined, Value])[] };

const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc
      .array(fc.tuple(fc.constant(undefined), tie('value')), { maxLength: 4 })
      .map((entries) => ({ isList: true, entries })),
    fc
      .uniqueArray(fc.tuple(keys, tie('value')), { maxLength: 5, selector: ([key]) => key })
      .map((entries) => ({ isList: false, entries })),
  ),
}));

/** Texts that YAML 1.2 reads without an error. */
export const messyTexts: fc.Arbitrary<string> = fc
  .tuple(values, fc.infiniteStream(fc.nat({ max: 99 })), fc.boolean(), fc.boolean())
  .map(([value, stream, hasCarriageReturns, hasMark]) => {
    const lines = new Writer(stream).document(value);
    return (hasMark ? '\uFEFF' : '') + lines.join(hasCarriageReturns ? '\r\n' : '\n');
  });

/** Writes a value with a choice at every turn. */
class Writer {
  constructor(private readonly choices: Iterator<number>) {}

  document(value: Value): readonly string[] {
    return [...this.noise(0), ...(this.isLikely(10) ? ['---'] : []), ...this.block(value, 0), ...this.noise(0)];
  }

  private isLikely(percent: number): boolean {
    return (this.choices.next().value as number) < percent;
  }

  private block(value: Value, column: number): readonly string[] {
    const pad = ' '.repeat(column);
    if (typeof value === 'string' || value.entries.length === 0 || this.isLikely(20)) {
      return [pad + this.flow(value) + this.tail()];
    }
    const lines: string[] = [];
    for (const [key, inner] of value.entries) {
      lines.push(...this.noise(column), ...this.item(pad, key, inner, column));
    }
    return [...lines, ...this.noise(column + (this.isLikely(30) ? 1 : 0))];
  }

  private item(pad: string, key: string | undefined, value: Value, column: number): readonly string[] {
    const label = pad + (key === undefined ? '-' : `${this.key(key)}:`);
    const isNested = typeof value !== 'string' && value.entries.length > 0 && this.isLikely(70);
    if (!isNested) return [`${label} ${this.flow(value)}${this.tail()}`];
    const deeper = column + 1 + (this.isLikely(70) ? 1 : 2);
    const lines = this.block(value, deeper);
    const isCompact = key === undefined && this.isLikely(60) && !/^\s*(#|$)/.test(lines[0] ?? '');
    if (!isCompact) return [label + this.tail(), ...this.noise(deeper), ...lines];
    return [label + (lines[0] ?? '').slice(label.length), ...lines.slice(1)];
  }

  private flow(value: Value): string {
    if (typeof value === 'string') return value;
    const [open, close] = value.isList ? ['[', ']'] : ['{', '}'];
    const space = (): string =>
      this.isLikely(5) ? ` # flow ${this.name()}\n${' '.repeat(DEEP)}` : this.isLikely(20) ? ' ' : '';
    const items = value.entries.map(
      ([key, inner]) => (key === undefined ? '' : `${this.key(key)}: `) + this.flow(inner),
    );
    return open + space() + items.map((item) => item + space()).join(`, ${space()}`) + space() + close;
  }

  private key(key: string): string {
    return /^[a-z]+$/.test(key) && this.isLikely(80) ? key : JSON.stringify(key);
  }

  private tail(): string {
    return this.isLikely(12) ? `  # tail ${this.name()}` : this.isLikely(5) ? '  ' : '';
  }

  private noise(column: number): readonly string[] {
    if (!this.isLikely(25)) return [];
    const comment = `${' '.repeat(column)}# own ${this.name()} `;
    return this.isLikely(40) ? [''] : this.isLikely(50) ? [comment] : ['', comment, '', '', comment, ''];
  }

  private name(): number {
    return this.choices.next().value as number;
  }
}
