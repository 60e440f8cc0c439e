/** GrowthBook's client for servers, from a payload. */
import { GrowthBookClient, type FeatureDefinition, type FeatureRule, type UserContext } from '@growthbook/growthbook';
import type { BenchCondition, BenchFlag, BenchObject } from '../flag.js';
import type { OpenPeer, Peer } from '../peer.js';

/** A feature's rules are looked at in their order; the first whose condition holds forces its value. */
export const peer: Peer = {
  title: 'GrowthBook',
  packageName: '@growthbook/growthbook',
  notes: {
    'ten rules of two conditions, last matches': 'has no operator for the end of a text, so it is a regular expression',
  },
  async open(flags): Promise<OpenPeer<UserContext>> {
    const features = Object.fromEntries(flags.map((flag) => [flag.key, feature(flag)]));
    const client = new GrowthBookClient().initSync({ payload: { features } });
    return {
      context: ({ targetingKey, ...attributes }) => ({ attributes: { id: targetingKey, ...attributes } }),
      boolean: (key, context) => client.isOn(key, context),
      object: (key, context) => client.getFeatureValue<BenchObject>(key, {}, context),
      close: () => client.destroy(),
    };
  },
};

function feature(flag: BenchFlag): FeatureDefinition {
  switch (flag.serves) {
    case 'true':
      return { defaultValue: true };
    case 'object':
      return { defaultValue: flag.value };
    case 'half':
      return { defaultValue: false, rules: [{ force: true, coverage: 0.5, hashAttribute: 'id' }] };
    case 'rules':
      return {
        defaultValue: false,
        rules: flag.rules.map((rule): FeatureRule => ({
          force: true,
          condition: Object.fromEntries(rule.map((one) => [attributeOf(one), operation(one)])),
        })),
      };
  }
}

function attributeOf({ attribute }: BenchCondition): string {
  return attribute === 'targetingKey' ? 'id' : attribute;
}

function operation({ operator, operand }: BenchCondition): string | object {
  switch (operator) {
    case 'equals':
      return operand;
    case 'in':
      return { $in: operand };
    case 'endsWith':
      return { $regex: `${operand.replaceAll('.', String.raw`\.`)}$` };
    case 'versionAtLeast':
      return { $vgte: operand };
    case 'above':
      return { $gt: operand };
  }
}
