/** What a reviewer should know of a preview beside its figures: of the rules that it replayed, and of the contexts. */
import { counted } from '../../report.js';
import { word } from '../../change/words.js';
import type { Finding } from '../../control/finding.js';
import { attributeFindings, hashableFindings } from './attribute-findings.js';
import { comparisonFindings } from './comparison-findings.js';
import { grouped, observedChange, type ReplayedChange } from './observed-change.js';
import { populationFindings } from './population-findings.js';
import { percentAtMost } from '../rendering/figures.js';
import type { FlagImpact } from '../preview.js';
import { ruleFindings } from './rule-findings.js';

export type { ReplayedChange } from './observed-change.js';

/** Of one code: a segment may reach two thousand flags, which all have the same to say. */
export const MAX_FINDINGS_OF_CODE = 10;

/**
 * The findings of a preview that replayed contexts: warnings first, of each code at most
 * {@link MAX_FINDINGS_OF_CODE} and then how many more there are. Safe in Markdown.
 */
export function previewFindings(replayed: ReplayedChange): readonly Finding[] {
  const { population, flags } = replayed;
  const change = observedChange(replayed);
  const ofContexts =
    population.contexts === 0
      ? []
      : [
          ...ruleFindings(change),
          ...comparisonFindings(change),
          ...attributeFindings(change),
          ...hashableFindings(change),
          ...idleFindings(flags),
        ];
  const byCode = grouped([...populationFindings(change), ...ofContexts], ({ code }) => code);
  const findings = byCode.flatMap(([, same]) => cut(same));
  return ['error', 'warning', 'notice'].flatMap((level) => findings.filter(({ severity }) => severity === level));
}

/** Flags of which nobody gets another value, though nothing proves that. */
function idleFindings(flags: readonly FlagImpact[]): readonly Finding[] {
  return flags.flatMap(({ key, environments }) =>
    environments.flatMap(({ environment, isProved, changed }): readonly Finding[] => {
      if (isProved || changed === undefined || changed.contexts > 0) return [];
      const bound = changed.high > 0 ? `, which is at most ${percentAtMost(changed.high)} of users` : '';
      const message = `The change of ${word(key)} moves none of the contexts in ${word(environment)}${bound}.`;
      const fix = 'Check that it does what it is for, or give contexts of those whom it is for.';
      return [{ code: 'preview-moves-nobody', severity: 'notice', key, environment, message, fix }];
    }),
  );
}

/** Findings of one code, which may be of several severities. */
function cut(findings: readonly Finding[]): readonly Finding[] {
  const rest = findings.length - MAX_FINDINGS_OF_CODE;
  const last = findings[MAX_FINDINGS_OF_CODE - 1];
  if (rest <= 0 || last === undefined) return findings;
  const message = `There ${rest === 1 ? 'is' : 'are'} ${counted(rest, 'more finding')} of this kind.`;
  return [...findings.slice(0, MAX_FINDINGS_OF_CODE), { code: last.code, severity: last.severity, message }];
}
