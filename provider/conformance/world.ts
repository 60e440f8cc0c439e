/** What the steps of one scenario share: an application, its provider, and what it asked and was told. */
import {
  NOOP_TRANSACTION_CONTEXT_PROPAGATOR,
  OpenFeature,
  type Client,
  type EvaluationContext,
  type EvaluationDetails,
  type FlagEvaluationOptions,
  type JsonValue,
} from '@openfeature/server-sdk';
import { Application } from '../testing/flag-files.js';
import type { HookCall } from './recording-hook.js';

/** A flag to ask for, and how. */
export interface FlagRequest {
  /** `boolean`, `string`, `integer`, `float` or `object`. */
  readonly type: string;
  readonly key: string;
  readonly fallback: JsonValue;
}

/** The state of one scenario. */
export class World {
  readonly application: Application;
  readonly hookCalls: HookCall[] = [];
  /** What happened, in order, where a step has to tell. */
  readonly timeline: string[] = [];
  context: EvaluationContext = {};
  options: FlagEvaluationOptions = {};
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  #request: FlagRequest | undefined;
  #details: EvaluationDetails<JsonValue> | undefined;
  #value: JsonValue | undefined;

  /** @param makeClient as `OpenFeature.getClient`, which is the default */
  constructor(makeClient?: (domain: string) => Client) {
    this.application = new Application(makeClient);
  }

  /** What a step asked for. @throws where none did */
  get request(): FlagRequest {
    return present(this.#request, 'no flag was asked for');
  }

  /** The details of the last evaluation. @throws where it had none, or there was none */
  get details(): EvaluationDetails<JsonValue> {
    return present(this.#details, 'no flag was evaluated with details');
  }

  /** The value of the last evaluation. @throws where there was none */
  get value(): JsonValue {
    return present(this.#value, 'no flag was evaluated');
  }

  ask(type: string, key: string, fallback: JsonValue): void {
    this.#request = { type: type.toLowerCase(), key, fallback };
  }

  /** Evaluates what was asked for through the client, with details. */
  async evaluate(): Promise<void> {
    this.#details = await this.#resolveDetails();
    this.#value = this.#details.value;
  }

  /** Evaluates what was asked for through the client, without details. */
  async evaluateValue(): Promise<void> {
    this.#details = undefined;
    this.#value = await this.#resolveValue();
  }

  /** Runs when the scenario has ended and its providers are closed, the last first. */
  defer(cleanup: () => Promise<unknown>): void {
    this.#cleanups.unshift(cleanup);
  }

  /** Undoes what the scenario left in the one OpenFeature API of the process. */
  async close(): Promise<void> {
    OpenFeature.setContext({});
    OpenFeature.setTransactionContextPropagator(NOOP_TRANSACTION_CONTEXT_PROPAGATOR);
    await OpenFeature.clearProviders();
    for (const cleanup of this.#cleanups) await cleanup();
  }

  #resolveDetails(): Promise<EvaluationDetails<JsonValue>> {
    const { client } = this.application;
    const { key, fallback } = this.request;
    if (typeof fallback === 'boolean') return client.getBooleanDetails(key, fallback, this.context, this.options);
    if (typeof fallback === 'string') return client.getStringDetails(key, fallback, this.context, this.options);
    if (typeof fallback === 'number') return client.getNumberDetails(key, fallback, this.context, this.options);
    return client.getObjectDetails(key, fallback, this.context, this.options);
  }

  #resolveValue(): Promise<JsonValue> {
    const { client } = this.application;
    const { key, fallback } = this.request;
    if (typeof fallback === 'boolean') return client.getBooleanValue(key, fallback, this.context, this.options);
    if (typeof fallback === 'string') return client.getStringValue(key, fallback, this.context, this.options);
    if (typeof fallback === 'number') return client.getNumberValue(key, fallback, this.context, this.options);
    return client.getObjectValue(key, fallback, this.context, this.options);
  }
}

/** Reads a value as the scenarios write it: strings bare, everything else as JSON with its quotes escaped. */
export function parseValue(type: string, text: string): JsonValue {
  return type.toLowerCase() === 'string' ? text : (JSON.parse(text.replaceAll('\\"', '"')) as JsonValue);
}

function present<T>(value: T | undefined, absence: string): T {
  if (value === undefined) throw new Error(absence);
  return value;
}
