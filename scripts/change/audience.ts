/** Whether a condition names its audience, or may hold for anybody. */
import {
  canonical,
  segmentReferences,
  type ConditionDocument,
  type JsonValue,
  type SegmentDocument,
  type Stored,
} from '../../provider/engine/index.js';
import { conditionMeaning, operatorsOf } from './meaning.js';

/** The segments of a revision, by name; replaced whole, never edited. */
export type Segments = ReadonlyMap<string, Stored<SegmentDocument>>;

/** In characters: a single one is the beginning, the end or a part of what half of all people are called. */
const MIN_AFFIX_LENGTH = 2;

const AFFIXES: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains']);

/** Two thousand flags ask for the same few segments. */
const known = new WeakMap<Segments, Map<string, boolean>>();

/**
 * Whether some conjunct names an audience: equality, `in`, an affix of two characters or more, or a segment that does.
 * Whatever cannot be told (an unknown segment, a circle) names none.
 */
export function namesAudience(when: ConditionDocument, segments: Segments): boolean {
  return Object.entries(when).some(([key, operand]) => entryNames(key, operand as JsonValue, segments));
}

/** Whether a segment names an audience. */
export function segmentNamesAudience(name: string, segments: Segments): boolean {
  const answers = known.get(segments) ?? new Map<string, boolean>();
  known.set(segments, answers);
  const answer = answers.get(name);
  if (answer !== undefined) return answer;
  // Until it is known: so that a circle ends.
  answers.set(name, false);
  const document = segments.get(name)?.read();
  const fresh = document !== undefined && namesAudience(document.when, segments);
  answers.set(name, fresh);
  return fresh;
}

/** A condition and the segments in it, to the end, in one spelling. */
export function audienceOf(when: ConditionDocument, segments: Segments): string {
  const found = new Map<string, string>();
  const open = [when];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    for (const { name } of segmentReferences(part, [])) {
      const inner = segments.get(name)?.read().when;
      if (found.has(name) || inner === undefined) continue;
      found.set(name, conditionMeaning(inner));
      open.push(inner);
    }
  }
  return canonical([conditionMeaning(when), [...found].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function entryNames(key: string, operand: JsonValue, segments: Segments): boolean {
  switch (key) {
    case 'segment':
      return ([operand].flat() as readonly string[]).every((name) => segmentNamesAudience(name, segments));
    case 'any':
      return parts(operand).every((part) => namesAudience(part, segments));
    case 'all':
      return parts(operand).some((part) => namesAudience(part, segments));
    case 'not':
      return false;
    default:
      return [...operatorsOf(operand)].some(([operator, operands]) => operatorNames(operator, operands));
  }
}

function operatorNames(operator: string, operands: JsonValue): boolean {
  // Of two values, both are everybody.
  if (operator === 'in') return ![true, false].every((value) => (operands as readonly JsonValue[]).includes(value));
  if (!AFFIXES.has(operator)) return false;
  return (operands as readonly JsonValue[]).every(
    (affix) => typeof affix === 'string' && Array.from(affix).length >= MIN_AFFIX_LENGTH,
  );
}

function parts(operand: JsonValue): readonly ConditionDocument[] {
  return operand as unknown as readonly ConditionDocument[];
}
