/** What a change does to a flag's rules and to the stages that it has reached, in words. */
import { canonical } from '../../../provider/engine/index.js';
import { conditionChanges } from '../../change/conditions.js';
import { conditionMeaning } from '../../change/meaning.js';
import { segmentReferences } from '../../../provider/engine/index.js';
import { align, placeWords, type Aligned } from '../../change/sequence.js';
import { codeSpan, listed } from '../../change/words.js';
import { audienceWords } from './audience-words.js';
import { changeWords, givesWords } from './gives.js';
import type { SegmentChanges } from './segment-changes.js';
import type { Step, Steps } from './steps.js';

/** Differences of a condition that are said in one line. */
const MAX_SAID = 2;

/** Lines of the steps that differ, in the order of the file; those that are gone come last. */
export function stepLines(before: Steps, after: Steps, where: string): readonly string[] {
  const isSwitched = before.isEnabled !== after.isEnabled;
  return alignedSteps(before, after).flatMap((aligned) => alignedLines(aligned, where, isSwitched));
}

/** Lines of the segments that hold for others, each with what their members get by which step. */
export function segmentLines(before: Steps, after: Steps, segments: SegmentChanges): readonly string[] {
  return alignedSteps(before, after).flatMap(({ before: old, after: now }) => {
    if (old === undefined || now === undefined) return [];
    const names = segmentReferences(now.when, []).map(({ name }) => name);
    return [...new Set(names)].filter((name) => segments.differs(name)).map((name) => segmentLine(name, now, segments));
  });
}

/** The steps of both sides, by kind and name: a rule and a stage may have one name. */
export function alignedSteps(before: Steps, after: Steps): readonly Aligned<Step>[] {
  return (['rule', 'stage'] as const).flatMap((kind) => {
    const [old, now] = [before, after].map(({ steps }) => steps.filter((step) => step.kind === kind)) as [
      Step[],
      Step[],
    ];
    return align(old, now, contentOf);
  });
}

function contentOf({ when, gives }: Step): string {
  return canonical([conditionMeaning(when), givesWords(gives)]);
}

function alignedLines(aligned: Aligned<Step>, where: string, isSwitched: boolean): readonly string[] {
  const { before, after } = aligned;
  const step = after ?? before;
  if (step === undefined) return [];
  const name = `${step.kind} ${codeSpan(step.name)}`;
  const audience = `${audienceWords(step.when)}${where}`;
  if (before === undefined) return [`${isSwitched ? '' : 'new '}${name}: ${audience} get ${givesWords(step.gives)}`];
  if (after === undefined) {
    return [`${name}${isSwitched ? '' : ' is gone'}: ${audience} no longer get ${givesWords(step.gives)}`];
  }
  const change = changeWords(audience, before.gives, after.gives);
  return [
    change === undefined ? [] : [`${name}: ${change}`],
    conditionLines(name, before, after),
    // All stages give the same, in whichever order.
    aligned.isMoved && after.kind === 'rule'
      ? [`${name} ${placeWords(aligned, codeSpan)}: whom both match gets another`]
      : [],
  ].flat();
}

function conditionLines(name: string, before: Step, after: Step): readonly string[] {
  if (conditionMeaning(before.when) === conditionMeaning(after.when)) return [];
  const words = listed(conditionChanges(before.when, after.when), MAX_SAID);
  return [`${name} matches others (${words}): they get ${givesWords(after.gives)}`];
}

function segmentLine(name: string, step: Step, segments: SegmentChanges): string {
  const words = segments.words(name);
  const subject = `segment ${codeSpan(name)} changes${words === '' ? '' : ` (${words})`}`;
  const isWhole = step.when.segment === name && Object.keys(step.when).length === 1;
  if (isWhole) return `${subject}: members get ${givesWords(step.gives)}`;
  return `${subject}: ${step.kind} ${codeSpan(step.name)} matches others, they get ${givesWords(step.gives)}`;
}
