import {
  AsyncLocalStorageTransactionContextPropagator,
  DefaultLogger,
  ErrorCode,
  InMemoryProvider,
  MultiProvider,
  NOOP_TRANSACTION_CONTEXT_PROPAGATOR,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
  type Client,
  type EvaluationDetails,
  type FlagEvaluationOptions,
  type Hook,
  type Logger,
  type Provider,
} from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { flagsFolder } from '../conformance/provider-states.js';
import { ContextSampler, GuidonProvider } from '../index.js';
import { observedClient } from './testing/observed-client.js';

const KEY = 'boolean-flag';
const DOMAIN = 'short-path';
const OTHER_DOMAIN = 'short-path-too';
const nothing = (): void => undefined;
const quiet: Logger = { error: nothing, warn: nothing, info: nothing, debug: nothing };
const options = { directory: flagsFolder, environment: 'production', logger: quiet };
const hook: Hook = { before: () => undefined };

/** What a row changes, after its clients were made and its provider has started; what it gives goes with the call. */
type Arrange = (scene: {
  readonly provider: GuidonProvider;
  readonly clients: readonly Client[];
}) => FlagEvaluationOptions | void | Promise<FlagEvaluationOptions | void>;

beforeEach(() => void OpenFeature.setLogger(quiet));

afterEach(async () => {
  vi.restoreAllMocks();
  OpenFeature.clearHooks();
  OpenFeature.setContext({});
  OpenFeature.setTransactionContextPropagator(NOOP_TRANSACTION_CONTEXT_PROPAGATOR);
  await OpenFeature.clearProviders();
  OpenFeature.setLogger(new DefaultLogger());
});

const bind = (provider: Provider): Promise<void> => OpenFeature.setProviderAndWait(DOMAIN, provider);
const bindFailing = (provider: Provider): Promise<void> => bind(provider).catch(() => undefined);
const inMemory = (): Provider =>
  new InMemoryProvider({ [KEY]: { variants: { on: true }, defaultVariant: 'on', disabled: false } });

/** Asks for details, then for the value, and says how it went. */
async function ask(client: Client, callOptions: FlagEvaluationOptions | undefined): Promise<unknown[]> {
  const results: Promise<EvaluationDetails<boolean> | boolean>[] = [
    client.getBooleanDetails(KEY, false, { targetingKey: 'u-1' }, callOptions),
    client.getBooleanValue(KEY, false, { targetingKey: 'u-1' }, callOptions),
  ];
  return Promise.allSettled(results);
}

/** Two clients alike, the SDK's and ours: the same results, and how many of ours the SDK gave. */
async function compare(arrange: Arrange): Promise<{ readonly results: unknown[]; readonly delegated: number }> {
  const standard = OpenFeature.getClient(DOMAIN);
  const { client, delegated } = observedClient(DOMAIN);
  const provider = new GuidonProvider(options);
  await bind(provider);
  const callOptions = (await arrange({ provider, clients: [standard, client] })) as FlagEvaluationOptions | undefined;
  const theirs = await ask(standard, callOptions);
  const ours = await ask(client, callOptions);
  expect(ours).toStrictEqual(theirs);
  return { results: ours, delegated: delegated() };
}

class OwnResolver extends GuidonProvider {
  override resolveStringEvaluation(
    key: string,
    value: string,
    context: object,
  ): ReturnType<Provider['resolveStringEvaluation']> {
    return super.resolveStringEvaluation(key, value, context as never);
  }
}

/** Samples flags of no provider; what it is told of, it counts. */
const newSampler = (Sampler = ContextSampler): ContextSampler => {
  const sampler = new Sampler({ provider: new GuidonProvider(options), keys: 'plain', onBatch: nothing });
  onTestFinished(() => sampler.close());
  return sampler;
};

class StagedSampler extends ContextSampler {
  before(): object {
    return { country: 'DE' };
  }
}

class OwnSampler extends ContextSampler {
  override finally(...args: Parameters<ContextSampler['finally']>): void {
    super.finally(...args);
  }
}

class OwnHooks extends GuidonProvider {
  constructor(readonly hooks: Hook[]) {
    super(options);
  }
}

const isolated = { status: 'fulfilled', value: expect.objectContaining({ errorCode: ErrorCode.GENERAL }) };

