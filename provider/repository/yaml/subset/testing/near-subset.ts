/** Random YAML around the edge of the subset: much of it what `flagctl fmt` would write, all else a slip away from it. */
import fc from 'fast-check';

/** Items that stand at least two spaces, or a newline, apart. */
const listOf = (text: string): readonly string[] => text.trim().split(/\n\s*| {2,}/);

/** Plain and quoted scalars, brackets and junk that YAML parsers treat specially, or that the format does. */
export const oddScalars: readonly string[] = listOf(String.raw`
    null  Null  NULL  ~  true  True  TRUE  false  FALSE  y  n  yes  No  on  off  Off  NaN  Infinity  =  <<
    1  0  -0  -1  -0.5  0.5  +1  1.10  1.  .5  1e3  1E3  1e-3  0x1F  0o17  0b1  010  00  1_000  0_1  12:30  5e  5d5  0e1
    .inf  -.inf  .nan  0.0  -0.0  123456789  1234567890  999999999999999  9007199254740991  9007199254740993
    99999999999999999999  0.1234567890123456789  2027-03-01  2027-3-1  2027-03-01T10:00:00Z  2027-03-01 10:00:00
    2026-01-02 is  4.2.0  v1.10  14d  &a  *a  !t  !!str x  %x  @x  ${'`x`'}  |  >  |-  >-  |2  >+  ?  ? a  ?x  -  --a  -x
    - a  - - a  :  ::  :x  a:  a: b  a:b  a :b  a #b  a#b  #  # c  ---  ...  --- a  /x  _x  http://x.y/z?a=b#c
    {  }  [  ]  {}  []  {a}  {a: 1}  { a: 1, a: 2 }  {a: }  {a:1}  {"a":1}  { a: [1, { b: c }] }  [a: 1]  [a, b]  [a,]
    [,a]  [a,,b]  ["a": 1]  [a #b]  [a:]  a,b  a]  a}  a{  a[b  a: {b
    "a"  "a" b  "a"b  ""  "a  a"  "a\"b"  "a\\"  " a "  "#"  "a: b"  "a" # c  "a"# c  "\  'a'  'a''b'  ''  'a  it's  'a'b
    '\'  "\n"  "\x41"  "\u00e9"  "\ud83d"  "\ud83d\ude00"  "\U0001f600"  "\q"  "\e"  "\ "  "\u12"  "\/\b\f\t\r"
    ünder  日本  😀`).concat(['a ', 'a  b', 'a\tb', '\t', '\r', '\u00a0', '\u200b', '\ufeff', '\ud800']);

/** Keys that are special to YAML parsers, to JavaScript or to the format. */
export const oddKeys: readonly string[] = listOf(String.raw`
    no  on  null  Null  ~  True  y  10  01  -1  1.5  1.10  2027-03-01  1e3  <<  "<<"  __proto__  "__proto__"  constructor
    toString  a b  x:y  a#  a #  'c'  ""  "a: b"  "a\nb"  ?  - a  &a  *a  !a  a,b  [a]  {a}  a[0]  |  >  %  @  #  :
    ---  ...  /  😀`).concat(
  [1_023, 1_024, 1_025].flatMap((length) => ['k'.repeat(length), `"${'k'.repeat(length - 2)}"`]),
);

const commonScalars = listOf(String.raw`
  x  one two  5  0.5  -3  true  false  null  "q"  's'  DE  14d  it’s 5  []  {}  "a\\b"  4.2.0  https://x.example/a?b=c
  100 %  "no"`);
const commonKeys = ['a', 'b', 'c', 'name', 'stage', 'expiresAt', '5', '3', '1', 'a.b', '"q r"', 'true', 'ü', 'enabled'];
/** What only these keys may have as their values. */
const exemptions: ReadonlyMap<string | undefined, string> = new Map([
  ['stage', 'off'],
  ['expiresAt', '2027-03-01'],
]);
const textLines = listOf('text  more text  # no comment  - dash  a: b  "q  [x  ü  ---  &a *b  %d  : x  |');
const oddTextLines = ['ends ', '  deep', '\ttab', ' ', 'x #'];
const textHeaders = ['|', '|-', '>-'];
const oddTextHeaders = ['>', '|+', '>+', '|2', '|1-', '|-2', '|x', '|-# c', '>-  # c'];

/** Texts within the subset and just outside of it, most of them YAML. */
export const nearSubsetTexts: fc.Arbitrary<string> = fc
  .noBias(fc.infiniteStream(fc.nat({ max: 9_999 }), { noHistory: true }))
  .map((choices) => new Writer(choices).document());

/** Writes a document with a choice at every turn. */
class Writer {
  readonly #lines: string[] = [];

  constructor(private readonly choices: Iterator<number>) {}

