import fc from 'fast-check';
import { expect, it } from 'vitest';
import { context, repository } from './testing/arbitraries.js';
import { documentsOf, rulesetOf } from './testing/documents.js';
import { said } from './testing/model.js';

it('the engine says what a plain reading of the format says, for any repository and context', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(repository, fc.array(context, { minLength: 5, maxLength: 15 }), (sketch, contexts) => {
      const documents = documentsOf(sketch);
      const snapshot = rulesetOf(sketch).snapshot('production');
      for (const one of contexts) {
        for (const [key, { variant = null, reason, flagMetadata }] of snapshot.evaluateAll(one)) {
          const { rule, stage } = flagMetadata;
          expect({ variant, reason, rule, stage }).toEqual({
            rule: undefined,
            stage: undefined,
            ...said(documents, 'production', key, one),
          });
          seen.set(reason, (seen.get(reason) ?? 0) + 1);
        }
      }
    }),
    { numRuns: 1_000 },
  );
  for (const reason of ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'PREREQUISITE_FAILED']) {
    expect(seen.get(reason), reason).toBeGreaterThan(200);
  }
});
