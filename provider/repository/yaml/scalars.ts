/** Plain scalars that other YAML parsers read differently from YAML 1.2 core. */

/** How to tell what is meant. */
export interface Ambiguity {
  readonly message: string;
  readonly expected: string;
  readonly fix: string;
}

interface AmbiguityRule extends Omit<Ambiguity, 'fix'> {
  /** Anchored, and without two ways to match the same text: linear in its length. */
  readonly pattern: RegExp;
  /** What to write where no text is meant. */
  readonly instead: string;
}

// The readings of YAML 1.1 are those of https://yaml.org/type/, and of libyaml, PyYAML, Psych and go-yaml where they go
// beyond.
const rules: readonly AmbiguityRule[] = [
  {
    pattern: /^(?:y|n|yes|no|on|off)$/i,
    message: 'other YAML parsers read this word as a boolean',
    expected: '`true`, `false`, or text in quotes',
    instead: 'write `true` or `false` for a boolean',
  },
  {
    pattern: /^[-+]?\.(?:inf|nan)$/i,
    message: 'this is not a finite number',
    expected: 'a finite number, or text in quotes',
    instead: 'write a finite number',
  },
  {
    pattern: /^[-+]?0[xob][0-9a-f_]+$/i,
    message: 'YAML parsers disagree on numbers that are not decimal',
    expected: 'a decimal number, or text in quotes',
    instead: 'write the number in decimal',
  },
  {
    pattern: /^[-+]?0[0-9_]+(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?$/i,
    message: 'other YAML parsers read a number with leading zeros as octal',
    expected: 'a number without leading zeros, or text in quotes',
    instead: 'remove the leading zeros of a number',
  },
  {
    pattern: /^[-+]?[0-9][0-9_]*(?::[0-9_]+)+(?:\.[0-9_]*)?$/,
    message: 'other YAML parsers read this as a number in base 60',
    expected: 'text in quotes',
    instead: 'write a number in decimal',
  },
  {
    pattern: /^(?=[^_]*_)[-+]?\.?[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9_]+)?$/i,
    message: 'other YAML parsers read this as a number and leave out the underscores',
    expected: 'a number without underscores, or text in quotes',
    instead: 'remove the underscores of a number',
  },
  {
    pattern: /^[-+]?[0-9]*\.[0-9]*0(?:e[-+]?[0-9]+)?$/i,
    message: 'as a number this loses its last zero',
    expected: 'a number that does not end in a zero, or text in quotes',
    instead: 'remove the last zero of a number',
  },
];

// YAML 1.1's timestamp, and go-yaml's, which needs neither two digits nor seconds.
const timestamp =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:t|[ \t]+)[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]*)?)?[ \t]*(?:z|[-+][0-9]{1,2}(?::?[0-9]{2})?)?)?$/i;

/** In characters; a longer one is not repeated in the advice. */
const MAX_REPEATED = 40;

const mayBeAmbiguous = /^[-+.0-9YNOyno]/;
/** All that begins with a letter and is ambiguous is a word: no longer than `yes` and `off`. */
const MAX_WORD_LENGTH = 3;

/** What is ambiguous about a plain scalar, key or value, or undefined; `isDateField`: dates are what its field holds. */
export function ambiguityOf(source: string, isDateField: boolean): Ambiguity | undefined {
  if (source.length > MAX_WORD_LENGTH && source.charAt(0) > '9') return undefined;
  if (!mayBeAmbiguous.test(source)) return undefined;
  const rule = rules.find(({ pattern }) => pattern.test(source));
  const quoted = source.length > MAX_REPEATED ? 'it in quotes' : `"${source}"`;
  if (rule !== undefined) {
    return { message: rule.message, expected: rule.expected, fix: `write ${quoted} for text; ${rule.instead}` };
  }
  if (isDateField || !timestamp.test(source)) return undefined;
  return {
    message: 'other YAML parsers read this as a date',
    expected: 'text in quotes; plain dates only in date fields',
    fix: `write ${quoted}`,
  };
}
