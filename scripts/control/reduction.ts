/** Whether a whole change is a reduction and nothing else: then it needs less, and nothing holds it up. */
import { isPlan, type FlagDocument } from '../../provider/engine/index.js';
import type { Change, Direction, FlagChange, ItemKind } from '../change/change.js';
import { hiddenEdits } from './hidden-edits.js';
import { isFileOfReduction, isServing } from './reduction-files.js';

/** The answer, with every reason against it. */
export interface ReductionVerdict {
  readonly isReducing: boolean;
  /** Why it is none: empty where it is one. */
  readonly because: readonly string[];
}

/** What is known of the change besides the change itself. */
export interface ReductionQuestion {
  readonly change: Change;
  /** The direction as if the flag were enabled in the environment, before and after: what a re-enabling will find. */
  readonly latentDirectionOf: (key: string, environment: string) => Direction;
}

/** What may change in a reduction. Everything else is governance, or decides who will be reached later. */
const REDUCIBLE: ReadonlySet<ItemKind> = new Set(['state', 'rule', 'rollout', 'stage', 'prerequisite']);

/** Parts of a flag that a reduction leaves alone, for items in words may leave out what has no words. */
const KEPT = [
  'key',
  'type',
  'owner',
  'riskTier',
  'expiresAt',
  'runbook',
  'default',
  'variants',
  'bucketBy',
  'salt',
] as const satisfies readonly (keyof FlagDocument)[];

/** Judges a change. Only a proof makes it a reduction: whatever is unknown makes it none. */
export function judgeReduction({ change, latentDirectionOf }: ReductionQuestion): ReductionVerdict {
  const along = change.files.filter((file) => !isFileOfReduction(file, change));
  const ofFlags = change.flags.flatMap((flag) => [
    ...reasonsAgainst(flag, latentDirectionOf),
    ...hiddenEdits(flag, change),
  ]);
  // The file of a flag that is itself no reduction would say the same again.
  const files = ofFlags.length === 0 ? along : along.filter(({ path }) => !isServing(path, change));
  const because = [...files.map(({ path }) => `${path} is edited along`), ...ofFlags];
  const reduces = change.flags.some(({ effects }) => effects.some(({ direction }) => direction === 'reducing'));
  if (because.length === 0 && !reduces) because.push('nobody is reduced');
  return { isReducing: because.length === 0, because };
}

function reasonsAgainst(
  { key, status, before, after, items, effects }: FlagChange,
  latentDirectionOf: ReductionQuestion['latentDirectionOf'],
): readonly string[] {
  if (before === undefined || after === undefined) return [`flag ${key} is ${status}`];
  if (before.default === null) return [`flag ${key} has no default value to fall back to`];
  const edited = items.filter(({ kind }) => !REDUCIBLE.has(kind)).map(({ text }) => `flag ${key}: ${text}`);
  const kept = KEPT.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]));
  const widened = effects.flatMap(({ environment, direction }) => {
    if (direction === 'other') return [`flag ${key} is not proved to reduce in ${environment}`];
    if (latentDirectionOf(key, environment) !== 'other') return [];
    return [`flag ${key} would not be proved to reduce in ${environment} once it is enabled there again`];
  });
  return [
    ...(edited.length > 0 ? edited : kept.map((part) => `flag ${key}: ${part} is edited along`)),
    ...lostPlans(before, after).map((name) => `flag ${key}: its plan in ${name} is taken away`),
    ...widened,
  ];
}

/** Environments that go together with a plan: its stages, holds and guardrails would be forgotten. */
function lostPlans(before: FlagDocument, after: FlagDocument): readonly string[] {
  return Object.entries(before.environments ?? {}).flatMap(([name, { rollout = 0 }]) =>
    isPlan(rollout) && !Object.hasOwn(after.environments ?? {}, name) ? [name] : [],
  );
}
