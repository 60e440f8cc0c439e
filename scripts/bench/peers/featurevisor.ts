/** Featurevisor's SDK, from a datafile. */
import { createInstance } from '@featurevisor/sdk';
import type { BenchCondition, BenchContext, BenchFlag } from '../flag.js';
import type { OpenPeer, Peer } from '../peer.js';

type Datafile = Exclude<NonNullable<Parameters<typeof createInstance>[0]['datafile']>, string>;
type Feature = Datafile['features'][string];
type Segment = Datafile['segments'][string];
type Context = BenchContext & Readonly<Record<string, string | number>>;

/** Of 100,000, as the SDK has it. */
const ALL = 100_000;
const VARIABLE = 'value';

/** Rules name segments, and segments hold conditions: each rule of the benchmark is a segment. */
export const peer: Peer = {
  title: 'Featurevisor',
  packageName: '@featurevisor/sdk',
  notes: { 'object value': 'has objects as variables of features' },
  async open(flags): Promise<OpenPeer<Context>> {
    const datafile: Datafile = {
      schemaVersion: '2',
      revision: '1',
      segments: Object.fromEntries(flags.flatMap(segments)),
      features: Object.fromEntries(flags.map((flag) => [flag.key, feature(flag)])),
    };
    const sdk = createInstance({ datafile, logLevel: 'fatal' });
    return {
      context: (context) => ({ ...context }),
      boolean: (key, context) => sdk.isEnabled(key, context),
      object: (key, context) => sdk.getVariableObject(key, VARIABLE, context),
      close: () => sdk.close(),
    };
  },
};

function segmentName(key: string, index: number): string {
  return `${key}-${index}`;
}

function segments(flag: BenchFlag): readonly (readonly [string, Segment])[] {
  if (flag.serves !== 'rules') return [];
  return flag.rules.map((rule, index) => [segmentName(flag.key, index), { conditions: rule.map(condition) }]);
}

function feature(flag: BenchFlag): Feature {
  const one = { key: flag.key, bucketBy: 'targetingKey' };
  const everyone = { key: 'everyone', segments: '*' as const, percentage: ALL };
  switch (flag.serves) {
    case 'true':
      return { ...one, traffic: [everyone] };
    case 'object':
      return {
        ...one,
        traffic: [everyone],
        variablesSchema: { [VARIABLE]: { type: 'object', defaultValue: objectOf(flag.value) } },
      };
    case 'half':
      return { ...one, traffic: [{ ...everyone, percentage: ALL / 2 }] };
    case 'rules': {
      const traffic = flag.rules.map((_, index) => ({
        key: `rule-${index}`,
        segments: segmentName(flag.key, index),
        percentage: ALL,
      }));
      return { ...one, traffic };
    }
  }
}

/** The SDK's type of an object is of mutable ones; it changes none. */
function objectOf(value: object): Record<string, string> {
  return value as Record<string, string>;
}

function condition({ attribute, operator, operand }: BenchCondition): Exclude<Segment['conditions'], unknown[]> {
  switch (operator) {
    case 'equals':
    case 'endsWith':
      return { attribute, operator, value: operand };
    case 'in':
      return { attribute, operator, value: [...operand] };
    case 'versionAtLeast':
      return { attribute, operator: 'semverGreaterThanOrEquals', value: operand };
    case 'above':
      return { attribute, operator: 'greaterThan', value: operand };
  }
}
