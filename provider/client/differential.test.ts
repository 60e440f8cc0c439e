import {
  AsyncLocalStorageTransactionContextPropagator,
  DefaultLogger,
  ErrorCode,
  NOOP_TRANSACTION_CONTEXT_PROPAGATOR,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
  type Client,
  type EvaluationContext,
  type Hook,
  type TransactionContextPropagator,
} from '@openfeature/server-sdk';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { flagsFolder } from '../conformance/provider-states.js';
import { GuidonProvider } from '../index.js';
import { RetrievableContextProvider } from '../testing/retrievable-context-provider.js';
import { observedClient, type ObservedClient } from './testing/observed-client.js';
import {
  domains,
  hooksOf,
  isDirect,
  oddContexts,
  oddKeys,
  optionsOf,
  sceneOf,
  valueIn,
  type AnyEvaluation,
  type HookCall,
  type Scene,
} from './testing/scenes.js';

const RUNS = 3_000;

/** A provider with hooks of its own, which a test changes; the public one has none. */
class HookedProvider extends RetrievableContextProvider {
  hooks: Hook[] = [];
}

/** A provider that never gets ready. */
class StartingProvider extends GuidonProvider {
  override initialize(): Promise<void> {
    return new Promise(() => undefined);
  }
}

const options = { directory: flagsFolder, environment: 'production' };
const provider = new HookedProvider(options);
/** First lines only: stacks differ with who calls. */
const lines: string[] = [];
/** Made once, before any scene: whatever a scene changes, a client has to notice. */
const clients = new Map<string | undefined, { readonly standard: Client; readonly ours: ObservedClient }>();

beforeAll(async () => {
  const keep = (...parts: unknown[]): void =>
    void lines.push(parts.map((part) => String(part).split('\n')[0]).join(' '));
  OpenFeature.setLogger({ error: keep, warn: keep, info: keep, debug: keep });
  for (const domain of [...Object.values(domains), undefined]) {
    const standard = domain === undefined ? OpenFeature.getClient() : OpenFeature.getClient(domain);
    clients.set(domain, { standard, ours: observedClient(domain) });
  }
  await OpenFeature.setProviderAndWait(domains.served, provider);
  await OpenFeature.setProviderAndWait(provider);
  OpenFeature.setProvider(domains.starting, new StartingProvider(options));
});

afterEach(() => {
  OpenFeature.clearHooks();
  OpenFeature.setContext({});
  OpenFeature.setTransactionContextPropagator(NOOP_TRANSACTION_CONTEXT_PROPAGATOR);
});

afterAll(async () => {
  await OpenFeature.clearProviders();
  OpenFeature.setLogger(new DefaultLogger());
});

const propagators: Record<Scene['propagator'], TransactionContextPropagator> = {
  none: NOOP_TRANSACTION_CONTEXT_PROPAGATOR,
  async: new AsyncLocalStorageTransactionContextPropagator(),
  throwing: {
    getTransactionContext: (): EvaluationContext => {
      throw new RangeError('no transaction');
    },
    setTransactionContext: (_context, callback, ...args) => void callback(...args),
  },
};

function reach(status: ProviderStatus): void {
  if (status === ProviderStatus.READY) provider.events.emit(ProviderEvents.Ready);
  else if (status === ProviderStatus.STALE) provider.events.emit(ProviderEvents.Stale);
  else {
    const errorCode = status === ProviderStatus.FATAL ? ErrorCode.PROVIDER_FATAL : ErrorCode.GENERAL;
    provider.events.emit(ProviderEvents.Error, { errorCode });
  }
}

/** Everything that an application, its hooks, its log and its provider see of an evaluation. */
async function evaluate(client: Client, scene: Scene): Promise<object> {
  const calls: HookCall[] = [];
  const hooksAt = (level: keyof Scene['hooks']): Hook[] => hooksOf(level, scene.hooks[level], calls);
  const contextOf = (level: keyof Scene['contexts']): EvaluationContext =>
    valueIn(oddContexts, scene.contexts[level]) as EvaluationContext;
  lines.length = 0;
  provider.context = undefined;
  provider.hooks = hooksAt('provider');
  OpenFeature.clearHooks().addHooks(...hooksAt('api'));
  OpenFeature.setContext(contextOf('api')).setTransactionContextPropagator(propagators[scene.propagator]);
  client
    .clearHooks()
    .addHooks(...hooksAt('client'))
    .setContext(contextOf('client'));
  const key = valueIn(oddKeys, scene.key);
  const method = client[scene.method].bind(client) as AnyEvaluation;
  const start = (): unknown =>
    method(key, scene.defaultValue, contextOf('call'), optionsOf(scene.options, hooksAt('call')));
  let outcome: unknown;
  try {
    let promise: unknown;
    OpenFeature.setTransactionContext(contextOf('transaction'), () => {
      promise = start();
    });
    expect(promise).toBeInstanceOf(Promise);
    outcome = { value: shapeOf(await promise) };
  } catch (error) {
    outcome = { error };
  }
  return { outcome, calls, lines: [...lines], reached: shapeOf(provider.context) };
}

/** A value with what equality would not see: the order of the fields, and what is frozen. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { flagMetadata } = value as { readonly flagMetadata?: unknown };
  const isContext = value === provider.context;
  return {
    entries: Object.entries(value),
    // The SDK freezes the copy that it hands to the provider, which nobody can tell but the provider.
    isFrozen: isContext || Object.isFrozen(value),
    prototype: Object.getPrototypeOf(value),
    isMetadataFrozen: Object.isFrozen(flagMetadata),
  };
}

describe('our client and the SDK’s', () => {
  it('give the same results, hook calls, errors and log in every state', async () => {
    const ways = { direct: 0, delegated: 0 };
    await fc.assert(
      fc.asyncProperty(sceneOf(provider.snapshot().keys), async (scene) => {
        const pair = clients.get(scene.domain);
        if (pair === undefined) throw new Error('a scene has a domain of its own');
        reach(scene.status);
        const before = pair.ours.delegated();
        const theirs = await evaluate(pair.standard, scene);
        const ours = await evaluate(pair.ours.client, scene);
        const way = pair.ours.delegated() === before ? 'direct' : 'delegated';
        ways[way]++;
        expect(ours).toStrictEqual(theirs);
        expect(way).toBe(isDirect(scene) ? 'direct' : 'delegated');
        expect(pair.ours.delegated() - before).toBeLessThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
    expect(Math.min(ways.direct, ways.delegated)).toBeGreaterThan(RUNS / 5);
  });
});