describe('our client leaves to the SDK', () => {
  const rows: Record<string, Arrange> = {
    'a hook of the API': () => void OpenFeature.addHooks(hook),
    'a hook of the client': ({ clients }) => clients.forEach((client) => client.addHooks(hook)),
    'a hook of the call': () => ({ hooks: [hook] }),
    'a hook of the provider': () => bind(new OwnHooks([hook])),
    'a hook that the provider has got meanwhile': async () => {
      const provider = new OwnHooks([]);
      await bind(provider);
      provider.hooks.push(hook);
    },
    'a hook beside a sampler': () => void OpenFeature.addHooks(newSampler(), hook),
    'a hook of another level than a sampler': () => {
      OpenFeature.addHooks(newSampler());
      return { hooks: [hook] };
    },
    'a sampler with a stage more': () => void OpenFeature.addHooks(newSampler(StagedSampler)),
    'a sampler with a stage of its own': () => void OpenFeature.addHooks(newSampler(OwnSampler)),
    'a sampler with a spy': () => {
      const sampler = newSampler();
      vi.spyOn(sampler, 'finally');
      OpenFeature.addHooks(sampler);
    },
    'a sampler that was given a stage': () => void OpenFeature.addHooks(Object.assign(newSampler(), hook)),
    'a hook that is null': () => ({ hooks: [null as never] }),
    'a set of hooks': () => ({ hooks: new Set([hook]) as never }),
    'an empty set of hooks': () => bind(new OwnHooks(new Set() as never)),
    'hooks that are null': () => ({ hooks: null as never }),
    'options that are null': () => null as never,
    'no provider': () => OpenFeature.clearProviders(),
    'another provider': () => bind(inMemory()),
    'another provider by default': async () => {
      await OpenFeature.clearProviders();
      await OpenFeature.setProviderAndWait(inMemory());
    },
    'a provider of providers': () => bind(new MultiProvider([{ provider: new GuidonProvider(options) }])),
    'a proxy of a provider': ({ provider }) => bindFailing(new Proxy(provider, {})),
    'a provider that inherits from one': ({ provider }) => bindFailing(Object.create(provider) as Provider),
    'a subclass with a resolver of its own': () => bind(new OwnResolver(options)),
    'an object with the resolvers of one': ({ provider }) => {
      const { constructor: _constructor, ...borrowed } = Object.getOwnPropertyDescriptors(GuidonProvider.prototype);
      const metadata = { value: provider.metadata };
      const snapshot = { value: () => provider.snapshot() };
      const onClose = { value: () => Promise.resolve() };
      const borrower = Object.defineProperties({}, { ...borrowed, metadata, snapshot, onClose });
      return bindFailing(borrower as unknown as Provider);
    },
    'a provider with a spy': ({ provider }) => void vi.spyOn(provider, 'resolveBooleanEvaluation'),
    'providers with a spy': () => void vi.spyOn(GuidonProvider.prototype, 'resolveObjectEvaluation'),
    'a provider with a spy for numbers': ({ provider }) => void vi.spyOn(provider, 'resolveNumberEvaluation'),
    'a snapshot that throws': ({ provider }) =>
      void vi.spyOn(provider, 'snapshot').mockImplementation(() => {
        throw new RangeError('no snapshot');
      }),
    'a provider that is not ready': async () => {
      await OpenFeature.clearProviders();
      const provider = new GuidonProvider(options);
      vi.spyOn(provider, 'initialize').mockImplementation(() => new Promise(() => undefined));
      OpenFeature.setProvider(DOMAIN, provider);
    },
    'a provider in a fatal state': () => bindFailing(new GuidonProvider({ ...options, environment: 'nowhere' })),
    'a provider that has come into a fatal state': ({ provider }) =>
      provider.events.emit(ProviderEvents.Error, { errorCode: ErrorCode.PROVIDER_FATAL }),
  };

  it.each(Object.entries(rows))('%s', async (_reason, arrange) => {
    expect((await compare(arrange)).delegated).toBe(2);
  });

  it.each(['a proxy of a provider', 'a provider that inherits from one', 'a snapshot that throws'])(
    'and with it the error of %s',
    async (reason) => {
      const { results } = await compare(rows[reason] as Arrange);
      expect(results).toEqual([isolated, { status: 'fulfilled', value: false }]);
    },
  );
});

describe('our client needs no other for', () => {
  const rows: Record<string, Arrange> = {
    'nothing unusual': () => undefined,
    'empty options': () => ({}),
    'options with an empty list of hooks': () => ({ hooks: [] }),
    'hints that no hook reads': () => ({ hookHints: { a: 1 } }),
    'a provider with an empty list of hooks': () => bind(new OwnHooks([])),
    'a sampler of the API': () => void OpenFeature.addHooks(newSampler()),
    'a sampler of the client': ({ clients }) => clients.forEach((client) => client.addHooks(newSampler())),
    'a sampler of the call': () => ({ hooks: [newSampler()] }),
    'a sampler of the provider': () => bind(new OwnHooks([newSampler()])),
    'samplers of all levels': async ({ clients }) => {
      OpenFeature.addHooks(newSampler(), newSampler());
      for (const client of clients) client.addHooks(newSampler());
      await bind(new OwnHooks([newSampler()]));
      return { hooks: [newSampler()] };
    },
    'a proxy of a sampler': () => void OpenFeature.addHooks(new Proxy(newSampler(), {})),
    'hooks that were there': ({ clients }) => {
      OpenFeature.addHooks(hook).clearHooks();
      for (const client of clients) client.addHooks(hook).clearHooks();
    },
    'a stale provider': ({ provider }) => provider.events.emit(ProviderEvents.Stale),
    'a provider with an error': ({ provider }) => provider.events.emit(ProviderEvents.Error),
    'a provider that has recovered': ({ provider }) => {
      provider.events.emit(ProviderEvents.Error, { errorCode: ErrorCode.PROVIDER_FATAL });
      provider.events.emit(ProviderEvents.Ready);
    },
    'a provider that never started': () =>
      bindFailing(new GuidonProvider({ ...options, directory: `${flagsFolder}nowhere` })),
    'a provider that is closed': ({ provider }) => provider.onClose(),
    'a domain that falls back to the default provider': async () => {
      await OpenFeature.clearProviders();
      await OpenFeature.setProviderAndWait(new GuidonProvider(options));
    },
    'a provider of two domains': ({ provider }) => OpenFeature.setProviderAndWait(OTHER_DOMAIN, provider),
    'a provider that took the place of another': async () => {
      await bind(inMemory());
      await bind(new GuidonProvider(options));
    },
    'a context of the API': () => void OpenFeature.setContext({ a: 1 }),
    'a context of the client': ({ clients }) => clients.forEach((client) => client.setContext({ a: 1 })),
    'a context of the transaction': () =>
      void OpenFeature.setTransactionContextPropagator({
        getTransactionContext: () => ({ a: 1 }),
        setTransactionContext: (_context, callback, ...args) => void callback(...args),
      }),
    'a propagator outside a transaction': () =>
      void OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator()),
    loggers: ({ clients }) => {
      OpenFeature.setLogger({ ...quiet });
      for (const client of clients) client.setLogger(quiet);
    },
    'a provider whose snapshot is watched': ({ provider }) => void vi.spyOn(provider, 'snapshot'),
  };

  it.each(Object.entries(rows))('%s', async (_case, arrange) => {
    expect((await compare(arrange)).delegated).toBe(0);
  });
});

