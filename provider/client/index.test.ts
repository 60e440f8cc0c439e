import {
  OpenFeature,
  ProviderEvents,
  type Client,
  type EvaluationContext,
  type EventDetails,
  type Logger,
  type TrackingEventDetails,
} from '@openfeature/server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagsFolder } from '../conformance/provider-states.js';
import { getClient, GuidonProvider } from '../index.js';
import { evaluationMethods } from './testing/observed-client.js';

const DOMAIN = 'client';
const options = { directory: flagsFolder, environment: 'production' };

/** A provider that keeps what is tracked. */
class TrackingProvider extends GuidonProvider {
  readonly tracked: unknown[] = [];

  track(name: string, context: EvaluationContext, details: TrackingEventDetails): void {
    this.tracked.push([name, context, details]);
  }
}

const provider = new TrackingProvider(options);

beforeAll(() => OpenFeature.setProviderAndWait(DOMAIN, provider));
afterAll(() => OpenFeature.clearProviders());

describe('getClient takes the place of OpenFeature.getClient', () => {
  const context = { targetingKey: 'u-1' };
  const rows: [string, unknown[]][] = [
    ['nothing', []],
    ['a domain', [DOMAIN]],
    ['a domain that nobody has bound', ['unbound']],
    ['a domain and a version', [DOMAIN, '1.2.3']],
    ['a domain, a version and a context', [DOMAIN, '1.2.3', context]],
    ['a domain and a context', [DOMAIN, context]],
    ['a context', [context]],
    ['no domain, but a context', [undefined, context]],
    ['an empty domain', ['']],
    ['a null', [null, '1.2.3']],
  ];
  it.each(rows)('with %s', async (_given, args) => {
    const standard = Reflect.apply(OpenFeature.getClient.bind(OpenFeature), undefined, args) as Client;
    const ours = Reflect.apply(getClient, undefined, args) as Client;
    expect(ours.metadata).toStrictEqual(standard.metadata);
    expect(ours.getContext()).toStrictEqual(standard.getContext());
    expect(ours.providerStatus).toBe(standard.providerStatus);
    const ask = (client: Client): Promise<unknown> => client.getBooleanDetails('boolean-flag', false);
    expect(await ask(ours)).toStrictEqual(await ask(standard));
  });
});

/** Members of the SDK's class that its `Client` interface does not have. */
const internals = new Set(
  (
    'constructor evaluate mergeContexts shortCircuitIfNotReady getErrorEvaluationDetails ' +
    'beforeHooks afterHooks errorHooks finallyHooks _provider _providerStatus _logger'
  ).split(' '),
);

it('has every member that the SDK’s client has, so that a new one does not go unnoticed', () => {
  const members = (client: Client): string[] => Object.getOwnPropertyNames(Object.getPrototypeOf(client));
  const standard = members(OpenFeature.getClient()).filter((name) => !internals.has(name));
  expect(
    members(getClient())
      .filter((name) => name !== 'constructor')
      .sort(),
  ).toEqual(standard.sort());
  expect(standard).toEqual(expect.arrayContaining([...evaluationMethods]));
});

