/** OpenFeature's client: the SDK's own, but for evaluations in which only a `GuidonProvider` has a say. */
import type {
  BooleanFlagKey,
  Client,
  ClientMetadata,
  EvaluationContext,
  EvaluationDetails,
  EventHandler,
  EventOptions,
  FlagEvaluationOptions,
  JsonValue,
  Logger,
  NumberFlagKey,
  ObjectFlagKey,
  ProviderEvents,
  ProviderStatus,
  StringFlagKey,
  TrackingEventDetails,
} from '@openfeature/server-sdk';
import { detailsOf, evaluateDirectly, valueOf } from './short-path.js';

/** All state, events and metadata are the wrapped client's: there is no second copy to fall out of step. */
export class ShortPathClient implements Client {
  // No `#`: applications wrap clients in proxies, and the SDK's can be.
  constructor(
    private readonly standard: Client,
    private readonly domain: string | undefined,
  ) {}

  get metadata(): ClientMetadata {
    return this.standard.metadata;
  }

  get providerStatus(): ProviderStatus {
    return this.standard.providerStatus;
  }

  addHandler(eventType: ProviderEvents, handler: EventHandler, options?: EventOptions): void {
    this.standard.addHandler(eventType, handler, options);
  }

  removeHandler(eventType: ProviderEvents, handler: EventHandler): void {
    this.standard.removeHandler(eventType, handler);
  }

  getHandlers(eventType: ProviderEvents): EventHandler[] {
    return this.standard.getHandlers(eventType);
  }

  setLogger(logger: Logger): this {
    this.standard.setLogger(logger);
    return this;
  }

  setContext(context: EvaluationContext): this {
    this.standard.setContext(context);
    return this;
  }

  getContext(): EvaluationContext {
    return this.standard.getContext();
  }

  addHooks(...hooks: Parameters<Client['addHooks']>): this {
    this.standard.addHooks(...hooks);
    return this;
  }

  getHooks(): ReturnType<Client['getHooks']> {
    return this.standard.getHooks();
  }

  clearHooks(): this {
    this.standard.clearHooks();
    return this;
  }

  track(occurrenceKey: string, context?: EvaluationContext, occurrenceDetails?: TrackingEventDetails): void {
    this.standard.track(occurrenceKey, context, occurrenceDetails);
  }

  async getBooleanValue(
    flagKey: BooleanFlagKey,
    defaultValue: boolean,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<boolean> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'boolean', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getBooleanValue(flagKey, defaultValue, context, options);
    return valueOf(evaluation, defaultValue);
  }

  async getBooleanDetails(
    flagKey: BooleanFlagKey,
    defaultValue: boolean,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<EvaluationDetails<boolean>> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'boolean', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getBooleanDetails(flagKey, defaultValue, context, options);
    return detailsOf(evaluation, flagKey, defaultValue);
  }

  async getStringValue<T extends string = string>(
    flagKey: StringFlagKey,
    defaultValue: T,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<T> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'string', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getStringValue<T>(flagKey, defaultValue, context, options);
    return valueOf(evaluation, defaultValue);
  }

  async getStringDetails<T extends string = string>(
    flagKey: StringFlagKey,
    defaultValue: T,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<EvaluationDetails<T>> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'string', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getStringDetails<T>(flagKey, defaultValue, context, options);
    return detailsOf(evaluation, flagKey, defaultValue);
  }

  async getNumberValue<T extends number = number>(
    flagKey: NumberFlagKey,
    defaultValue: T,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<T> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'number', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getNumberValue<T>(flagKey, defaultValue, context, options);
    return valueOf(evaluation, defaultValue);
  }

  async getNumberDetails<T extends number = number>(
    flagKey: NumberFlagKey,
    defaultValue: T,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<EvaluationDetails<T>> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'number', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getNumberDetails<T>(flagKey, defaultValue, context, options);
    return detailsOf(evaluation, flagKey, defaultValue);
  }

  async getObjectValue<T extends JsonValue = JsonValue>(
    flagKey: ObjectFlagKey,
    defaultValue: T,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<T> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'object', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getObjectValue<T>(flagKey, defaultValue, context, options);
    return valueOf(evaluation, defaultValue);
  }

  async getObjectDetails<T extends JsonValue = JsonValue>(
    flagKey: ObjectFlagKey,
    defaultValue: T,
    context?: EvaluationContext,
    options?: FlagEvaluationOptions,
  ): Promise<EvaluationDetails<T>> {
    const evaluation = evaluateDirectly(this.standard, this.domain, 'object', flagKey, context, options);
    if (evaluation === undefined) return this.standard.getObjectDetails<T>(flagKey, defaultValue, context, options);
    return detailsOf(evaluation, flagKey, defaultValue);
  }
}
