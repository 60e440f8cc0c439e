/** Whether keys are permanent and unmistakable: they equal their paths, differ by more than case, and never come back. */
import type { UnplacedProblem } from '../problem.js';
import type { CheckedRepository } from './checked-repository.js';

/** Checks the keys of flags, the names of files, and the ledger. */
export function checkKeys(repository: CheckedRepository): readonly UnplacedProblem[] {
  return [...checkPaths(repository), ...checkTwins(repository), ...checkLedger(repository)];
}

function checkPaths({ documents, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  return [...documents.flags].flatMap(([key, flag]) => {
    if (flag.key === key) return [];
    return [
      {
        code: 'key-path-mismatch' as const,
        file: fileOf.flag(key),
        pointer: ['key'],
        message: 'a flag’s key is the path of its file with dots for slashes',
        found: flag.key,
        expected: key,
        fix: `write \`key: ${key}\`, or move the file`,
      },
    ];
  });
}

function checkTwins({ paths }: CheckedRepository): readonly UnplacedProblem[] {
  const seen = new Map<string, string>();
  return paths.flatMap((file) => {
    const folded = file.toLowerCase();
    const twin = seen.get(folded);
    seen.set(folded, twin ?? file);
    if (twin === undefined) return [];
    return [
      {
        code: 'case-twin' as const,
        file,
        message: `\`${file}\` and \`${twin}\` differ by case alone`,
        found: twin,
        expected: 'names that differ when case is folded',
        fix: 'rename one of them',
      },
    ];
  });
}

function checkLedger({ documents: { retired }, names, fileOf }: CheckedRepository): readonly UnplacedProblem[] {
  const seen = new Set<string>();
  return retired.flatMap(({ key }, index) => {
    const problems: UnplacedProblem[] = [];
    const folded = key.toLowerCase();
    if (seen.has(folded)) {
      problems.push({
        code: 'retired-twice',
        file: fileOf.retired,
        pointer: [index, 'key'],
        message: `the ledger already retires \`${key}\``,
        found: key,
        expected: 'each key once',
        fix: 'remove the second entry',
      });
    }
    seen.add(folded);
    const live = names.foldedFlags.get(folded);
    if (live !== undefined) problems.push(retiredKey(live, fileOf.flag(live), fileOf.retired));
    return problems;
  });
}

function retiredKey(key: string, file: string, ledger: string): UnplacedProblem {
  return {
    code: 'key-retired',
    file,
    pointer: ['key'],
    message: `the key \`${key}\` is retired and may never be used again`,
    found: key,
    expected: `a key that ${ledger} does not list`,
    fix: 'give the flag a new key, and move its file accordingly',
  };
}
