/** Contexts that fit the conditions of given documents: their attributes, and values at and around their operands. */
import type { Documents, EvaluationContext } from '../../../provider/engine/index.js';
import type { Random } from './random.js';
import { randomValue } from './random-values.js';

const RESERVED: ReadonlySet<string> = new Set(['segment', 'any', 'all', 'not']);

/** Makes contexts with the attributes that flags and segments ask for, most with a value that some condition names. */
export function contextsFor(
  { flags, segments }: Documents,
  random: Random,
  count: number,
): readonly EvaluationContext[] {
  const operands = new Map<string, unknown[]>([['targetingKey', []]]);
  for (const segment of segments.values()) collect(segment.read().when, operands);
  for (const flag of flags.values()) {
    const { bucketBy, environments = {} } = flag.read();
    if (bucketBy !== undefined && !operands.has(bucketBy)) operands.set(bucketBy, []);
    for (const { rules = [] } of Object.values(environments)) for (const { when } of rules) collect(when, operands);
  }
  return random.repeat(count, () => context(operands, random));
}

function collect(condition: object, operands: Map<string, unknown[]>): void {
  for (const [key, operand] of Object.entries(condition)) {
    if (!RESERVED.has(key)) operands.set(key, [...(operands.get(key) ?? []), ...leavesOf(operand)]);
    else if (key !== 'segment') for (const inner of [operand].flat()) collect(inner as object, operands);
  }
}

function leavesOf(operand: unknown): readonly unknown[] {
  return typeof operand === 'object' && operand !== null ? Object.values(operand).flatMap(leavesOf) : [operand];
}

function context(operands: ReadonlyMap<string, readonly unknown[]>, random: Random): EvaluationContext {
  const made: Record<string, unknown> = {};
  for (const [path, known] of operands) if (random.happens(0.8)) put(made, path.split('.'), near(known, random));
  return made;
}

/** An operand, something beside it, or anything. */
function near(operands: readonly unknown[], random: Random): unknown {
  const operand = operands.length === 0 ? `key-${random.below(100_000)}` : random.pick(operands);
  if (random.happens(0.15)) return randomValue(random);
  if (typeof operand === 'number') return operand + random.pick([-1, 0, 0, 0.5, 1]);
  if (typeof operand !== 'string') return random.happens(0.8) ? operand : !operand;
  const version = operand.replace(/^[<>=^~! ]+/, '');
  return random.pick([operand, version, `${operand}x`, `x${operand}`, [operand], `${random.below(100)}${operand}`]);
}

function put(target: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = target[first];
  const isObject = typeof inner === 'object' && inner !== null && Object.getPrototypeOf(inner) === Object.prototype;
  put((isObject ? inner : (target[first] = {})) as Record<string, unknown>, rest, value);
}
