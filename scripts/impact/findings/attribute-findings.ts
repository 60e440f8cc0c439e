/** Attributes that contexts lack, or have in several types; and what rollouts can't hash. */
import { isHashable } from '../../../provider/engine/index.js';
import { codeSpan, listed, word } from '../../change/words.js';
import type { Finding } from '../../control/finding.js';
import { kindCounts } from './comparison-findings.js';
import { isSplit } from '../estimate/gives.js';
import {
  absentCount,
  presentKinds,
  ruleWords,
  shareWords,
  type ObservedChange,
  type ReadRule,
} from './observed-change.js';
import type { AttributeKind, ObservedAttribute } from './observed.js';
import { absentNeeds } from './rule-findings.js';
import { stepsOf } from '../estimate/steps.js';

/** Rules that are named as readers of an attribute. */
const MAX_READERS = 2;

/** One finding an attribute that rules of the merge result read, where contexts lack it or differ in its type. */
export function attributeFindings(change: ObservedChange): readonly Finding[] {
  const named = new Set(
    change.readRules.filter(({ observed }) => observed.matches === 0).flatMap((rule) => absentNeeds(rule, change)),
  );
  return [...readersOf(change)].flatMap(([path, readers]) => {
    const attribute = change.attributeOf(path);
    if (attribute === undefined || path === 'targetingKey') return [];
    return [...lackFindings(attribute, readers, named), ...mixedFindings(attribute, readers)];
  });
}

/** Of each flag and environment whose rollouts can't hash some contexts. */
export function hashableFindings({ changes, flags, attributeOf, population }: ObservedChange): readonly Finding[] {
  const replayed = new Set(
    flags.flatMap(({ key, environments }) =>
      environments.filter(({ isProved }) => !isProved).map(({ environment }) => JSON.stringify([key, environment])),
    ),
  );
  return changes.flatMap(({ key, after }) => {
    if (after === undefined) return [];
    return Object.keys(after.environments ?? {}).flatMap((environment): readonly Finding[] => {
      const { bucketBy, steps, rest } = stepsOf(after, environment);
      if (!replayed.has(JSON.stringify([key, environment]))) return [];
      if (![rest, ...steps.map(({ gives }) => gives)].some(isSplit)) return [];
      const count = unhashableCount(bucketBy, attributeOf(bucketBy), population.keys.missing);
      if (count === 0) return [];
      const isAll = count === population.contexts;
      return [
        {
          code: 'preview-unhashable-contexts',
          severity: isAll ? 'warning' : 'notice',
          key,
          environment,
          message: `${shareWords(count, population.contexts)} have no ${codeSpan(bucketBy)} that a rollout of ${word(key)} can hash: percentages leave them the default.`,
          fix: `Give contexts with ${codeSpan(bucketBy)} as a text or a whole number, as the application sends it.`,
        },
      ];
    });
  });
}

/** An empty text and a fraction are not told from others here, so that it is at least as many. */
function unhashableCount(path: string, attribute: ObservedAttribute | undefined, withoutKey: number): number {
  if (path === 'targetingKey') return withoutKey;
  if (attribute === undefined) return 0;
  const samples: Readonly<Partial<Record<AttributeKind, unknown>>> = { string: 'x', number: 1 };
  return (Object.keys(attribute.kinds) as AttributeKind[])
    .filter((kind) => !isHashable(samples[kind]))
    .reduce((sum, kind) => sum + attribute.kinds[kind], 0);
}

/** By the path of an attribute, the rules that read it. */
function readersOf({ readRules, reader }: ObservedChange): ReadonlyMap<string, readonly ReadRule[]> {
  const readers = new Map<string, Set<ReadRule>>();
  for (const rule of readRules) {
    for (const { path } of reader.usesOf(rule.when)) {
      const known = readers.get(path) ?? new Set();
      readers.set(path, known.add(rule));
    }
  }
  return new Map([...readers].map(([path, rules]) => [path, [...rules]]));
}

function lackFindings(
  attribute: ObservedAttribute,
  readers: readonly ReadRule[],
  named: ReadonlySet<string>,
): readonly Finding[] {
  const lacking = absentCount(attribute);
  const contexts = Object.values(attribute.kinds).reduce((sum, count) => sum + count, 0);
  const name = codeSpan(attribute.path);
  if (lacking === 0 || named.has(attribute.path)) return [];
  if (lacking < contexts) {
    const message = `${shareWords(lacking, contexts)} lack ${name}, which ${readerWords(readers)} reads.`;
    return [{ ...aboutOnly(readers), code: 'preview-attribute-missing', severity: 'notice', message }];
  }
  return [
    {
      ...aboutOnly(readers),
      code: 'preview-attribute-absent',
      severity: 'warning',
      message: `No context has ${name}, which ${readerWords(readers)} reads: the figures take it as missing from everybody.`,
      fix: 'Check how the attribute is spelled, or give contexts that have it.',
    },
  ];
}

function mixedFindings(attribute: ObservedAttribute, readers: readonly ReadRule[]): readonly Finding[] {
  const present = presentKinds(attribute);
  if (present.length < 2) return [];
  return [
    {
      ...aboutOnly(readers),
      code: 'preview-attribute-mixed',
      severity: 'notice',
      message: `${codeSpan(attribute.path)} is of several types: ${kindCounts(attribute, present)}; ${readerWords(readers)} reads it, and nothing is coerced.`,
      fix: 'Send one type from every application, or compare with both.',
    },
  ];
}

function readerWords(readers: readonly ReadRule[]): string {
  return listed(
    readers.map(({ observed }) => ruleWords(observed)),
    MAX_READERS,
  );
}

/** An attribute is about one flag where only that one reads it. */
function aboutOnly(readers: readonly ReadRule[]): Pick<Finding, 'key' | 'environment'> {
  const [first] = readers;
  if (first === undefined) return {};
  const { key, environment } = first.observed;
  return {
    ...(readers.every(({ observed }) => observed.key === key) && { key }),
    ...(readers.every(({ observed }) => observed.environment === environment) && { environment }),
  };
}
