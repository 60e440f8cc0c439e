/** What changed of a condition, in words. */
import type { ConditionDocument, JsonValue } from '../../provider/engine/index.js';
import { LIST_OPERATORS, membersOf, operandMeaning, operatorsOf } from './meaning.js';
import { codeSpan, flow, listed, valueSpan, valueWord, valuesFromTo } from './words.js';

/** A text for each entry that differs: "`country` AT, CH added, FR removed"; none where both mean the same. */
export function conditionChanges(before: ConditionDocument, after: ConditionDocument): readonly string[] {
  const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...keys].flatMap((key) => entryChanges(key, operandOf(before, key), operandOf(after, key)));
}

/** A condition in short. */
export function conditionWords(when: ConditionDocument): string {
  return valueSpan(flow(when as JsonValue));
}

function operandOf(when: ConditionDocument, key: string): JsonValue | undefined {
  return Object.hasOwn(when, key) ? (when[key] as JsonValue) : undefined;
}

function entryChanges(key: string, before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  if (before === undefined) return after === undefined ? [] : [`condition ${entryWords(key, after)} added`];
  if (after === undefined) return [`condition ${entryWords(key, before)} removed`];
  if (operandMeaning(key, before) === operandMeaning(key, after)) return [];
  switch (key) {
    case 'any':
    case 'all':
    case 'not':
      return [`${key} ${valuesFromTo(before, after)}`];
    case 'segment':
      return [`segment ${memberChanges([before].flat(), [after].flat(), (name) => codeSpan(name as string))}`];
    default:
      return operatorChanges(key, before, after);
  }
}

function entryWords(key: string, operand: JsonValue): string {
  return valueSpan(
    flow({ [key]: operand })
      .slice(1, -1)
      .trim(),
  );
}

function operatorChanges(attribute: string, before: JsonValue, after: JsonValue): readonly string[] {
  const [old, now] = [operatorsOf(before), operatorsOf(after)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((operator) => {
    const [from, to] = [old.get(operator), now.get(operator)];
    const subject = operator === 'in' ? codeSpan(attribute) : `${codeSpan(attribute)} ${operator}`;
    if (from === undefined || to === undefined) {
      const operand = from ?? to ?? null;
      const words = LIST_OPERATORS.has(operator) ? memberWords([...membersOf(operand).values()]) : valueWord(operand);
      return [`${subject} ${words} ${from === undefined ? 'added' : 'removed'}`];
    }
    if (!LIST_OPERATORS.has(operator)) return from === to ? [] : [`${subject} ${valuesFromTo(from, to)}`];
    const words = memberChanges(from, to, valueWord);
    return words === '' ? [] : [`${subject} ${words}`];
  });
}

function memberChanges(before: JsonValue, after: JsonValue, wordOf: (member: JsonValue) => string): string {
  const [old, now] = [membersOf(before), membersOf(after)];
  const added = [...now].filter(([key]) => !old.has(key)).map(([, member]) => member);
  const removed = [...old].filter(([key]) => !now.has(key)).map(([, member]) => member);
  return [
    added.length === 0 ? [] : [`${memberWords(added, wordOf)} added`],
    removed.length === 0 ? [] : [`${memberWords(removed, wordOf)} removed`],
  ]
    .flat()
    .join(', ');
}

function memberWords(members: readonly JsonValue[], wordOf: (member: JsonValue) => string = valueWord): string {
  return listed(members.map(wordOf));
}
