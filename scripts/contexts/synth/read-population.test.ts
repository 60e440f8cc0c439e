import { describe, expect, it, test } from 'vitest';
import { compareProblems, renderProblem } from '../../../provider/repository/index.js';
import { parsePopulation } from './read-population.js';

/** The problems of a description: place, code and message. */
function problemsOf(text: string): readonly string[] {
  const read = parsePopulation('population.yaml', new TextEncoder().encode(text));
  if (read.ok) return [];
  for (const { expected, fix } of read.problems) {
    if (expected === undefined && fix === undefined) throw new Error('a problem without help');
  }
  return read.problems
    .toSorted(compareProblems)
    .map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`);
}

/** One attribute in an otherwise good description; it stands on line 3. */
const attribute = (text: string): string => `users: 10\nattributes:\n  a: ${text}\n`;

describe('parsePopulation', () => {
  it('reads a description', () => {
    expect(problemsOf('users: 10\nattributes: { country: DE }\n')).toEqual([]);
  });

  it('says what was found, what is expected and what to do', () => {
    const read = parsePopulation('p.yaml', new TextEncoder().encode(attribute('{ number: { from: 5, to: 2 } }')));
    expect(read.ok ? '' : read.problems.map(renderProblem).join('\n')).toMatchInlineSnapshot(`
      "p.yaml:3:31  error invalid-value
      \`to\` lies below \`from\`
      2 | attributes:
      3 |   a: { number: { from: 5, to: 2 } }
        |                               ^
      expected: a number of at least 5
      fix: exchange the two"
    `);
  });

  const wrong: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
    ['nothing', '', ['1:1 wrong-type: this file says nothing']],
    ['no YAML', 'users: [', ['1:8 yaml-syntax: this `[` is never closed']],
    ['a list', '- users: 1', ['1:1 wrong-type: the file must be a map']],
    ['no users', 'attributes: {}', ['1:1 missing-key: the file lacks the key `users`']],
    ['no attributes', 'users: 5', ['1:1 missing-key: the file lacks the key `attributes`']],
    ['a misspelt key', 'user: 5\nattributes: {}', ['1:1 unknown-key: unknown key `user`; did you mean `users`?']],
    ['a fraction of a user', 'users: 1.5\nattributes: {}', ['1:8 wrong-type: `users` must be a whole number']],
    [
      'too many users',
      'users: 10000000001\nattributes: {}',
      ['1:8 out-of-range: `users` must be a number from 1 to 10000000000'],
    ],
    [
      'too many contexts',
      'users: 10\ncount: 5000001\nattributes: {}',
      ['2:8 out-of-range: `count` must be a number from 1 to 5000000'],
    ],
    [
      'an attribute that is a list',
      attribute('[DE, AT]'),
      ['3:6 wrong-type: `a` must be a string, a number, true, false or a map'],
    ],
    ['an attribute of nothing', attribute('{}'), ['3:6 out-of-range: `a` must not be empty']],
    [
      'a misspelt kind',
      attribute('{ value: 1, version: { "1.0.0": 1 } }'),
      ['3:18 unknown-key: unknown key `version`; did you mean `versions`?'],
    ],
    [
      'two kinds',
      attribute('{ value: 1, values: { DE: 1 } }'),
      ['3:6 invalid-value: an attribute has exactly one kind of values'],
    ],
    ['no kind', attribute('{ missing: 20 }'), ['3:6 invalid-value: an attribute has exactly one kind of values']],
    [
      'no weight above nothing',
      attribute('{ values: { DE: 0, AT: 0 } }'),
      ['3:16 out-of-range: one of these must be possible'],
    ],
    ['no choice', attribute('{ choices: [] }'), ['3:17 out-of-range: `choices` must not be empty']],
    [
      'choices that never occur',
      attribute('{ choices: [{ value: 1, weight: 0 }] }'),
      ['3:17 out-of-range: one of these must be possible'],
    ],
    [
      'a weight below nothing',
      attribute('{ values: { DE: -1 } }'),
      ['3:22 out-of-range: `DE` must be a number from 0 to 1000000000'],
    ],
    ['a weight that is text', attribute('{ values: { DE: "1" } }'), ['3:22 wrong-type: `DE` must be a number']],
    [
      'more than all',
      attribute('{ percentTrue: 101 }'),
      ['3:21 out-of-range: `percentTrue` must be a number from 0 to 100'],
    ],
    ['a share as text', attribute('{ percentTrue: 5% }'), ['3:21 wrong-type: `percentTrue` must be a number']],
    [
      'a version that is none',
      attribute('{ versions: { nightly: 1, "6.4.0": 1, "1.0 || 2.0": 1 } }'),
      ['3:20 semver-invalid: this is no version', '3:44 semver-invalid: this is no version'],
    ],
    [
      'a number without bounds',
      attribute('{ number: { from: 1 } }'),
      ['3:16 invalid-value: nothing says how large this number is'],
    ],
    [
      'a number the wrong way round',
      attribute('{ number: { from: 5, to: 2 } }'),
      ['3:31 invalid-value: `to` lies below `from`'],
    ],
    [
      'a normal number without a deviation',
      attribute('{ number: { mean: 3 } }'),
      ['3:16 missing-key: `number` lacks the key `deviation`, which `mean` needs'],
    ],
    [
      'two distributions',
      attribute('{ number: { mean: 3, deviation: 1, median: 2, p90: 4 } }'),
      ['3:49 invalid-value: a number has one distribution'],
    ],
    [
      'a median of nothing',
      attribute('{ number: { median: 0, p90: 4 } }'),
      ['3:26 invalid-value: a median of amounts lies above 0'],
    ],
    [
      'a percentile below the median',
      attribute('{ number: { median: 4, p90: 4 } }'),
      ['3:34 invalid-value: one in ten lies above `p90`, and half above `median`'],
    ],
    [
      'seven decimals',
      attribute('{ number: { from: 1, to: 2, decimals: 7 } }'),
      ['3:44 out-of-range: `decimals` must be a number from 0 to 6'],
    ],
    [
      'a day that does not exist',
      attribute('{ days: { from: 2026-02-30, until: 2026-03-01 } }'),
      ['3:22 invalid-date: `from` must be a day of the calendar, YYYY-MM-DD'],
    ],
    [
      'days the wrong way round',
      attribute('{ days: { from: 2026-03-01, until: 2026-03-01 } }'),
      ['3:41 invalid-value: `until` is not after `from`, so nothing lies between'],
    ],
    [
      'a moment that is none',
      attribute('{ instants: { from: yesterday, until: 2026-03-01 } }'),
      ['3:26 instant-invalid: `from` must be an RFC 3339 date-time such as 2026-12-20T00:00:00Z, or a date YYYY-MM-DD'],
    ],
    [
      'an address without domains',
      attribute('{ email: { domains: {} } }'),
      ['3:26 out-of-range: `domains` must not be empty'],
    ],
    [
      'a tag with a space',
      attribute('{ email: { domains: { a.test: 1 }, tag: a b } }'),
      ['3:46 invalid-value: `tag` must be letters, digits, dots, underscores and hyphens'],
    ],
    [
      'no names',
      attribute('{ numbered: { prefix: a, of: 0 } }'),
      ['3:35 out-of-range: `of` must be a number from 1 to 10000000000'],
    ],
    [
      'a `by` without cases',
      attribute('{ by: b }\n  b: 1'),
      ['3:6 missing-key: `a` lacks the key `cases`, which `by` needs'],
    ],
    [
      'cases without a `by`',
      attribute('{ value: 1, cases: { x: 1 } }'),
      ['3:6 missing-key: `a` lacks the key `by`, which `cases` needs'],
    ],
    ['a `by` of nothing', attribute('{ by: b, cases: { x: 1 } }'), ['3:12 invalid-value: there is no attribute `b`']],
    [
      'a `by` of a `by`',
      attribute('{ by: b, cases: { x: 1 } }\n  b: { by: c, cases: { z: 1 } }\n  c: 1'),
      ['3:12 invalid-value: `b` has a `by` itself'],
    ],
    ['a `by` of itself', attribute('{ by: a, cases: { x: 1 } }'), ['3:12 invalid-value: `a` has a `by` itself']],
    [
      'a `by` in a case',
      attribute('{ by: b, cases: { x: { by: b, cases: { z: 1 } } } }\n  b: 1'),
      ['3:33 invalid-value: one attribute decides, and not another one after it'],
    ],
    [
      'a wrong case',
      attribute('{ by: b, cases: { x: { values: { DE: 0 } } }, otherwise: { missing: 1 } }\n  b: 1'),
      [
        '3:37 out-of-range: one of these must be possible',
        '3:63 invalid-value: an attribute has exactly one kind of values',
      ],
    ],
    [
      'a targeting key',
      'users: 10\nattributes: { targetingKey: u }',
      ['2:15 attribute-invalid: `targetingKey` is no attribute of a population'],
    ],
    [
      'a weight',
      'users: 10\nattributes: { $weight: 3 }',
      ['2:15 attribute-invalid: `$weight` is no attribute of a population'],
    ],
    [
      'an empty part',
      'users: 10\nattributes: { a..b: 3 }',
      [
        '2:15 attribute-invalid: the key `a..b` must be an attribute name, or names joined by single dots, none of them `__proto__`',
      ],
    ],
    [
      'a prototype',
      'users: 10\nattributes: { a.__proto__: 3 }',
      [
        '2:15 attribute-invalid: the key `a.__proto__` must be an attribute name, or names joined by single dots, none of them `__proto__`',
      ],
    ],
    [
      'a value that is an object as well',
      'users: 10\nattributes: { device: phone, device.model: x }',
      ["2:30 attribute-invalid: `device` has values of its own, so it can't be an object that holds `device.model`"],
    ],
    [
      'the same through a profile',
      'users: 10\nattributes: { device: phone }\nprofiles: { p: { percent: 50, attributes: { device.model: x } } }',
      ["3:45 attribute-invalid: `device` has values of its own, so it can't be an object that holds `device.model`"],
    ],
    [
      'the same the other way round',
      'users: 10\nattributes: { device.model: x }\nprofiles: { p: { percent: 50, attributes: { device: phone } } }',
      ["3:45 attribute-invalid: `device` has values of its own, so it can't be an object that holds `device.model`"],
    ],
    [
      'a profile that makes what decides undecided',
      'users: 10\nattributes: { a: 1, b: 1, c: { by: a, cases: { z: 1 } } }\nprofiles: { p: { percent: 50, attributes: { a: { by: b, cases: { z: 1 } } } } }',
      ["3:45 invalid-value: `a` decides on `c`, so it can't have a `by` itself"],
    ],
    [
      'profiles of more than all',
      'users: 10\nattributes: {}\nprofiles: { p: { percent: 60, attributes: {} }, q: { percent: 60, attributes: {} } }',
      ['3:11 weights-over-100: the profiles have more users than there are'],
    ],
    [
      'a profile of nobody',
      'users: 10\nattributes: {}\nprofiles: { p: { percent: 0.1, attributes: {} } }',
      ['3:27 out-of-range: this profile has no user'],
    ],
    [
      'a profile without a share',
      'users: 10\nattributes: {}\nprofiles: { p: { attributes: {} } }',
      ['3:16 missing-key: `p` lacks the key `percent`'],
    ],
    [
      'a profile with a bad name',
      'users: 10\nattributes: {}\nprofiles: { P p: { percent: 50, attributes: {} } }',
      [
        '3:13 invalid-name: the key `P p` must be lower-case ASCII letters, digits and hyphens, with a letter or digit at both ends',
      ],
    ],
  ];

  test.each(wrong)('refuses %s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('refuses a file beyond the limits of every YAML file', () => {
    const long = `users: 10\nattributes:\n  a: ${'x'.repeat(1024 * 1024)}\n`;
    expect(problemsOf(long)).toEqual(['1:1 file-too-large: this file is too large to be reviewed, or loaded']);
    const deep = `users: 10\nattributes: { a: { value: ${'['.repeat(40)}${']'.repeat(40)} } }\n`;
    expect(problemsOf(deep)[0]).toMatch(/nesting-too-deep/);
    const many = `users: 10\nattributes:\n${Array.from({ length: 201 }, (_, index) => `  a${index}: 1\n`).join('')}`;
    expect(problemsOf(many)[0]).toMatch(/at most 200 entries/);
  });
});
