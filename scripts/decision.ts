/** A decision in words: which step decided, and why each one before did not. */
import { excerpt } from '../provider/repository/index.js';
import type { ExplainedCondition, ExplainedStep, Explanation } from '../provider/engine/index.js';
import { emphasised, type Text } from './report.js';

const INDENT = '    ';

/** What decided, in a few words: "rule `employees`". */
export function deciderOf({ evaluation, steps }: Explanation): string {
  const last = steps.findLast(({ decided }) => decided);
  if (evaluation.errorCode !== undefined) return evaluation.errorMessage;
  if (last === undefined) return 'nothing';
  if (last.kind === 'environment') return 'the environment: the flag is disabled or absent there';
  return last.name === undefined ? 'the rollout' : `the ${last.kind} \`${last.name}\``;
}

/** The steps as lines; what is nested is indented. */
export function decisionLines({ steps }: Explanation, bucketBy: string): readonly Text[] {
  return steps.flatMap((step) => [stepLine(step, bucketBy), ...conditionLines(step.conditions, 1)]);
}

function stepLine(step: ExplainedStep, bucketBy: string): Text {
  const title = step.name === undefined ? step.kind : `${step.kind} ${step.name}`;
  return [mark(step.holds), ' ', emphasised('strong', title), ': ', stepWords(step, bucketBy)];
}

function stepWords(step: ExplainedStep, bucketBy: string): string {
  const { kind, holds, decided, detail } = step;
  switch (kind) {
    case 'environment':
      return 'the flag is disabled here, so its default serves';
    case 'prerequisite': {
      const { needs, serves } = detail as { needs: string; serves: string | null };
      return `needs ${needs}, and it serves ${serves ?? 'the default in the caller’s code'}${holds ? '' : ': the default serves'}`;
    }
    case 'rule':
      if (!holds) return 'does not match';
      return typeof detail === 'string' || typeof detail === 'boolean'
        ? `matches, and serves ${detail}`
        : `matches, and rolls out ${rolloutWords(detail, step.bucketPercent, bucketBy)}`;
    case 'stage':
      return stageWords(step, bucketBy);
    case 'rollout':
      if (!holds) return `no stage up to ${(detail as { stage: string }).stage} includes this context, so the default serves`;
      return decided ? rolloutWords(detail, step.bucketPercent, bucketBy) : 'was not reached';
  }
}

function stageWords({ detail, decided, bucketPercent }: ExplainedStep, bucketBy: string): string {
  const { segment, percent } = detail as { segment?: string; percent?: number };
  if (segment !== undefined) return decided ? `is for segment ${segment}, and serves` : `is for segment ${segment}`;
  return decided ? rolloutWords(percent, bucketPercent, bucketBy) : `${percent} %, which did not decide`;
}

function rolloutWords(rollout: unknown, bucketPercent: number | undefined, bucketBy: string): string {
  const weights = typeof rollout === 'object' && rollout !== null ? Object.entries(rollout as Record<string, number>) : [];
  const limit = typeof rollout === 'number' ? rollout : weights.reduce((sum, [, weight]) => sum + weight, 0);
  const shares = weights.length === 0 ? `${limit} %` : weights.map(([name, weight]) => `${name} ${weight} %`).join(', ');
  if (bucketPercent !== undefined) {
    const isIn = bucketPercent < limit;
    return `${shares}; the bucket of ${bucketBy} is ${bucketPercent} %, ${isIn ? 'below' : 'not below'} ${percentage(limit)}: ${isIn ? 'in' : 'out'}`;
  }
  if (limit === 0) return 'nobody (0 %), so the default serves';
  const isWhole = limit === 100 && weights.filter(([, weight]) => weight > 0).length < 2;
  return isWhole ? `everybody (${shares})` : `${shares}; ${bucketBy} can't be hashed (a string or a whole number can), so the default serves`;
}

/** Weights have three decimals; their sum in binary may have more. */
function percentage(limit: number): string {
  return `${Math.round(limit * 1_000) / 1_000} %`;
}

function conditionLines(conditions: readonly ExplainedCondition[], depth: number): readonly Text[] {
  return conditions.flatMap((condition) => [
    [INDENT.repeat(depth), mark(condition.holds), ' ', ...conditionWords(condition)],
    ...conditionLines(condition.inner, depth + 1),
  ]);
}

function conditionWords({ key, expected, found, inner, holds }: ExplainedCondition): readonly Text[] {
  if (key === 'segment') return ['segment ', [expected].flat().join(' or ')];
  if (inner.length > 0) return [key];
  const words: Text = found === undefined ? 'missing' : excerpt(found);
  return [key, ' ', expectation(expected), emphasised('faint', holds ? ' — found ' : ' — but found '), words];
}

function expectation(expected: unknown): string {
  if (Array.isArray(expected)) return `in ${excerpt(expected)}`;
  if (typeof expected !== 'object' || expected === null) return `equals ${excerpt(expected)}`;
  return Object.entries(expected)
    .map(([operator, operand]) => `${operator} ${excerpt(operand)}`)
    .join(' and ');
}

function mark(holds: boolean): Text {
  return holds ? emphasised('good', '✓') : emphasised('bad', '✗');
}
