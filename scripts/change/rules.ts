/** What changed of an environment's rules, in words. */
import { canonical, type FlagDocument, type JsonValue, type RuleDocument } from '../../provider/engine/index.js';
import { conditionMeaning } from './meaning.js';
import { conditionChanges, conditionWords } from './conditions.js';
import type { ItemKind } from './change.js';
import type { ItemDraft } from './draft.js';
import { align, placeWords, type Aligned } from './sequence.js';
import { movesPeople, rolloutWords, shareChange, sharesOf, type VariantShare } from './shares.js';
import { codeSpan } from './words.js';

/** A flag and its rules in one environment. */
export interface FlagRules {
  readonly flag: FlagDocument;
  readonly rules: readonly RuleDocument[];
}

/** An item for each thing that was done to a rule. */
export function ruleItems(before: FlagRules, after: FlagRules): readonly ItemDraft[] {
  return align(before.rules, after.rules, contentOf).flatMap((aligned) =>
    changesOf(aligned, before, after).map(([kind, text]) => ({
      kind,
      text,
      before: json(aligned.before),
      after: json(aligned.after),
    })),
  );
}

type KindAndText = readonly [ItemKind, string];

function changesOf(
  aligned: Aligned<RuleDocument>,
  { flag, rules }: FlagRules,
  { flag: newFlag, rules: newRules }: FlagRules,
): readonly KindAndText[] {
  const { before, after, isMoved } = aligned;
  const name = codeSpan((after ?? before)?.name ?? '');
  if (after === undefined) return before ? [['rule', `rule ${name} removed (${givesWords(flag, before)})`]] : [];
  if (before === undefined) {
    const isAlone = rules.length === 0 || newRules.length === 1;
    const place = isAlone ? 'added' : placeWords(aligned, codeSpan);
    return [['rule', `rule ${name} ${place}: ${conditionWords(after.when)} ${givesWords(newFlag, after)}`]];
  }
  const moves = movesPeople(ruleShares(flag, before), ruleShares(newFlag, after)) && isSplit(before, after);
  const words: readonly KindAndText[] = [
    ...(before.name === after.name ? [] : [rule(`rule ${codeSpan(before.name)} renamed ${name}`)]),
    ...(isMoved ? [rule(`rule ${name} ${placeWords(aligned, codeSpan)}`)] : []),
    ...conditionChanges(before.when, after.when).map((text) => rule(`rule ${name}: ${text}`)),
    ...givesChanges([flag, before], [newFlag, after]).map((text) => rule(`rule ${name}: ${text}`)),
  ];
  return moves ? [...words, ['bucketing', `rule ${name}: shares changed: moves people`]] : words;
}

function rule(text: string): KindAndText {
  return ['rule', text];
}

function givesChanges(
  [flag, before]: readonly [FlagDocument, RuleDocument],
  [newFlag, after]: readonly [FlagDocument, RuleDocument],
): readonly string[] {
  if (before.rollout !== undefined && after.rollout !== undefined) {
    const isSame = canonical(before.rollout) === canonical(after.rollout);
    const change = isSame ? undefined : shareChange([flag, before.rollout], [newFlag, after.rollout]);
    return change === undefined ? [] : [`rollout ${change}`];
  }
  const [old, now] = [givesWords(flag, before), givesWords(newFlag, after)];
  if (old === now && String(before.serve) === String(after.serve)) return [];
  return [`${old} → ${before.serve !== undefined && after.serve !== undefined ? codeSpan(String(after.serve)) : now}`];
}

function givesWords(flag: FlagDocument, { serve, rollout = 0 }: RuleDocument): string {
  return serve === undefined ? `rollout ${rolloutWords(flag, rollout)}` : `serves ${codeSpan(String(serve))}`;
}

/** Rules that serve hash nobody, so only two rollouts can share people out anew. */
function isSplit(before: RuleDocument, after: RuleDocument): boolean {
  return before.rollout !== undefined && after.rollout !== undefined;
}

function ruleShares(flag: FlagDocument, { rollout = 0 }: RuleDocument): readonly VariantShare[] {
  return sharesOf(flag, rollout);
}

/** What a rule does, by which a renamed one is known again. */
function contentOf({ when, serve, rollout }: RuleDocument): string {
  return canonical([conditionMeaning(when), serve === undefined ? null : String(serve), rollout ?? null]);
}

function json(rule: RuleDocument | undefined): JsonValue | undefined {
  return rule as JsonValue | undefined;
}
