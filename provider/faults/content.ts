/** Faults of content: one file that may not serve, whatever is right in the rest of the commit. */
import { KEY } from './application.js';
import type { Fault } from './fault.js';
import {
  bring,
  OTHER,
  OTHER_FILE,
  OTHER_PLACE,
  other,
  otherText,
  pathOf,
  refused,
  withoutOther,
} from './other-flag.js';
import { changedToSecond, readyFirst, SHORT_LEASE, sufferWhileServing } from './scenes.js';
import { serving } from './stage.js';

/** One more byte than a file may have. */
const TOO_LARGE = 1024 * 1024 + 1;
const DEEP = 10_000;
/** Nine levels of nine aliases: 387 million values. */
const BOMB = Array.from({ length: 9 }, (_, level) => {
  const inner =
    level === 0
      ? '1'
      : Array(9)
          .fill(`*a${level - 1}`)
          .join(', ');
  return `  a${level}: &a${level} [${inner}]\n`;
}).join('');

/** A text as some editors save it. */
const asWindows = (text: string): string => `\uFEFF${text.replaceAll('\n', '\r\n')}`;

/** The rows of this theme. */
export const contentFaults: readonly Fault[] = [
  {
    number: 17,
    name: 'One flag of a commit is invalid: the lease ends if nobody mends it',
    over: ['http', 'ssh', 'file', 'directory'],
    scene: async (stage) => {
      await sufferWhileServing(stage, () => stage.publish('second', other('defalut: true\n')), SHORT_LEASE);
      await stage.application.heard('STALE');
    },
    sees: { ...refused(`${OTHER_PLACE}:7:1 unknown key \`defalut\``), status: 'STALE', events: ['READY', 'STALE'] },
    mend: withoutOther(),
  },
  {
    number: 18,
    name: 'A commit switches one flag off and breaks another: neither happens',
    over: ['file', 'directory'],
    scene: bring({ ...serving(KEY, 'switched off'), ...other('defalut: true\n') }),
    sees: refused('unknown key `defalut`'),
    mend: withoutOther(),
    remark: 'All or nothing also for an urgent change: `flagctl validate` in CI is what keeps the branch valid.',
  },
  {
    number: 21,
    name: 'A file is too large',
    over: ['file', 'directory'],
    scene: bring({ [OTHER_FILE]: `${otherText}# ${'x'.repeat(TOO_LARGE)}\n` }),
    sees: refused(`${OTHER_PLACE}:1:1 this file is too large`),
    mend: withoutOther(),
    remark:
      'What one fetch may bring has a bound of its own, of 512 MiB: [hostile-server.test.ts](../repository/git/hostile-server.test.ts).',
  },
  {
    number: 22,
    name: 'A file is a bomb of aliases',
    over: ['file', 'directory'],
    scene: bring(other(`variants:\n${BOMB}`)),
    sees: refused('anchors are not allowed'),
    mend: withoutOther(),
  },
  {
    number: 22,
    name: `A file nests ${DEEP.toLocaleString('en')} lists`,
    over: ['file', 'directory'],
    scene: bring(other(`variants: { a: ${'['.repeat(DEEP)}${']'.repeat(DEEP)} }\n`)),
    sees: refused('nested too deeply'),
    mend: withoutOther(),
  },
  {
    number: 23,
    name: 'A file has a key twice',
    over: ['file', 'directory'],
    scene: bring(other('default: true\ndefault: false\n')),
    sees: refused(`${OTHER_PLACE}:8:1 this mapping has the key twice`),
    mend: withoutOther(),
  },
  {
    number: 23,
    name: 'Two files have the same flag key',
    over: ['file', 'directory'],
    scene: bring({ [OTHER_FILE]: otherText.replace(OTHER, KEY) }),
    sees: refused(`${OTHER_PLACE}:1:6 a flag’s key is the path of its file`),
    mend: withoutOther(),
    remark: "A flag's file is named after its key, so the second file is refused for its name, and named.",
  },
  {
    number: 26,
    name: 'A file has a byte order mark and lines that end in CR LF: the same flag',
    over: ['file', 'directory'],
    scene: bring({ [pathOf(KEY)]: asWindows(String(serving(KEY, 'second')[pathOf(KEY)])) }),
    sees: changedToSecond,
  },
  {
    number: 26,
    name: 'A file gets a byte order mark and lines that end in CR LF, and nothing else: no change is told',
    over: ['file', 'directory'],
    scene: (stage) =>
      sufferWhileServing(stage, () =>
        stage.publish('first', { [pathOf(KEY)]: asWindows(String(serving(KEY, 'first')[pathOf(KEY)])) }),
      ),
    sees: readyFirst,
    remark: 'The revision is another one, for it is the hash of the bytes; the flag is the same.',
  },
  {
    number: 27,
    name: 'A file is not UTF-8',
    over: ['file', 'directory'],
    scene: bring({ [OTHER_FILE]: Buffer.from(otherText.replace('For tests.', 'F\u00FCr Tests.'), 'latin1') }),
    sees: refused(`${OTHER_PLACE}:6:15 the bytes from here on are not UTF-8`),
    mend: withoutOther(),
  },
  {
    number: 29,
    name: 'A file has a key `__proto__`',
    over: ['file', 'directory'],
    scene: bring(other('variants: { full: { __proto__: { admin: true } }, none: {} }\ndefault: none\n')),
    sees: refused('this key is not allowed anywhere'),
    mend: withoutOther(),
  },
];
