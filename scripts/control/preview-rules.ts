/** The rules about the preview of a change: that it is there where a tier asks for one, and is of this very change. */
import { demandsOf } from './tier.js';
import type { RiskTier } from '../../provider/engine/index.js';
import { shortHash } from '../approval/wording.js';
import { counted } from '../report.js';
import { listed, word } from '../change/words.js';
import type { BlastRadius, UsersRaise } from './blast-radius.js';
import { isUncountable, thresholdsOf } from './blast-radius.js';
import type { Finding } from './finding.js';
import { isEstimate, openEnvironments, type Measured } from './measured.js';
import type { Evidence } from './evidence.js';

/** The commits that are judged. */
interface Judged {
  readonly base: string;
  readonly head: string;
}

/**
 * Says that a preview is of another change; undefined where it is of this one. It must be of exactly the commits and
 * the merge that are judged, and speak of every environment that may move. A reduction goes through all the same, for
 * nothing is asked of its preview.
 */
export function mismatchOf(
  measured: Measured,
  { base, head }: Judged,
  evidence: Evidence,
  isReducing: boolean,
): Finding | undefined {
  const judged = { base, head, merged: evidence.change.result.revision };
  const names = { base: 'base', head: 'head', merged: 'merge (tree)' };
  const differences = (['base', 'head', 'merged'] as const)
    .filter((name) => measured[name] !== judged[name])
    .map((name) => `its ${names[name]} is ${shortHash(measured[name])}, and ${shortHash(judged[name])} is judged`);
  const told = new Set(measured.environments.map(({ environment }) => environment));
  const silent = openEnvironments(evidence).filter((environment) => !told.has(environment));
  const gaps = silent.map((environment) => `it says nothing of ${environment}, where somebody may get something else`);
  const wrong = differences.length > 0 ? differences : gaps;
  if (wrong.length === 0) return undefined;
  return {
    code: 'preview-mismatch',
    severity: isReducing ? 'warning' : 'error',
    message: `the preview is of another change, so it does not count: ${wrong.join('; ')}`,
    fix: `run it again: ${commandFor({ base, head })}`,
  };
}

/** What the tier asks for and is not there. @param measured that of this very change, if any */
export function checkPreview(
  measured: Measured | undefined,
  { base, head }: Judged,
  evidence: Evidence,
  { tier, isReducing }: { readonly tier: RiskTier; readonly isReducing: boolean },
): readonly Finding[] {
  if (isReducing || demandsOf(evidence.controlling.policy, tier).preview !== 'required') return [];
  if (measured !== undefined && !isEstimate(measured)) return [];
  const open = openEnvironments(evidence);
  if (open.length === 0) return [];
  const fix = `make one of sampled contexts: ${commandFor({ base, head })}`;
  const where = `somebody may get something else in ${listed(open)}, and the tier \`${tier}\` asks for a preview`;
  if (measured === undefined) {
    return [{ code: 'preview-missing', severity: 'error', message: `${where} that says how many users`, fix }];
  }
  const message = `${where} of replayed contexts; this one is an estimate from the rules alone`;
  return [{ code: 'preview-estimate', severity: 'error', message, fix }];
}

/** Says that thresholds count as reached because nobody measured anything, and how to have it measured. */
export function unmeasuredFinding(
  raises: readonly Pick<UsersRaise, 'environment'>[],
  { base, head }: Judged,
): readonly Finding[] {
  if (raises.length === 0) return [];
  const where = listed(raises.map(({ environment }) => word(environment)));
  return [
    {
      code: 'users-unmeasured',
      severity: 'warning',
      message: `nobody measured how many users it moves in ${where}, where the policy counts them: what is not measured counts as reached`,
      fix: `make a preview of sampled contexts: ${commandFor({ base, head })}`,
    },
  ];
}

/** What a reviewer must know of a preview that counts: what it says itself, which refuses nothing, and what it leaves open. */
export function previewFindings(
  measured: Measured,
  radius: BlastRadius,
  { controlling }: Evidence,
): readonly Finding[] {
  const own = measured.findings.map((finding): Finding => {
    return finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding;
  });
  const isTold = own.some(({ code }) => code === TOLD_BY_PREVIEW);
  return [
    ...(isTold ? [] : syntheticFindings(measured)),
    ...radius.environments.flatMap(({ environment, changed, raise }): readonly Finding[] => {
      const { medium, high } = thresholdsOf(controlling.policy, environment);
      if (raise === undefined || changed === undefined) return [];
      return [medium, high].some((threshold) => isUncountable(threshold, changed)) ? [uncounted(environment)] : [];
    }),
    ...own,
  ];
}

/** The preview's own finding about a population that is made up. */
const TOLD_BY_PREVIEW = 'preview-synthetic-contexts';

function syntheticFindings({ population }: Measured): readonly Finding[] {
  const { synthetic = 0 } = population?.keys ?? {};
  if (synthetic === 0) return [];
  const some = counted(synthetic, 'context');
  return [
    {
      code: 'preview-synthetic',
      severity: 'warning',
      message: `${some} of the preview ${synthetic === 1 ? 'is' : 'are'} made up: its figures are as good as that guess`,
      fix: 'sample contexts where the flags are evaluated, with `ContextSampler`',
    },
  ];
}

function uncounted(environment: string): Finding {
  return {
    code: 'preview-users-unknown',
    severity: 'warning',
    message: `the policy counts users in ${environment}, and the preview does not know how many there are: each such threshold counts as reached`,
    fix: 'say how many there are with `flagctl preview --population N`, or give the contexts weights',
    environment,
  };
}

function commandFor({ base, head }: Judged): string {
  const commits = `--base ${base} --head ${head}`;
  return `\`flagctl preview ${commits} --contexts FILES --json > preview.json\`, and give it to \`flagctl check --preview preview.json\``;
}
