/** Who owns the files of a change, by the CODEOWNERS of both sides; fails closed where GitHub would read it otherwise. */
import {
  codeownersPath,
  ownersOf,
  parseCodeowners,
  type Codeowners,
  type CodeownersProblem,
} from '../../provider/repository/index.js';
import type { ChangedFile, Side } from '../change/change.js';
import type { Finding } from '../control/finding.js';
import { ownerlessFinding } from './coverage-findings.js';
import type { OwnedFile } from './demand.js';
import { listed, shown } from './wording.js';

/** A file whose owners have a say. */
export interface ReachedFile {
  readonly path: string;
  readonly why: string;
  /** `reached`: the file is the same on both sides. */
  readonly status: ChangedFile['status'] | 'reached';
}

/** Files with their owners, and what is wrong with CODEOWNERS. */
export interface FileOwners {
  readonly files: readonly OwnedFile[];
  readonly findings: readonly Finding[];
}

type Owned = Pick<Side, 'codeowners'>;

/** What one side's CODEOWNERS says, and what is wrong with it. */
interface SideOwners {
  readonly file: string;
  readonly codeowners: Pick<Codeowners, 'rules'>;
  readonly findings: readonly Finding[];
}

/** A CODEOWNERS file can be wrong in every line; whoever sees these knows enough. */
const MAX_SHOWN_LINES = 10;

/** Reads the owners of files at base and in the merge result. */
export function ownersOfFiles(base: Owned, result: Owned, reached: readonly ReachedFile[]): FileOwners {
  const before = readSide(base, 'at base');
  const after = readSide(result, 'after the change');
  const files = reached.map(({ path, why, status }) => ({
    path,
    why,
    ownersBefore: status === 'added' ? undefined : (ownersOf(before.codeowners, path)?.owners ?? []),
    ownersAfter: status === 'deleted' ? undefined : (ownersOf(after.codeowners, path)?.owners ?? []),
  }));
  // A base that is wrong where the result is right is a repair, which only a change of CODEOWNERS itself can be.
  const findings = after.findings.length === 0 ? before.findings.map(asWarning) : after.findings;
  return { files, findings: [...findings, ...files.flatMap((file) => ownerlessFindings(file, before, after))] };
}

function readSide({ codeowners }: Owned, when: string): SideOwners {
  const paths = [...codeowners.keys()].toSorted();
  const file = codeownersPath(paths);
  if (file === undefined) {
    const message = `there is no CODEOWNERS ${when}: nobody owns anything, so nobody can approve anything`;
    const fix = 'give every file an owner in CODEOWNERS at the root';
    const finding: Finding = { code: 'codeowners-missing', severity: 'error', message, fix };
    return { file: 'CODEOWNERS', codeowners: { rules: [] }, findings: [finding] };
  }
  const parsed = parseCodeowners(file, codeowners.get(file) ?? '');
  const findings = parsed.problems.slice(0, MAX_SHOWN_LINES).map((problem) => invalidFinding(problem, parsed, when));
  if (paths.length > 1) findings.unshift(secondFinding(file, paths, when));
  return { file, codeowners: parsed, findings };
}

function secondFinding(file: string, paths: readonly string[], when: string): Finding {
  const message = `there are several CODEOWNERS ${when}, ${listed(paths)}: GitHub reads ${file} and no other`;
  return { code: 'codeowners-second', severity: 'error', message, fix: 'keep one of them', file };
}

function invalidFinding(problem: CodeownersProblem, { problems }: Codeowners, when: string): Finding {
  const { file, line, message: fault, found, fix } = problem;
  const others = problems.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more such)`;
  const what = found === undefined ? '' : ` "${shown(found)}":`;
  const message = `${file} line ${line} ${when}:${what} ${fault}; GitHub skips it, so that others own its files${more}`;
  return { code: 'codeowners-invalid', severity: 'error', message, fix, file };
}

function ownerlessFindings(
  { path, ownersBefore, ownersAfter }: OwnedFile,
  before: SideOwners,
  after: SideOwners,
): readonly Finding[] {
  const sides: string[] = [];
  if (ownersBefore?.length === 0) sides.push(`at base ${ownerlessReason(path, before)}`);
  if (ownersAfter?.length === 0) sides.push(`after the change ${ownerlessReason(path, after)}`);
  return sides.length === 0 ? [] : [ownerlessFinding(path, sides.join(', and '))];
}

function ownerlessReason(path: string, { file, codeowners }: SideOwners): string {
  const line = ownersOf(codeowners, path)?.line;
  return line === undefined ? `no line of ${file} matches it` : `line ${line} of ${file} gives it to nobody`;
}

function asWarning(finding: Finding): Finding {
  return { ...finding, severity: 'warning', message: `${finding.message}; this change repairs it`, fix: undefined };
}