  document(): string {
    if (this.#isLikely(2)) this.#lines.push(this.#pick(['---', '--- # x', '%YAML 1.2', '# c', '', '...', '- ']));
    if (this.#isLikely(5)) this.#lines.push(this.#flow(0) + this.#tail());
    else this.#block(0, 0);
    if (this.#isLikely(2)) this.#lines.push(this.#pick(['---', '...', '# c', 'a: 1', '  ', 'x']));
    return this.#lines.join('\n') + (this.#isLikely(90) ? '\n' : '');
  }

  #isLikely(percent: number): boolean {
    return (this.choices.next().value as number) < percent * 100;
  }

  #below(limit: number): number {
    return (this.choices.next().value as number) % limit;
  }

  #pick(texts: readonly string[]): string {
    return texts[this.#below(texts.length)] as string;
  }

  #block(column: number, depth: number, dashes?: string): void {
    const isList = this.#isLikely(35);
    const count = 1 + this.#below(4);
    const keys = this.#keys(count);
    for (let index = 0; index < count; index += 1) {
      const isBehindDash = dashes !== undefined && index === 0;
      if (!isBehindDash) this.#noise(column);
      const slip = this.#isLikely(1) ? this.#below(5) - 2 : 0;
      const pad = isBehindDash ? dashes : ' '.repeat(Math.max(0, column + slip));
      if (isList) this.#item(pad, column, depth);
      else this.#pair(pad, keys[index] as string, column, depth);
    }
    this.#noise(column);
  }

  #item(pad: string, column: number, depth: number): void {
    const dash = `${pad}-${this.#gap()}`;
    if (depth < 4 && this.#isLikely(25)) this.#block(column + 2, depth + 1, dash);
    else if (this.#isLikely(8)) this.#textBlock(dash, column);
    else this.#lines.push(dash + this.#flow(1) + this.#tail());
  }

  #pair(pad: string, key: string, column: number, depth: number): void {
    const label = `${pad}${key}:`;
    if (depth < 4 && this.#isLikely(30)) {
      this.#lines.push(label + this.#tail());
      this.#block(Math.max(0, column + (this.#isLikely(4) ? this.#below(5) - 1 : 2)), depth + 1);
    } else if (this.#isLikely(8)) this.#textBlock(label + this.#gap(), column);
    else this.#lines.push(label + this.#gap() + this.#flow(1, key) + this.#tail());
  }

  #textBlock(start: string, column: number): void {
    this.#lines.push(start + this.#pick(this.#isLikely(15) ? oddTextHeaders : textHeaders) + this.#tail());
    const count = this.#below(5);
    for (let index = 0; index < count; index += 1) {
      const width = Math.max(0, column + 2 + (this.#isLikely(15) ? this.#below(5) - 2 : 0));
      if (this.#isLikely(12)) this.#lines.push(' '.repeat(this.#isLikely(50) ? 0 : this.#below(8)));
      else this.#lines.push(' '.repeat(width) + this.#pick(this.#isLikely(5) ? oddTextLines : textLines));
    }
    if (this.#isLikely(20)) this.#lines.push('');
  }

  #flow(depth: number, field?: string): string {
    if (depth > 3 || this.#isLikely(50)) return this.#scalar(field);
    const isList = this.#isLikely(50);
    const items = this.#keys(this.#below(4)).map((key) =>
      isList ? this.#flow(depth + 1) : `${key}:${this.#space()}${this.#flow(depth + 1, key)}`,
    );
    const [open, close] = isList ? ['[', ']'] : ['{', '}'];
    const edge = this.#isLikely(isList ? 10 : 90) ? this.#space() : '';
    return open + edge + items.join(`,${this.#space()}`) + edge + close;
  }

  #scalar(field: string | undefined): string {
    const exempt = exemptions.get(field);
    if (exempt !== undefined && this.#isLikely(50)) return exempt;
    if (this.#isLikely(1)) return this.#pick([...exemptions.values()]);
    return this.#pick(this.#isLikely(2) ? oddScalars : commonScalars);
  }

  /** Few of them odd, and few of them twice. */
  #keys(count: number): readonly string[] {
    const first = this.#below(commonKeys.length);
    return Array.from({ length: count }, (_, index) => {
      if (this.#isLikely(1)) return this.#pick(oddKeys);
      return this.#isLikely(1)
        ? this.#pick(commonKeys)
        : (commonKeys[(first + 5 * index) % commonKeys.length] as string);
    });
  }

  /** Behind a colon or a dash. */
  #gap(): string {
    return this.#isLikely(1) ? this.#pick(['', '  ', '\t', ' : ']) : ' ';
  }

  #space(): string {
    return this.#isLikely(1) ? this.#pick(['', '  ', '\n  ', '\n', ' # x\n', '\t']) : ' ';
  }

  #tail(): string {
    if (this.#isLikely(1)) return this.#pick(['# c', ' \t', '\t# c', '#']);
    return this.#isLikely(10) ? this.#pick([' # c', '  # c', ' #', ' ', '  ']) : '';
  }

  #noise(column: number): void {
    while (this.#isLikely(9)) {
      const pad = ' '.repeat(this.#isLikely(50) ? column : this.#below(8));
      this.#lines.push(this.#pick(['', pad, `${pad}# c`, `${pad}#`, `${pad}# d`]));
    }
  }
}