describe('a sampler', () => {
  /** What a sampler has seen and holds after some evaluations of a client. */
  async function sampledBy(makeClient: () => Client): Promise<unknown> {
    const provider = new GuidonProvider(options);
    await bind(provider);
    const rows: unknown[] = [];
    const sampler = new ContextSampler({
      provider,
      keys: 'plain',
      attributes: ['a', 'b', 'c'],
      onBatch: (batch) => void rows.push(...batch),
    });
    await sampler.flush();
    OpenFeature.addHooks(sampler).setContext({ a: 1, b: 1, c: 1 });
    const client = makeClient().setContext({ b: 2, c: 2 });
    for (const targetingKey of ['u-1', 'u-2', 'u-1', 3]) {
      await client.getBooleanValue(KEY, false, { targetingKey, c: 3 } as never);
      await client.getBooleanDetails(KEY, false, { targetingKey, c: 4 } as never);
    }
    await client.getStringValue(KEY, 'another kind', { targetingKey: 'u-4' });
    await client.getBooleanValue('no.such.flag', false, { targetingKey: 'u-4' });
    await client.getBooleanValue(KEY, false, {});
    await sampler.close();
    OpenFeature.clearHooks();
    const { evaluations, skipped } = sampler.status();
    return { evaluations, skipped, rows: new Set(rows) };
  }

  it('is told by our client what it is told by the SDK’s', async () => {
    const observed: ReturnType<typeof observedClient>[] = [];
    const ours = await sampledBy(() => {
      observed.push(observedClient(DOMAIN));
      return (observed[0] as (typeof observed)[0]).client;
    });
    expect(observed[0]?.delegated()).toBe(0);
    expect(ours).toEqual(await sampledBy(() => OpenFeature.getClient(DOMAIN)));
    expect(ours).toMatchObject({ evaluations: 9, skipped: { noTargetingKey: 1, unknownFlag: 0 } });
    expect((ours as { rows: Set<unknown> }).rows).toContainEqual({ targetingKey: 3, a: 1, b: 2, c: 3, $weight: 1 });
  });

  it('that fails is nothing to an evaluation', async () => {
    const { client } = observedClient(DOMAIN);
    await bind(new GuidonProvider(options));
    OpenFeature.addHooks(new Proxy(newSampler(), {}));
    const context = Object.defineProperty({ targetingKey: 'u-1' }, 'x', { get: () => 1, enumerable: true });
    expect(await client.getBooleanDetails(KEY, false, context)).not.toHaveProperty('errorCode');
  });
});

it('knows one provider’s status in each of its domains', async () => {
  const provider = new GuidonProvider(options);
  let start: () => void = () => undefined;
  vi.spyOn(provider, 'initialize').mockImplementation(() => new Promise((resolve) => (start = resolve)));
  const [first, second] = [observedClient(DOMAIN), observedClient(OTHER_DOMAIN)];
  const started = bind(provider);
  // The SDK calls a provider ready in every domain but the one that it is started for.
  await OpenFeature.setProviderAndWait(OTHER_DOMAIN, provider);
  expect([first.client.providerStatus, second.client.providerStatus]).toEqual([
    ProviderStatus.NOT_READY,
    ProviderStatus.READY,
  ]);
  for (const { client } of [first, second]) {
    expect(await client.getBooleanDetails(KEY, false)).toMatchObject({ errorCode: ErrorCode.PROVIDER_NOT_READY });
  }
  expect([first.delegated(), second.delegated()]).toEqual([1, 0]);
  start();
  await started;
  await first.client.getBooleanDetails(KEY, false);
  expect([first.delegated(), second.delegated()]).toEqual([1, 0]);
});
