/** What the schema can't say of a guardrail: bounds that a value can lie between. */
import type { GuardrailDocument } from '../../engine/index.js';
import type { Finding } from './condition.js';

/** Checks a guardrail that the schema has admitted. */
export function checkGuardrail({ min, max }: GuardrailDocument): readonly Finding[] {
  if (min === undefined || max === undefined || min <= max) return [];
  return [
    {
      code: 'out-of-range',
      pointer: ['min'],
      message: 'no value is healthy: `min` is greater than `max`',
      found: `min ${min}, max ${max}`,
      expected: `at most ${max}`,
      fix: 'correct one of the two, or remove the bound that is not meant',
    },
  ];
}
