/** What changed of a segment or a guardrail, in words that stand at every flag that it reaches. */
import type { GuardrailDocument, JsonValue, SegmentDocument } from '../../provider/engine/index.js';
import { conditionChanges, conditionWords } from './conditions.js';
import type { ItemDraft } from './draft.js';
import { codeSpan, fromTo, namesFromTo, valuesFromTo, valueWord } from './words.js';

/** The items of a segment; all are of the kind `rule`, which is what a segment is a part of. */
export function segmentItems(
  name: string,
  before: SegmentDocument | undefined,
  after: SegmentDocument | undefined,
): readonly ItemDraft[] {
  const subject = `segment ${codeSpan(name)}`;
  const values = { before: before as JsonValue | undefined, after: after as JsonValue | undefined };
  return texts(subject, before, after).map((text) => ({ kind: 'rule', text, ...values }));
}

function texts(
  subject: string,
  before: SegmentDocument | undefined,
  after: SegmentDocument | undefined,
): readonly string[] {
  if (before === undefined) return after === undefined ? [] : [`${subject} added: ${conditionWords(after.when)}`];
  if (after === undefined) return [`${subject} removed`];
  return [
    before.owner === after.owner ? [] : [`owner ${namesFromTo(before.owner, after.owner)}`],
    before.description === after.description ? [] : [`description ${fromTo(before.description, after.description)}`],
    conditionChanges(before.when, after.when),
  ]
    .flat()
    .map((words) => `${subject}: ${words}`);
}

/** The items of a guardrail: one for each of its fields that differs. */
export function guardrailItems(
  name: string,
  before: GuardrailDocument | undefined,
  after: GuardrailDocument | undefined,
): readonly ItemDraft[] {
  const subject = `guardrail ${codeSpan(name)}`;
  if (before === undefined || after === undefined) {
    if (before === after) return [];
    return [{ kind: 'guardrail', text: `${subject} ${before === undefined ? 'added' : 'removed'}` }];
  }
  const [old, now] = [before, after].map((document) => new Map<string, JsonValue>(Object.entries(document))) as [
    Map<string, JsonValue>,
    Map<string, JsonValue>,
  ];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((field): readonly ItemDraft[] => {
    const [was, is] = [old.get(field), now.get(field)];
    if (was === is) return [];
    const words =
      was === undefined || is === undefined
        ? `${valueWord(was ?? is ?? null)} ${was === undefined ? 'added' : 'removed'}`
        : valuesFromTo(was, is);
    return [{ kind: 'guardrail', text: `${subject}: ${field} ${words}`, before: was, after: is }];
  });
}
