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
  return [mark(isFavourable(step)), ' ', emphasised('strong', title), ': ', stepWords(step, bucketBy)];
}

/** A rollout that decided against the context has applied to it all the same; a reader wants to see the refusal. */
function isFavourable({ kind, holds, bucketPercent, detail }: ExplainedStep): boolean {
  if (kind === 'rule' || bucketPercent === undefined) return holds;
  return holds && bucketPercent < limitOf(kind === 'stage' ? (detail as StageDetail).percent : detail);
}

interface StageDetail {
  readonly segment?: string;
  readonly percent?: number;
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
      if (!holds)
        return `no stage up to ${(detail as { stage: string }).stage} includes this context, so the default serves`;
      return decided ? rolloutWords(detail, step.bucketPercent, bucketBy) : 'was not reached';
  }
}

function stageWords({ detail, decided, bucketPercent }: ExplainedStep, bucketBy: string): string {
  const { segment, percent } = detail as StageDetail;
  if (segment !== undefined) return `is for segment ${segment}: ${decided ? 'in' : 'out'}`;
  return decided ? rolloutWords(percent, bucketPercent, bucketBy) : `${percent} %, which did not decide`;
}

function rolloutWords(rollout: unknown, bucketPercent: number | undefined, bucketBy: string): string {
  const weights = weightsOf(rollout);
  const limit = limitOf(rollout);
  const shares =
    weights.length === 0 ? `${limit} %` : weights.map(([name, weight]) => `${name} ${weight} %`).join(', ');
  if (bucketPercent !== undefined) {
    const verdict = bucketPercent < limit ? `below ${limit} %: in` : `not below ${limit} %: out, so the default serves`;
    return `${shares}; the bucket of ${bucketBy} is ${bucketPercent} %, ${verdict}`;
  }
  if (limit === 0) return 'nobody (0 %), so the default serves';
  const isWhole = limit === 100 && weights.filter(([, weight]) => weight > 0).length < 2;
  return isWhole
    ? `everybody (${shares})`
    : `${shares}; ${bucketBy} can't be hashed (a string or a whole number can), so the default serves`;
}

function weightsOf(rollout: unknown): readonly (readonly [string, number])[] {
  return typeof rollout === 'object' && rollout !== null ? Object.entries(rollout as Record<string, number>) : [];
}

/** The percentage below which a bucket is in. Weights have three decimals; their sum in binary may have more. */
function limitOf(rollout: unknown): number {
  if (typeof rollout === 'number') return rollout;
  return Math.round(weightsOf(rollout).reduce((sum, [, weight]) => sum + weight, 0) * 1_000) / 1_000;
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
  const words = found === undefined ? 'it is missing' : `found ${excerpt(found)}`;
  return [key, ' ', expectation(expected), emphasised('faint', holds ? ` — ${words}` : ` — but ${words}`)];
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
