/** The sides of the benchmark as OpenFeature providers, as thin as they can be. */
import type { FlagdCore } from '@openfeature/flagd-core';
import type { EvaluationContext, JsonValue, Logger, Provider, ResolutionDetails } from '@openfeature/server-sdk';
import type { Evaluation, Snapshot, ValueKind } from '../../provider/engine/index.js';

type Resolve = (key: string, defaultValue: unknown, context: EvaluationContext, kind: ValueKind) => unknown;

/** Evaluates on a snapshot, as `GuidonProvider` does. */
export function snapshotProvider(snapshot: Snapshot): Provider {
  return providerOf('guidon', (key, _default, context, kind) => snapshot.evaluate(key, context, kind));
}

/** Evaluates with flagd's engine. */
export function flagdProvider(flagd: FlagdCore, logger: Logger): Provider {
  return providerOf('flagd-core', (key, defaultValue, context, kind) =>
    kind === 'boolean'
      ? flagd.resolveBooleanEvaluation(key, defaultValue as boolean, context, logger)
      : flagd.resolveObjectEvaluation(key, defaultValue as JsonValue, context, logger),
  );
}

/** Gives the same result whatever is asked: what the client itself costs. */
export function constantProvider(result: Evaluation): Provider {
  return providerOf('constant', () => result);
}

function providerOf(name: string, resolve: Resolve): Provider {
  const resolver =
    (kind: ValueKind) =>
    <T>(key: string, defaultValue: T, context: EvaluationContext): Promise<ResolutionDetails<T>> =>
      Promise.resolve(resolve(key, defaultValue, context, kind) as ResolutionDetails<T>);
  return {
    metadata: { name },
    resolveBooleanEvaluation: resolver('boolean'),
    resolveStringEvaluation: resolver('string'),
    resolveNumberEvaluation: resolver('number'),
    resolveObjectEvaluation: resolver('object'),
  };
}
