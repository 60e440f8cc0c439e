/** LaunchDarkly's server SDK, with its own test data as the source. */
import { basicLogger, init, type LDContext } from '@launchdarkly/node-server-sdk';
import { TestData } from '@launchdarkly/node-server-sdk/integrations';
import type { BenchCondition, BenchFlag } from '../flag.js';
import type { OpenPeer, Peer } from '../peer.js';

/** Far more than test data needs. */
const READY_SECONDS = 30;

/** Has no synchronous evaluation. */
export const peer: Peer = {
  title: 'LaunchDarkly',
  packageName: '@launchdarkly/node-server-sdk',
  note: 'has promises only, which are awaited',
  notes: { 'list of 10,000': 'indexes long lists in segments, so the list is one' },
  async open(flags): Promise<OpenPeer<LDContext>> {
    const data = new TestData();
    for (const flag of flags) {
      const list = membersOf(flag);
      if (list !== undefined) {
        await data.usePreconfiguredSegment({ key: flag.key, version: 1, included: [...list], salt: flag.key });
      }
      await data.usePreconfiguredFlag(definition(flag));
    }
    const client = init('sdk-key', {
      updateProcessor: data.getFactory(),
      sendEvents: false,
      diagnosticOptOut: true,
      logger: basicLogger({ level: 'none' }),
    });
    await client.waitForInitialization({ timeout: READY_SECONDS });
    return {
      isAsync: true,
      context: ({ targetingKey, ...attributes }) => ({ kind: 'user', key: targetingKey, ...attributes }),
      boolean: (key, context) => client.boolVariation(key, context, false),
      object: (key, context) => client.jsonVariation(key, context, {}),
      close: () => client.close(),
    };
  },
};

/** The targeting keys that a flag is true for, where it is nothing but a list of them. */
function membersOf(flag: BenchFlag): readonly string[] | undefined {
  if (flag.serves !== 'rules' || flag.rules.length !== 1) return undefined;
  const [condition, ...others] = flag.rules[0] ?? [];
  const isList = condition?.operator === 'in' && condition.attribute === 'targetingKey' && others.length === 0;
  return isList ? condition.operand : undefined;
}

const ON = 0;
const OFF = 1;
/** Of 100,000, as the SDK has it. */
const HALF = 50_000;

function definition(flag: BenchFlag): object {
  const one = {
    key: flag.key,
    version: 1,
    on: true,
    salt: flag.key,
    variations: [true, false],
    fallthrough: { variation: OFF },
  };
  switch (flag.serves) {
    case 'true':
      return { ...one, fallthrough: { variation: ON } };
    case 'object':
      return { ...one, variations: [flag.value, {}], fallthrough: { variation: ON } };
    case 'half': {
      const variations = [
        { variation: ON, weight: HALF },
        { variation: OFF, weight: HALF },
      ];
      return { ...one, fallthrough: { rollout: { contextKind: 'user', variations } } };
    }
    case 'rules': {
      const segment = { op: 'segmentMatch', contextKind: 'user', attribute: '', values: [flag.key] };
      const clauses = membersOf(flag) === undefined ? flag.rules.map((rule) => rule.map(clause)) : [[segment]];
      const rules = clauses.map((all, index) => ({ id: `rule-${index}`, variation: ON, clauses: all }));
      return { ...one, rules };
    }
  }
}

function clause({ attribute, operator, operand }: BenchCondition): object {
  const values = Array.isArray(operand) ? operand : [operand];
  const rest = { contextKind: 'user', attribute: attribute === 'targetingKey' ? 'key' : attribute, values };
  switch (operator) {
    case 'equals':
    case 'in':
      return { ...rest, op: 'in' };
    case 'endsWith':
      return { ...rest, op: 'endsWith' };
    case 'versionAtLeast':
      return { ...rest, op: 'semVerLessThan', negate: true };
    case 'above':
      return { ...rest, op: 'greaterThan' };
  }
}
