/**
 * The format page, read out loud: what a flag gives, worked out from its document for one context at a time, with no
 * thought for speed. Shares with the engine nothing but the operators, which have tables of their own.
 */
import type {
  ConditionDocument,
  Documents,
  FlagDocument,
  OperatorsDocument,
  PlanDocument,
  RolloutDocument,
} from '../documents.js';
import { operators } from '../operators.js';
import type { EvaluationContext, Reason } from '../types.js';
import { murmur3 } from './murmur3.js';

/** What the page says of one flag and context; `variant` is null where the caller's default serves. */
export interface Said {
  readonly variant: string | null;
  readonly reason: Reason;
  readonly rule?: string;
  readonly stage?: string;
}

/** Evaluates a flag in an environment. */
export function said(documents: Documents, environment: string, key: string, context: EvaluationContext): Said {
  const flag = documents.flags.get(key)?.read() as FlagDocument;
  const fallback = fallbackOf(flag);
  const state = flag.environments?.[environment];
  if (state?.enabled !== true) return { variant: fallback, reason: 'DISABLED' };
  const needs = Object.entries(flag.prerequisites ?? {});
  const isMet = needs.every(
    ([needed, variant]) => said(documents, environment, needed, context).variant === String(variant),
  );
  if (!isMet) return { variant: fallback, reason: 'PREREQUISITE_FAILED' };

  const rules = state.rules ?? [];
  const rule = rules.find(({ when }) => holds(documents, when, context));
  if (rule?.serve !== undefined) return { variant: String(rule.serve), reason: 'TARGETING_MATCH', rule: rule.name };
  if (rule !== undefined)
    return { ...shared(flag, rule.rollout ?? 0, context, 'TARGETING_MATCH', 'DEFAULT'), rule: rule.name };
  const isAlone = rules.length === 0 && needs.length === 0;
  const { reason, ...rest } = rolledOut(documents, flag, state.rollout ?? 0, context, isAlone);
  const isCallersValue = rest.variant === null && reason === 'STATIC';
  return { ...rest, reason: isCallersValue ? 'DEFAULT' : reason };
}

const fallbackOf = ({ default: name = false }: FlagDocument): string | null => (name === null ? null : String(name));
const variantsOf = ({ variants = { true: true, false: false } }: FlagDocument): readonly string[] =>
  Object.keys(variants);

function rolledOut(
  documents: Documents,
  flag: FlagDocument,
  rollout: RolloutDocument,
  context: EvaluationContext,
  isAlone: boolean,
): Said {
  const certain = isAlone ? 'STATIC' : 'DEFAULT';
  if (typeof rollout === 'number' || !('stages' in rollout)) return shared(flag, rollout, context, certain, certain);
  const { stages, stage, to } = rollout as PlanDocument;
  const reached = stage === 'off' ? [] : stages.slice(0, stages.findIndex(({ name }) => name === stage) + 1);
  const segments = reached.filter(({ segment }) => segment !== undefined);
  const target = String(to ?? variantsOf(flag).find((name) => name !== fallbackOf(flag)));
  const member = segments.find(({ segment = '' }) => holds(documents, { segment }, context));
  if (member !== undefined) return { variant: target, reason: 'TARGETING_MATCH', stage: member.name };
  const last = reached.findLast(({ percent }) => percent !== undefined);
  const reason = segments.length === 0 ? certain : 'DEFAULT';
  const result = shared(flag, { [target]: last?.percent ?? 0 }, context, reason, reason);
  const isUndecided = last === undefined || (isBetween(last.percent ?? 0) && valueToHash(flag, context) === undefined);
  return isUndecided ? result : { ...result, stage: last.name };
}

const isBetween = (percent: number): boolean => percent > 0 && percent < 100;

/** A number or a map, with the reasons at 100 % and at 0 %. */
function shared(
  flag: FlagDocument,
  rollout: RolloutDocument,
  context: EvaluationContext,
  everyone: Reason,
  nobody: Reason,
): Said {
  const fallback = fallbackOf(flag);
  const weights =
    typeof rollout === 'number'
      ? variantsOf(flag)
          .filter((name) => name !== fallback)
          .map((name) => [name, rollout] as const)
      : Object.entries(rollout);
  const live = variantsOf(flag).flatMap((name) => {
    const weight = Math.round(Number(weights.find(([variant]) => variant === name)?.[1] ?? 0) * 1_000);
    return weight === 0 ? [] : [{ name, weight }];
  });
  const [only] = live;
  if (only === undefined) return { variant: fallback, reason: nobody };
  if (live.length === 1 && only.weight === 100_000) return { variant: only.name, reason: everyone };
  const value = valueToHash(flag, context);
  if (value === undefined) return { variant: fallback, reason: 'DEFAULT' };
  const sum = live.reduce((total, { weight }) => total + weight, 0);
  const salt = flag.salt ?? flag.key;
  if (bucket(salt + value, 100_000) >= sum) return { variant: fallback, reason: 'SPLIT' };
  const place = bucket(`${salt}:variant:${value}`, sum);
  const ends = live.map((_, index) => live.slice(0, index + 1).reduce((total, { weight }) => total + weight, 0));
  const chosen = live.length === 1 ? only : live[ends.findIndex((end) => place < end)];
  return { variant: String(chosen?.name), reason: 'SPLIT' };
}

const bucket = (text: string, weight: number): number =>
  Number((BigInt(murmur3(Buffer.from(text, 'utf8'))) * BigInt(weight)) >> 32n);

function valueToHash({ bucketBy = 'targetingKey' }: FlagDocument, context: EvaluationContext): string | undefined {
  const value = attribute(context, bucketBy);
  return (typeof value === 'string' && value !== '') || Number.isSafeInteger(value) ? String(value) : undefined;
}

function attribute(context: EvaluationContext, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.getOwnPropertyDescriptor(value, part)?.value : undefined;
  }, context);
}

function holds(documents: Documents, when: ConditionDocument, context: EvaluationContext): boolean {
  const { segment = [], any, all = [], not, ...attributes } = when;
  const inner = (condition: ConditionDocument): boolean => holds(documents, condition, context);
  const names = [segment].flat();
  if (names.length > 0 && !names.some((name) => inner(documents.segments.get(name)?.read().when ?? {}))) return false;
  if (any?.some(inner) === false || !all.every(inner) || (not !== undefined && inner(not))) return false;
  return Object.entries(attributes).every(([path, operand]) => {
    const value = attribute(context, path);
    if (typeof operand !== 'object') return value === operand;
    if (Array.isArray(operand)) return operand.includes(value);
    return Object.entries(operand as OperatorsDocument).every(([name, wanted]) =>
      operators[name as 'equals'](wanted)(value),
    );
  });
}
