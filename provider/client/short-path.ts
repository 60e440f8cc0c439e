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

// As they were written: a subclass, an instance or a spy that has replaced one wants to be asked.
const written = Object.getOwnPropertyDescriptors(GuidonProvider.prototype);
const resolveBoolean = written.resolveBooleanEvaluation.value;
const resolveString = written.resolveStringEvaluation.value;
const resolveNumber = written.resolveNumberEvaluation.value;
const resolveObject = written.resolveObjectEvaluation.value;

const NO_ATTRIBUTES: Attributes = Object.freeze({});

/**
 * What the provider behind a client says, from one snapshot and without a promise; undefined where the SDK's client is
 * to evaluate: a hook on any level, a provider of another kind or with resolvers of its own, or one that may not be
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
  if (!isOwn(provider) || hasHooks(standard, provider, options) || !isAskable(standard.providerStatus))
    return undefined;
  const attributes = mergeContexts(standard, context);
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

function hasHooks(standard: Client, provider: Provider, options: FlagEvaluationOptions | undefined): boolean {
  return (
    areSome(OpenFeature.getHooks()) ||
    areSome(standard.getHooks()) ||
    // Null is no options, and the SDK's to refuse.
    options === null ||
    (options !== undefined && areSome(options.hooks)) ||
    areSome(provider.hooks)
  );
}

/** Whatever is not plainly no hook counts as one. */
function areSome(hooks: unknown): boolean {
  return hooks !== undefined && !(Array.isArray(hooks) && hooks.length === 0);
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
