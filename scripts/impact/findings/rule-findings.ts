/** Rules that decide nothing among the contexts, and why. */
import { counted } from '../../report.js';
import { codeSpan, listed } from '../../change/words.js';
import type { Finding } from '../../control/finding.js';
import { ABSENT } from './attribute-needs.js';
import { isInVain } from './comparison-findings.js';
import {
  aboutRule,
  absentCount,
  presentKinds,
  ruleSubject,
  type ObservedChange,
  type ReadRule,
} from './observed-change.js';
import { percentAtMost } from '../rendering/figures.js';
import type { ObservedRule } from './observed.js';

/** The 97.5 % point of the normal distribution: of Wilson's interval, see `Share`. */
const Z = 1.959_964;

/** The findings of rules that match nobody, or whose matches all go elsewhere. */
export function ruleFindings(change: ObservedChange): readonly Finding[] {
  const conditions = new Map(change.readRules.map((rule) => [rule.observed, rule]));
  return change.rules.flatMap((rule): readonly Finding[] => {
    if (rule.hits > 0) return [];
    if (rule.matches > 0) return [shadowed(rule)];
    const read = conditions.get(rule);
    const absent = read === undefined ? [] : absentNeeds(read, change);
    // That is a finding of its own, and the reason.
    if (absent.length === 0 && read !== undefined && isInVain(read, change)) return [];
    return [absent.length > 0 ? cannotMatch(rule, absent) : matchesNobody(rule, change)];
  });
}

/** The attributes that a rule needs, and that no context has. */
export function absentNeeds({ when }: ReadRule, { reader, attributeOf }: ObservedChange): readonly string[] {
  return [...reader.neededBy(when)].flatMap(([path, kinds]) => {
    const attribute = attributeOf(path);
    const isNeeded = ![...kinds].some((kind) => ABSENT.has(kind));
    return isNeeded && attribute !== undefined && presentKinds(attribute).length === 0 && absentCount(attribute) > 0
      ? [path]
      : [];
  });
}

function cannotMatch(rule: ObservedRule, paths: readonly string[]): Finding {
  const names = listed(paths.map(codeSpan));
  return {
    ...aboutRule(rule),
    code: 'preview-rule-cannot-match',
    severity: 'warning',
    message: `${ruleSubject(rule)} can never match here: it needs ${names}, which no context has.`,
    fix: `Check how the attribute is spelled, or give contexts that have it.`,
  };
}

/** Of none among n, Wilson's upper end is z² / (n + z²). */
function matchesNobody(rule: ObservedRule, { population: { contexts, effectiveContexts } }: ObservedChange): Finding {
  const high = (Z * Z) / (effectiveContexts + Z * Z);
  return {
    ...aboutRule(rule),
    code: 'preview-rule-matches-nobody',
    severity: 'notice',
    message: `${ruleSubject(rule)} matches none of ${counted(contexts, 'context')}: at most ${percentAtMost(high)} of users, if these are a sample of them.`,
    fix: 'Check its condition with `flagctl explain`, or give contexts of those whom it is for.',
  };
}

function shadowed(rule: ObservedRule): Finding {
  const takers = [...rule.takenBy].sort(([, one], [, other]) => other - one);
  const words = takers.map(([name, count]) => `${codeSpan(name)} takes ${count.toLocaleString('en')}`);
  const who = words.length === 0 ? 'others decide before it' : listed(words);
  return {
    ...aboutRule(rule),
    code: 'preview-rule-shadowed',
    severity: 'warning',
    message: `${ruleSubject(rule)} decides for none of the ${counted(rule.matches, 'context')} that it matches: ${who}.`,
    fix: 'Move it before what takes them, or remove it.',
  };
}
