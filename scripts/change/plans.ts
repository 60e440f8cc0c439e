/** What changed of a staged plan, in words. */
import {
  canonical,
  type FlagDocument,
  type JsonValue,
  type PlanDocument,
  type StageDocument,
} from '../../provider/engine/index.js';
import type { ItemKind } from './change.js';
import type { ItemDraft } from './draft.js';
import { align, placeWords, type Aligned } from './sequence.js';
import { reachedPercent, reachedStages, targetOf } from './shares.js';
import { codeSpan, listed, percentWord } from './words.js';

/** The items of a plan that stays a plan: its stage, its target, its guardrails, its stages. */
export function planItems(
  [before, was]: readonly [FlagDocument, PlanDocument],
  [after, is]: readonly [FlagDocument, PlanDocument],
): readonly ItemDraft[] {
  return [
    ...stageItems(was, is),
    ...targetItems(targetOf(before, was), targetOf(after, is)),
    ...guardrailItems(was.guardrails ?? [], is.guardrails ?? []),
    ...stagesItems(was.stages, is.stages),
  ];
}

/** A plan's stages in a row: "`internal` (segment `employees`), `canary` (5 %, hold 30m)". */
export function stagesWords(stages: readonly StageDocument[]): string {
  return listed(stages.map((stage) => `${codeSpan(stage.name)} (${stageWords(stage)})`));
}

function stageItems(before: PlanDocument, after: PlanDocument): readonly ItemDraft[] {
  const reach = reachWords(before, after);
  if (before.stage === after.stage) return [];
  const words = `${codeSpan(before.stage)} → ${codeSpan(after.stage)}`;
  const text = `${isBack(before, after) ? 'stage back: ' : 'stage '}${words}${reach === '' ? '' : ` (${reach})`}`;
  return [{ kind: 'stage', text, before: before.stage, after: after.stage }];
}

/** Judged by the plan that knows both stages, the older one first. */
function isBack(before: PlanDocument, after: PlanDocument): boolean {
  for (const { stages } of [before, after]) {
    const [from, to] = [before.stage, after.stage].map((stage) =>
      stage === 'off' ? -1 : stages.findIndex(({ name }) => name === stage),
    ) as [number, number];
    if ((from >= 0 || before.stage === 'off') && (to >= 0 || after.stage === 'off')) return to < from;
  }
  return reachedPercent(after) < reachedPercent(before);
}

function reachWords(before: PlanDocument, after: PlanDocument): string {
  const [from, to] = [reachedPercent(before), reachedPercent(after)];
  const [old, now] = [segmentsOf(before), segmentsOf(after)];
  const entered = now.filter((name) => !old.includes(name)).map((name) => `segment ${codeSpan(name)} in`);
  const left = old.filter((name) => !now.includes(name)).map((name) => `segment ${codeSpan(name)} out`);
  return [from === to ? [] : [`${percentWord(from)} → ${percentWord(to)}`], entered, left].flat().join(', ');
}

function segmentsOf(plan: PlanDocument): readonly string[] {
  return reachedStages(plan).flatMap(({ segment }) => segment ?? []);
}

function targetItems(before: string | undefined, after: string | undefined): readonly ItemDraft[] {
  if (before === after) return [];
  const words = (variant: string | undefined): string => (variant === undefined ? 'nothing' : codeSpan(variant));
  return [item('plan', `plan rolls out ${words(before)} → ${words(after)}`, before, after)];
}

function guardrailItems(before: readonly string[], after: readonly string[]): readonly ItemDraft[] {
  const added = after.filter((name) => !before.includes(name));
  const removed = before.filter((name) => !after.includes(name));
  return [
    ...added.map((name) => item('guardrail', `guardrail ${codeSpan(name)} added`, undefined, name)),
    ...removed.map((name) => item('guardrail', `guardrail ${codeSpan(name)} removed`, name, undefined)),
  ];
}

function stagesItems(before: readonly StageDocument[], after: readonly StageDocument[]): readonly ItemDraft[] {
  return align(before, after, ({ name: _name, ...content }) => canonical(content)).flatMap((aligned) =>
    alignedWords(aligned, before.length).map((text) => item('plan', text, json(aligned.before), json(aligned.after))),
  );
}

function alignedWords(aligned: Aligned<StageDocument>, countBefore: number): readonly string[] {
  const { before, after, isMoved } = aligned;
  const name = codeSpan((after ?? before)?.name ?? '');
  if (before === undefined) {
    const place = countBefore === 0 ? 'added' : placeWords(aligned, codeSpan);
    return after === undefined ? [] : [`stage ${name} ${place}: ${stageWords(after)}`];
  }
  if (after === undefined) return [`stage ${name} removed (${stageWords(before)})`];
  return [
    before.name === after.name ? [] : [`stage ${codeSpan(before.name)} renamed ${name}`],
    isMoved ? [`stage ${name} ${placeWords(aligned, codeSpan)}`] : [],
    whoOf(before) === whoOf(after) ? [] : [`stage ${name}: ${whoOf(before)} → ${whoOf(after)}`],
    before.hold === after.hold ? [] : [`stage ${name}: hold ${holdOf(before)} → ${holdOf(after)}`],
  ].flat();
}

function stageWords(stage: StageDocument): string {
  return stage.hold === undefined ? whoOf(stage) : `${whoOf(stage)}, hold ${holdOf(stage)}`;
}

function whoOf({ segment, percent }: StageDocument): string {
  return segment === undefined ? percentWord(percent ?? 0) : `segment ${codeSpan(segment)}`;
}

/** A duration's alphabet is digits and one letter. */
function holdOf({ hold }: StageDocument): string {
  return hold ?? 'none';
}

function item(kind: ItemKind, text: string, before: JsonValue | undefined, after: JsonValue | undefined): ItemDraft {
  return { kind, text, before, after };
}

function json(stage: StageDocument | undefined): JsonValue | undefined {
  return stage && { ...stage };
}
