/** Whom a step of a flag is about, in words: "those in `employees` with `country` in DE, AT". */
import type { ConditionDocument, JsonValue, RuleDocument } from '../../../provider/engine/index.js';
import { conditionWords } from '../../change/conditions.js';
import { operatorsOf } from '../../change/meaning.js';
import { codeSpan, listed, valueWord } from '../../change/words.js';

/** Parts of a condition that are said one by one; what has more is quoted. */
const MAX_PARTS = 3;

/** Members of a list that are said; {@link listed} names no more. */
const MAX_MEMBERS = 5;

/** Rules that are named in "outside"; whoever wants all reads the file. */
const MAX_OUTSIDE = 3;

const GROUPS: ReadonlySet<string> = new Set(['any', 'all', 'not']);

/** Whom a condition holds for. */
export function audienceWords(when: ConditionDocument): string {
  const entries = Object.entries(when);
  if (entries.length === 0) return 'everyone';
  const segments = entries
    .filter(([key]) => key === 'segment')
    .map(([, operand]) => segmentWords(operand as JsonValue));
  const parts = entries
    .filter(([key]) => key !== 'segment')
    .flatMap(([key, operand]) => attributeWords(key, operand as JsonValue));
  const isQuoted = entries.some(([key]) => GROUPS.has(key)) || parts.length > MAX_PARTS;
  if (isQuoted) return `those that match ${conditionWords(when)}`;
  return `those${segments.join('')}${parts.length === 0 ? '' : ` with ${parts.join(' and ')}`}`;
}

/** A rule as a place that others are outside of: the segment that it is about, or its own name. */
export function placeOf({ name, when }: Pick<RuleDocument, 'name' | 'when'>): string {
  const { segment, ...rest } = when;
  const isSegment = typeof segment === 'string' && Object.keys(rest).length === 0;
  return codeSpan(isSegment ? segment : name);
}

/** Everyone whom none of some rules is about. */
export function everyoneOutside(places: Iterable<string>): string {
  const names = [...new Set(places)];
  return names.length === 0 ? 'everyone' : `everyone outside ${listed(names, MAX_OUTSIDE)}`;
}

function segmentWords(operand: JsonValue): string {
  return ` in ${alternatives([operand].flat() as readonly string[], codeSpan)}`;
}

function attributeWords(path: string, operand: JsonValue): readonly string[] {
  return [...operatorsOf(operand)].map(([operator, operands]) => {
    const name = codeSpan(path);
    if (operator === 'exists') return operands === true ? name : `no ${name}`;
    if (operator === 'in' && (operands as readonly JsonValue[]).length === 1) return `${name} ${memberWords(operands)}`;
    return `${name} ${operator === 'notIn' ? 'not in' : operator} ${memberWords(operands)}`;
  });
}

function memberWords(operands: JsonValue): string {
  const members = [operands].flat() as readonly JsonValue[];
  // A list may have fifty thousand members.
  return listed(members.map((member, index) => (index < MAX_MEMBERS ? valueWord(member) : '')));
}

function alternatives(names: readonly string[], wordOf: (name: string) => string): string {
  const words = names.slice(0, MAX_MEMBERS).map(wordOf);
  const rest = names.length - words.length;
  return rest > 0 ? `${words.join(', ')} or ${rest} more` : words.join(' or ');
}
