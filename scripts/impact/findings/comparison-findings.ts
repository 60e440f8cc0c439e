/** Rules that compare attributes with what no context holds: values of another type, or what a keyed hash hides. */
import { counted } from '../../report.js';
import { codeSpan } from '../../change/words.js';
import type { Finding } from '../../control/finding.js';
import type { AttributeUse } from './attribute-needs.js';
import {
  aboutRule,
  grouped,
  presentKinds,
  ruleSubject,
  shareWords,
  type ObservedChange,
  type ReadRule,
} from './observed-change.js';
import type { AttributeKind, ObservedAttribute } from './observed.js';

const EQUALITY: ReadonlySet<string> = new Set(['equals', 'in', 'notIn']);

/** The findings of the rules' comparisons, one for each attribute that a rule compares in vain. */
export function comparisonFindings(change: ObservedChange): readonly Finding[] {
  return change.readRules.flatMap((rule) =>
    comparisonsOf(rule, change).flatMap(({ attribute, uses }) => [
      ...typeFindings(rule, attribute, uses),
      ...hashFindings(rule, attribute, uses, change),
    ]),
  );
}

/** Whether a rule has a finding here that tells why it matches nobody: what it compares is so in no context. */
export function isInVain(rule: ReadRule, change: ObservedChange): boolean {
  const { contexts } = change.population;
  return comparisonsOf(rule, change).some(
    ({ attribute, uses }) => attribute.hashed === contexts || typeFindings(rule, attribute, uses).length > 0,
  );
}

interface Comparisons {
  readonly attribute: ObservedAttribute;
  readonly uses: readonly AttributeUse[];
}

function comparisonsOf({ when }: ReadRule, { reader, attributeOf }: ObservedChange): readonly Comparisons[] {
  const compared = reader.usesOf(when).filter(({ operator }) => operator !== 'exists');
  return grouped(compared, ({ path }) => path).flatMap(([path, uses]) => {
    const attribute = attributeOf(path);
    return attribute === undefined ? [] : [{ attribute, uses }];
  });
}

function typeFindings(
  { observed }: ReadRule,
  attribute: ObservedAttribute,
  uses: readonly AttributeUse[],
): readonly Finding[] {
  const present = presentKinds(attribute);
  const vain = uses.find(({ kinds }) => !present.some((kind) => kinds.has(kind)));
  if (present.length === 0 || vain === undefined) return [];
  return [
    {
      ...aboutRule(observed),
      code: 'preview-attribute-type',
      severity: 'warning',
      message: `${ruleSubject(observed)} compares ${codeSpan(attribute.path)} (${vain.operator}) with a ${[...vain.kinds].join(' or ')}, but the contexts hold ${kindCounts(attribute, present)}: nothing is coerced.`,
      fix: 'Compare with the type that the application sends, or give the column its type.',
    },
  ];
}

function hashFindings(
  { observed }: ReadRule,
  { path, hashed }: ObservedAttribute,
  uses: readonly AttributeUse[],
  { population: { contexts } }: ObservedChange,
): readonly Finding[] {
  const share = `a keyed hash in ${shareWords(hashed, contexts)}`;
  // Only texts can be hashed: a rule that compares numbers has its say in `typeFindings`.
  const compared = hashed === 0 ? [] : uses.filter(({ kinds }) => kinds.has('string'));
  const isEqual = compared.some(({ operator }) => EQUALITY.has(operator));
  const other = compared.find(({ operator }) => !EQUALITY.has(operator));
  const finding = {
    ...aboutRule(observed),
    severity: 'warning',
    fix: 'Sample it unhashed, where that may be.',
  } as const;
  return [
    isEqual
      ? [
          {
            ...finding,
            code: 'preview-hashed-equality',
            message: `${ruleSubject(observed)} names values of ${codeSpan(path)}, which is ${share}: no hash is equal to them.`,
          },
        ]
      : [],
    other === undefined
      ? []
      : [
          {
            ...finding,
            code: 'preview-hashed-comparison',
            message: `${ruleSubject(observed)} looks into ${codeSpan(path)} (${other.operator}), which is ${share}: a hash tells nothing of the value.`,
          },
        ],
  ].flat();
}

/** "string (1,200), number (3)" */
export function kindCounts({ kinds }: ObservedAttribute, present: readonly AttributeKind[]): string {
  return present.map((kind) => `${kind} (${counted(kinds[kind], 'context')})`).join(', ');
}
