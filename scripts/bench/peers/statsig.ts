/** Statsig's server SDK for Node, from bootstrap values, without logging. */
import statsig, { type StatsigUser } from 'statsig-node';
import type { BenchCondition, BenchFlag } from '../flag.js';
import type { OpenPeer, Peer } from '../peer.js';

const { StatsigServer } = statsig;

/** Asked without exposure logging, which would keep an event for each evaluation. */
const quietly = { disableExposureLogging: true };

export const peer: Peer = {
  title: 'Statsig',
  packageName: 'statsig-node',
  notes: { 'object value': 'has objects as dynamic configs' },
  async open(flags): Promise<OpenPeer<StatsigUser>> {
    const gates = flags.filter(({ serves }) => serves !== 'object').map(spec);
    const configs = flags.filter(({ serves }) => serves === 'object').map(spec);
    const server = new StatsigServer('secret-bench', {
      bootstrapValues: JSON.stringify({
        has_updates: true,
        time: 1,
        feature_gates: gates,
        dynamic_configs: configs,
        layer_configs: [],
        layers: {},
        id_lists: {},
      }),
      initStrategyForIP3Country: 'none',
      initStrategyForIDLists: 'none',
      localMode: true,
      disableRulesetsSync: true,
      disableIdListsSync: true,
      disableAllLogging: true,
      disableDiagnostics: true,
    });
    await server.initializeAsync();
    return {
      context: ({ targetingKey, plan, age, ...user }) => ({ userID: targetingKey, ...user, custom: { plan, age } }),
      boolean: (key, user) => server.checkGate(user, key, quietly),
      object: (key, user) => server.getConfig(user, key, quietly).value,
      close: () => server.shutdownAsync(),
    };
  },
};

function spec(flag: BenchFlag): object {
  const isObject = flag.serves === 'object';
  return {
    name: flag.key,
    type: isObject ? 'dynamic_config' : 'feature_gate',
    entity: isObject ? 'dynamic_config' : 'feature_gate',
    salt: flag.key,
    defaultValue: isObject ? {} : false,
    enabled: true,
    idType: 'userID',
    explicitParameters: null,
    rules: rules(flag),
  };
}

const everyone = { type: 'public', targetValue: null, operator: null, field: null, additionalValues: {} };

function rules(flag: BenchFlag): readonly object[] {
  const one = { name: 'one', id: 'one', salt: 'one', groupName: 'one', idType: 'userID', returnValue: true };
  switch (flag.serves) {
    case 'true':
      return [{ ...one, passPercentage: 100, conditions: [everyone] }];
    case 'object':
      return [{ ...one, passPercentage: 100, conditions: [everyone], returnValue: flag.value }];
    case 'half':
      return [{ ...one, passPercentage: 50, conditions: [everyone] }];
    case 'rules':
      return flag.rules.map((rule, index) => ({
        ...one,
        id: `rule-${index}`,
        passPercentage: 100,
        conditions: rule.map(condition),
      }));
  }
}

function condition({ attribute, operator, operand }: BenchCondition): object {
  const idType = 'userID';
  const one =
    attribute === 'targetingKey'
      ? { type: 'unit_id', field: null, idType, additionalValues: {} }
      : { type: 'user_field', field: attribute, idType, additionalValues: {} };
  switch (operator) {
    case 'equals':
      return { ...one, operator: 'any_case_sensitive', targetValue: [operand] };
    case 'in':
      return { ...one, operator: 'any_case_sensitive', targetValue: operand };
    case 'endsWith':
      return { ...one, operator: 'str_ends_with_any', targetValue: [operand] };
    case 'versionAtLeast':
      return { ...one, operator: 'version_gte', targetValue: operand };
    case 'above':
      return { ...one, operator: 'gt', targetValue: operand };
  }
}
