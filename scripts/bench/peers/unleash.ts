/** Unleash's client, from a bootstrap, without fetches and metrics. */
import { once } from 'node:events';
import { InMemStorageProvider, PayloadType, Unleash, type ClientFeaturesResponse, type Context } from 'unleash-client';
import type { BenchCondition, BenchFlag } from '../flag.js';
import type { OpenPeer, Peer } from '../peer.js';

type Feature = ClientFeaturesResponse['features'][number];
type Strategy = NonNullable<Feature['strategies']>[number];
type Constraint = Strategy['constraints'][number];

/** A feature's strategies are looked at in their order; the first whose constraints all hold enables it. */
export const peer: Peer = {
  title: 'Unleash',
  packageName: 'unleash-client',
  notes: { 'object value': 'holds objects as text, which is parsed in each call' },
  async open(flags): Promise<OpenPeer<Context>> {
    const client = new Unleash({
      appName: 'bench',
      url: 'http://127.0.0.1/',
      refreshInterval: 0,
      metricsInterval: 0,
      disableMetrics: true,
      bootstrap: { data: flags.map(feature) },
      storageProvider: new InMemStorageProvider(),
    });
    await once(client, 'synchronized');
    return {
      context: ({ targetingKey, ...properties }) => ({
        userId: targetingKey,
        properties: { ...properties, age: String(properties.age) },
      }),
      boolean: (key, context) => client.isEnabled(key, context),
      object: (key, context) => JSON.parse(client.getVariant(key, context).payload?.value ?? 'null') as unknown,
      close: () => client.destroy(),
    };
  },
};

function feature(flag: BenchFlag): Feature {
  const { key: name } = flag;
  const always: Strategy = { name: 'default', parameters: {}, constraints: [] };
  switch (flag.serves) {
    case 'true':
      return { name, enabled: true, strategies: [always] };
    case 'object': {
      const payload = { type: PayloadType.JSON, value: JSON.stringify(flag.value) };
      return { name, enabled: true, strategies: [always], variants: [{ name: 'full', weight: 1_000, payload }] };
    }
    case 'half': {
      const parameters = { rollout: '50', stickiness: 'userId', groupId: name };
      return { name, enabled: true, strategies: [{ name: 'flexibleRollout', parameters, constraints: [] }] };
    }
    case 'rules':
      return {
        name,
        enabled: true,
        strategies: flag.rules.map((rule) => ({ ...always, constraints: rule.map(constraint) })),
      };
  }
}

function constraint({ attribute, operator, operand }: BenchCondition): Constraint {
  const contextName = attribute === 'targetingKey' ? 'userId' : attribute;
  const one = { contextName, inverted: false, values: [] };
  switch (operator) {
    case 'equals':
      return { ...one, operator: 'IN' as Constraint['operator'], values: [operand] };
    case 'in':
      return { ...one, operator: 'IN' as Constraint['operator'], values: [...operand] };
    case 'endsWith':
      return { ...one, operator: 'STR_ENDS_WITH' as Constraint['operator'], values: [operand] };
    case 'versionAtLeast':
      return { ...one, operator: 'SEMVER_GTE' as Constraint['operator'], value: operand };
    case 'above':
      return { ...one, operator: 'NUM_GT' as Constraint['operator'], value: operand };
  }
}
