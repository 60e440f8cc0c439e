/** The words for the YAML library's syntax errors. */

/** A mistake that the YAML library reports, and what to say of it. */
export interface SyntaxRule {
  readonly matches: RegExp;
  /** Tells two mistakes apart that the library reports alike. */
  readonly when?: RegExp;
  readonly message: string;
  readonly expected?: string;
  readonly fix: string;
  /** Whether the cause is the next line that says something, rather than the place of the error. */
  readonly onNextLine?: true;
}

/** The first that fits; `matches` is held against the library's message, `when` against the line from the error on. */
export const syntaxRules: readonly SyntaxRule[] = [
  {
    matches: /^Tabs are not allowed/,
    message: 'a tab indents this line',
    expected: 'spaces',
    fix: 'indent by two spaces a level',
  },
  {
    matches: /^Implicit (?:map )?keys need/,
    when: /^[^\s:#'"]+:[^\s/]/,
    message: 'there is no space after the colon of this key',
    expected: '`key: value`',
    fix: 'put a space after the colon',
  },
  {
    matches: /^Implicit keys? need/,
    when: /^- /,
    message: 'a list item stands among the keys of a mapping',
    expected: '`key: value`',
    fix: 'give the list a key of its own, or remove the `- `',
  },
  {
    matches: /^Nested mappings are not allowed/,
    when: /:(?:\s|$)/,
    message: 'this value holds a colon, which starts another key',
    expected: 'one `key: value` on a line',
    fix: 'quote the value, or move the inner key to the next line, indented',
  },
  {
    matches: /^Nested mappings are not allowed/,
    onNextLine: true,
    message: 'this line is indented deeper than the keys it belongs to',
    expected: 'the keys of a mapping at one column',
    fix: 'align it with the line before it',
  },
  {
    matches: /^All (?:mapping|sequence) items must start at the same column/,
    onNextLine: true,
    message: 'this line is aligned with nothing before it',
    expected: 'the keys or items of one level at one column',
    fix: 'align it with the other keys or items of its level',
  },
  {
    matches: /^Implicit (?:map )?keys need/,
    message: 'this is neither a key nor a part of the value before it',
    expected: '`key: value`',
    fix: 'add the colon that is missing, or quote the whole of a text',
  },
  {
    matches: /^Sequence item without - indicator/,
    onNextLine: true,
    message: 'this line stands among the items of a list and is none',
    expected: '`- `, or deeper indentation',
    fix: 'start it with `- `, or align it with the item that it belongs to',
  },
  {
    matches: /^Unexpected block-seq-ind on same line with key/,
    message: 'a list cannot start on the line of its key',
    fix: 'write each `- ` on a line of its own, or the list as `[a, b]`',
  },
  {
    matches: /^Unexpected scalar at node end/,
    when: /^[^\s:'"]+:(?:\s|$)/,
    message: 'a key stands where the value before it has ended',
    fix: 'align it with the keys that it belongs to',
  },
  {
    matches: /^Unexpected (?:double-quoted-|single-quoted-)?scalar at node end/,
    message: 'there is more text after the end of this value',
    expected: 'the end of the line, or a comment after a space',
    fix: "quote the whole value; inside, write \\\" for \" in double quotes and '' for ' in single ones",
  },
  {
    matches: /^Unexpected flow-(?:seq|map)-end/,
    message: 'this bracket closes nothing',
    fix: 'remove it, or quote the value that it belongs to',
  },
  {
    matches: /^Plain value cannot start with/,
    message: 'a text cannot start with this character without quotes',
    fix: 'quote the value',
  },
  {
    matches: /^Invalid escape sequence/,
    message: 'there is no such escape in double quotes',
    fix: 'write \\\\ for a backslash, or use single quotes',
  },
  {
    matches: /^Block scalar header/,
    message: 'after `|` or `>` a block of text starts on the next line',
    fix: 'quote the value',
  },
  {
    matches: /^Missing , (?:or : )?between/,
    message: 'there is no comma between these items',
    expected: '`,`',
    fix: 'add the comma',
  },
  {
    matches: /^Unexpected (?:,|empty item) in/,
    message: 'there is nothing before this comma',
    fix: 'remove the comma',
  },
  {
    matches: /^Block collections are not allowed within flow/,
    when: /:(?:\s|$)/,
    message: 'there is no comma before the next key',
    expected: '`,` between the entries',
    fix: 'add the comma, or quote the value if the colon is a part of it',
  },
  {
    matches: /^Missing space after :/,
    message: 'there is no space after the colon of this key',
    expected: '`key: value`',
    fix: 'put a space after the colon',
  },
  {
    matches: /^Comments must be separated/,
    message: 'a comment starts without a space before it',
    fix: 'put a space before the `#`, or quote the value that it belongs to',
  },
];
