/** Evaluates without the SDK's client where nothing but a `GuidonProvider` has a say in the result. */
import {
  ErrorCode,
  OpenFeature,
  ProviderStatus,
  type Client,
  type EvaluationContext,
  type EvaluationDetails,
  type FlagEvaluationOptions,
  type FlagValue,
  type Provider,
} from '@openfeature/server-sdk';
import type { Evaluation, EvaluationContext as Attributes, ValueKind } from '../engine/index.js';
import { GuidonProvider } from '../provider.js';
import { ContextSampler } from '../sampler/index.js';

// As they were written: a subclass, an instance or a spy that has replaced one wants to be asked.
const written = Object.getOwnPropertyDescriptors(GuidonProvider.prototype);
const resolveBoolean = written.resolveBooleanEvaluation.value;
const resolveString = written.resolveStringEvaluation.value;
const resolveNumber = written.resolveNumberEvaluation.value;
const resolveObject = written.resolveObjectEvaluation.value;

const finallyOfSampler = Object.getOwnPropertyDescriptor(ContextSampler.prototype, 'finally')?.value as unknown;

const NO_SAMPLERS: readonly ContextSampler[] = Object.freeze([]);
const NO_ATTRIBUTES: Attributes = Object.freeze({});

/**
 * What the provider behind a client says, from one snapshot and without a promise; undefined where the SDK's client is
 * to evaluate: a hook on any level that is no sampler, a provider of another kind or with resolvers of its own, or one that may not be
 * asked. Throws what a context's own getter throws, as the SDK's client does.
 */
export function evaluateDirectly(
  standard: Client,
  domain: string | undefined,
  kind: ValueKind,
  flagKey: string,
  context: EvaluationContext | undefined,
  options: FlagEvaluationOptions | undefined,
): Evaluation | undefined {
  const provider = OpenFeature.getProvider(domain);
  if (!isOwn(provider)) return undefined;
  const samplers = onlySamplers(standard, provider, options);
  if (samplers === undefined || !isAskable(standard.providerStatus)) return undefined;
  const attributes = mergeContexts(standard, context);
  const evaluation = evaluate(provider, flagKey, attributes, kind);
  if (evaluation === undefined || evaluation.errorCode !== undefined) return evaluation;
  for (const sampler of samplers) sampler.sample(flagKey, attributes);
  return evaluation;
}

function evaluate(
  provider: GuidonProvider,
  flagKey: string,
  attributes: Attributes,
  kind: ValueKind,
): Evaluation | undefined {
  try {
    return provider.snapshot().evaluate(flagKey, attributes, kind);
  } catch {
    // A proxy of a provider, or a `snapshot` that was replaced: the SDK knows what becomes of a provider that throws.
    return undefined;
  }
}

/** The value of an evaluation, as the SDK's client returns it. */
export function valueOf<T extends FlagValue>(evaluation: Evaluation, defaultValue: T): T {
  return evaluation.variant === undefined ? defaultValue : (evaluation.value as T);
}

/** The details of an evaluation, field by field as the SDK's client returns them. */
export function detailsOf<T extends FlagValue>(
  evaluation: Evaluation,
  flagKey: string,
  defaultValue: T,
): EvaluationDetails<T> {
  const { reason, flagMetadata, variant } = evaluation;
  if (evaluation.errorCode !== undefined) {
    const { errorCode, errorMessage } = evaluation;
    return { errorCode: ErrorCode[errorCode], errorMessage, value: defaultValue, reason, flagMetadata, flagKey };
  }
  if (variant === undefined) return { value: defaultValue, reason, flagMetadata, flagKey };
  return { value: evaluation.value as T, variant, reason, flagMetadata, flagKey };
}

function isOwn(provider: Provider): provider is GuidonProvider {
  return (
    provider instanceof GuidonProvider &&
    provider.resolveBooleanEvaluation === resolveBoolean &&
    provider.resolveStringEvaluation === resolveString &&
    provider.resolveNumberEvaluation === resolveNumber &&
    provider.resolveObjectEvaluation === resolveObject
  );
}

/**
 * The hooks of all levels, as long as they are samplers: those look on after an evaluation and have no say in it, so
 * that they may as well be told here. Undefined where there is any other hook.
 */
function onlySamplers(
  standard: Client,
  provider: Provider,
  options: FlagEvaluationOptions | undefined,
): readonly ContextSampler[] | undefined {
  const [ofApi, ofClient] = [OpenFeature.getHooks(), standard.getHooks()];
  // Null is no options, and the SDK's to refuse.
  const ofCall = options === null ? null : options?.hooks;
  if (!areSome(ofApi) && !areSome(ofClient) && !areSome(ofCall) && !areSome(provider.hooks)) return NO_SAMPLERS;
  const levels: readonly unknown[] = [ofApi, ofClient, ofCall, provider.hooks];
  const hooks = levels.flatMap((level) => (level === undefined || Array.isArray(level) ? (level ?? []) : [level]));
  return hooks.every(isSampler) ? hooks : undefined;
}

/** Whatever is not plainly no hook counts as one. */
function areSome(hooks: unknown): boolean {
  return hooks !== undefined && !(Array.isArray(hooks) && hooks.length === 0);
}

/** As it was written: a subclass or an instance may have other stages, or another idea of this one. */
function isSampler(hook: unknown): hook is ContextSampler {
  if (!(hook instanceof ContextSampler)) return false;
  const stages = hook as unknown as Readonly<Record<'before' | 'after' | 'error' | 'finally', unknown>>;
  return (
    stages.before === undefined &&
    stages.after === undefined &&
    stages.error === undefined &&
    stages.finally === finallyOfSampler
  );
}

function isAskable(status: ProviderStatus): boolean {
  return status === ProviderStatus.READY || status === ProviderStatus.STALE || status === ProviderStatus.ERROR;
}

/**
 * The SDK's precedence. Copied even where only the call has a context: a copy is what makes getters, proxies and
 * inherited properties mean the same to the provider whoever asks it.
 */
function mergeContexts(standard: Client, invocation: EvaluationContext | undefined): Attributes {
  const api = OpenFeature.getContext();
  if (!isEmpty(api)) {
    return { ...api, ...OpenFeature.getTransactionContext(), ...standard.getContext(), ...invocation };
  }
  const transaction = OpenFeature.getTransactionContext();
  const client = standard.getContext();
  if (!isEmpty(transaction) || !isEmpty(client)) return { ...transaction, ...client, ...invocation };
  return invocation === undefined ? NO_ATTRIBUTES : { ...invocation };
}

function isEmpty(context: EvaluationContext): boolean {
  for (const _key in context) return false;
  return true;
}