describe('our client', () => {
  it('returns itself from what is there to be chained', () => {
    const client = getClient(DOMAIN);
    const logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
    const chained = client.addHooks({}).clearHooks().setContext({ a: 1 }).setLogger(logger);
    expect(chained).toBe(client);
    expect(client.getContext()).toEqual({ a: 1 });
  });

  it('keeps its hooks', () => {
    const [first, second] = [{}, {}];
    const client = getClient(DOMAIN).addHooks(first).addHooks(second);
    expect(client.getHooks()).toEqual([first, second]);
    expect(client.getHooks()[1]).toBe(second);
    expect(client.clearHooks().getHooks()).toEqual([]);
  });

  it('logs what a hook throws to its own logger', async () => {
    const lines: unknown[] = [];
    const keep = (line: unknown): void => void lines.push(line);
    const logger: Logger = { error: keep, warn: keep, info: keep, debug: keep };
    const client = getClient(DOMAIN).setLogger(logger);
    client.addHooks({
      finally: () => {
        throw new RangeError('not today');
      },
    });
    expect(await client.getBooleanValue('boolean-flag', false)).toBe(true);
    expect(lines).toContain("Unhandled error during 'finally' hook: RangeError: not today");
  });

  it('tracks with the merged context', () => {
    const client = getClient(DOMAIN, { a: 1, b: 1 });
    client.track('bought', { b: 2 }, { value: 3 });
    client.track('left');
    expect(provider.tracked).toEqual([
      ['bought', { a: 1, b: 2 }, { value: 3 }],
      ['left', { a: 1, b: 1 }, {}],
    ]);
  });

  it('hears what the SDK’s client hears, until it is told not to', () => {
    const types = [ProviderEvents.Ready, ProviderEvents.Stale, ProviderEvents.Error] as const;
    const heardBy = (client: Client): EventDetails[] => {
      const heard: EventDetails[] = [];
      const abort = new AbortController();
      const handler = (details?: EventDetails): void => void (details && heard.push(details));
      for (const type of types) client.addHandler(type, handler, { signal: abort.signal });
      client.addHandler(ProviderEvents.ConfigurationChanged, handler);
      provider.events.emit(ProviderEvents.Stale, { message: 'late' });
      provider.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: ['boolean-flag'] });
      provider.events.emit(ProviderEvents.Ready);
      abort.abort();
      client.removeHandler(ProviderEvents.ConfigurationChanged, handler);
      provider.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [] });
      provider.events.emit(ProviderEvents.Stale);
      provider.events.emit(ProviderEvents.Ready);
      return heard;
    };
    const heard = heardBy(getClient(DOMAIN));
    expect(heard).toStrictEqual(heardBy(OpenFeature.getClient(DOMAIN)));
    // The first is for a handler that comes when the provider is ready.
    expect(heard.map(({ message, flagsChanged }) => message ?? flagsChanged)).toEqual([
      undefined,
      'late',
      ['boolean-flag'],
      undefined,
    ]);
  });

  it('lists its handlers', () => {
    const client = getClient('handlers');
    const handler = (): void => undefined;
    client.addHandler(ProviderEvents.Stale, handler);
    expect(client.getHandlers(ProviderEvents.Stale)).toEqual(
      OpenFeature.getClient('handlers').getHandlers(ProviderEvents.Stale),
    );
    client.removeHandler(ProviderEvents.Stale, handler);
    expect(client.getHandlers(ProviderEvents.Stale)).toEqual([]);
  });

  it('works in a proxy, and as the prototype of another object', async () => {
    const client = getClient(DOMAIN);
    for (const wrapped of [new Proxy(client, {}), Object.create(client) as Client]) {
      expect(await wrapped.getBooleanValue('boolean-flag', false)).toBe(true);
      expect(wrapped.setContext({ a: 1 }).getContext()).toEqual({ a: 1 });
    }
  });

  it('rejects, and does not throw, where a method is called on its own', async () => {
    for (const client of [OpenFeature.getClient(DOMAIN), getClient(DOMAIN)]) {
      const getBooleanValue = client.getBooleanValue.bind(undefined);
      await expect(getBooleanValue('boolean-flag', false)).rejects.toThrow(TypeError);
    }
  });

  it('gives details that are the caller’s own, of values that are nobody’s', async () => {
    const client = getClient(DOMAIN);
    const details = await client.getObjectDetails('object-flag', {});
    details.reason = 'changed';
    expect((await client.getObjectDetails('object-flag', {})).reason).not.toBe('changed');
    expect(Object.isFrozen(details.value)).toBe(true);
    expect(Object.isFrozen(details.flagMetadata)).toBe(true);
  });

  it('leaves the context of a call as it was', async () => {
    const context = { targetingKey: 'u-1' };
    await getClient(DOMAIN).getBooleanValue('boolean-flag', false, context);
    expect(context).toEqual({ targetingKey: 'u-1' });
    expect(Object.isFrozen(context)).toBe(false);
  });
});
