/** Whether keys are permanent: they equal their paths, and never come back. */
import type { FlagDocument } from '../../engine/index.js';
import type { UnplacedProblem } from '../problem.js';
import type { CheckedRepository, FileNames } from './checked-repository.js';

/** Checks the ledger, and that no flag has a key of it. */
export function checkRetiredKeys(repository: CheckedRepository): readonly UnplacedProblem[] {
  return repository.documents.retired.length === 0 ? [] : [...checkLedger(repository), ...checkLive(repository)];
}

/** Checks that a flag's key is that of its file, `key`. */
export function checkPath(key: string, flag: FlagDocument, fileOf: FileNames): readonly UnplacedProblem[] {
  if (flag.key === key) return [];
  return [
    {
      code: 'key-path-mismatch',
      file: fileOf.flag(key),
      pointer: ['key'],
      message: 'a flag’s key is the path of its file with dots for slashes',
      found: `\`${flag.key}\``,
      expected: `\`${key}\``,
      fix: `write \`key: ${key}\`, or move the file to \`${fileOf.flag(flag.key)}\``,
    },
  ];
}

/** Of keys that differ by case alone one is enough: each would be a twin of the other. */
function checkLedger({ documents: { retired }, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  const seen = new Map<string, string>();
  return retired.flatMap(({ key }, index) => {
    const folded = key.toLowerCase();
    const earlier = seen.get(folded);
    seen.set(folded, earlier ?? key);
    if (earlier === undefined) return [];
    return [
      {
        code: 'retired-twice' as const,
        file: fileOf.retired,
        pointer: [index, 'key'],
        message: `the ledger retires \`${earlier}\` already`,
        found: `\`${key}\` again`,
        expected: 'each key once, whatever its case',
        fix: 'remove the later entry',
      },
    ];
  });
}

function checkLive({ documents: { retired }, names, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  const liveKeys = new Map([...names.flags].map((key) => [key.toLowerCase(), key]));
  return [...new Map(retired.map(({ key }) => [key.toLowerCase(), key]))].flatMap(([folded, retiredKey]) => {
    const live = liveKeys.get(folded);
    if (live === undefined) return [];
    const spelling = live === retiredKey ? '' : `, spelt \`${retiredKey}\``;
    return [
      {
        code: 'key-retired' as const,
        file: fileOf.flag(live),
        pointer: ['key'],
        message: `the key \`${live}\` is retired and may never be used again`,
        found: `\`${live}\` in \`${fileOf.retired}\`${spelling}`,
        expected: 'a key that the ledger does not list',
        fix: 'give the flag a new key, and move its file accordingly',
      },
    ];
  });
}
