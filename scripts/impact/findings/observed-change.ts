/** What was observed in a replay, beside the documents that it was observed of. */
import type { ConditionDocument } from '../../../provider/engine/index.js';
import type { Segments } from '../../change/audience.js';
import type { FlagChange } from '../../change/change.js';
import { codeSpan } from '../../change/words.js';
import type { Finding } from '../../control/finding.js';
import { ABSENT, ConditionReader } from './attribute-needs.js';
import type { AttributeKind, ObservedAttribute, ObservedRule } from './observed.js';
import type { FlagImpact, Population } from '../preview.js';
import { stepsOf } from '../estimate/steps.js';

/** What findings are made of. */
export interface ReplayedChange {
  readonly flags: readonly FlagImpact[];
  readonly changes: readonly FlagChange[];
  /** Of the flags of the change that were replayed. */
  readonly rules: readonly ObservedRule[];
  readonly attributes: readonly ObservedAttribute[];
  readonly population: Population;
  /** Of the merge result. */
  readonly segments: Segments;
}

/** An observed rule and its condition in the merge result. */
export interface ReadRule {
  readonly observed: ObservedRule;
  readonly when: ConditionDocument;
}

/** A replayed change, with what its findings look up again and again. */
export interface ObservedChange extends ReplayedChange {
  readonly reader: ConditionReader;
  /** The rules whose conditions are known; those of flags that the change edits come first. */
  readonly readRules: readonly ReadRule[];
  readonly attributeOf: (path: string) => ObservedAttribute | undefined;
}

/** Finds the condition of each rule, and orders what was observed. */
export function observedChange(replayed: ReplayedChange): ObservedChange {
  const { changes, rules, attributes, segments } = replayed;
  const byKey = new Map(changes.map((change) => [change.key, change]));
  const byPath = new Map(attributes.map((attribute) => [attribute.path, attribute]));
  const isReached = ({ key }: ObservedRule): boolean => byKey.get(key)?.status === 'reached';
  const ordered = [...rules.filter((rule) => !isReached(rule)), ...rules.filter(isReached)];
  const conditions = new Map(changes.flatMap(conditionsOf));
  const readRules = ordered.flatMap((observed): readonly ReadRule[] => {
    const when = conditions.get(idOf(observed));
    return when === undefined ? [] : [{ observed, when }];
  });
  const attributeOf = (path: string): ObservedAttribute | undefined => byPath.get(path);
  return { ...replayed, rules: ordered, reader: new ConditionReader(segments), readRules, attributeOf };
}

/** The kinds of values that some context has, without those that are none. */
export function presentKinds({ kinds }: ObservedAttribute): readonly AttributeKind[] {
  return (Object.keys(kinds) as AttributeKind[]).filter((kind) => kinds[kind] > 0 && !ABSENT.has(kind));
}

/** How many contexts have no value. */
export function absentCount({ kinds }: ObservedAttribute): number {
  return kinds.missing + kinds.null;
}

/** "rule `employees` of `payments.checkout.new-flow`" */
export function ruleWords({ kind, name, key }: ObservedRule): string {
  return `${kind} ${codeSpan(name)} of ${codeSpan(key)}`;
}

/** The same at the beginning of a sentence. */
export function ruleSubject(rule: ObservedRule): string {
  const words = ruleWords(rule);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** What a finding of a rule is about. */
export function aboutRule({ key, environment }: ObservedRule): Pick<Finding, 'key' | 'environment'> {
  return { key, environment };
}

/** Things by what they have in common, in the order in which they come. */
export function grouped<T>(
  things: readonly T[],
  keyOf: (thing: T) => string,
): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return [...groups];
}

/** Some of all contexts: "12 of 1,000 contexts (1.2 %)". */
export function shareWords(count: number, contexts: number): string {
  return `${count.toLocaleString('en')} of ${contexts.toLocaleString('en')} contexts (${percentageWord(count / contexts)})`;
}

/** A share of 0 to 1 in percent, with three digits that mean something. */
export function percentageWord(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function conditionsOf({ key, after }: FlagChange): readonly (readonly [string, ConditionDocument])[] {
  if (after === undefined) return [];
  return Object.keys(after.environments ?? {}).flatMap((environment) =>
    stepsOf(after, environment).steps.map(
      ({ kind, name, when }) => [idOf({ key, environment, kind, name }), when] as const,
    ),
  );
}

function idOf({ key, environment, kind, name }: Pick<ObservedRule, 'key' | 'environment' | 'kind' | 'name'>): string {
  return JSON.stringify([key, environment, kind, name]);
}
