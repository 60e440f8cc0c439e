/** ConfigCat's SDK, offline, from a configuration in its cache. */
import {
  createConsoleLogger,
  getClient,
  LogLevel,
  PollingMode,
  SettingType,
  UserComparator,
  type IUser,
} from '@configcat/sdk';
import type { BenchCondition, BenchFlag } from '../flag.js';
import type { OpenPeer, Peer } from '../peer.js';

/** The form of a key that the SDK checks. */
const SDK_KEY = 'configcat-sdk-1/0000000000000000000000/0000000000000000000000';

/** Evaluated on a snapshot, which is its synchronous way. */
export const peer: Peer = {
  title: 'ConfigCat',
  packageName: '@configcat/sdk',
  notes: { 'object value': 'has no objects, only text, which is parsed in each call' },
  async open(flags): Promise<OpenPeer<IUser>> {
    const config = { p: { r: 0, u: '', s: '' }, f: Object.fromEntries(flags.map((flag) => [flag.key, setting(flag)])) };
    const cached = `${Date.now()}\n\n${JSON.stringify(config)}`;
    const client = getClient(SDK_KEY, PollingMode.ManualPoll, {
      offline: true,
      logger: createConsoleLogger(LogLevel.Off),
      cache: { get: () => cached, set: () => undefined },
    });
    await client.waitForReady();
    const snapshot = client.snapshot();
    return {
      context: ({ targetingKey, country, email, ...custom }) => ({ identifier: targetingKey, email, country, custom }),
      boolean: (key, user) => snapshot.getValue(key, false, user),
      object: (key, user) => JSON.parse(snapshot.getValue(key, '', user)) as unknown,
      close: () => client.dispose(),
    };
  },
};

const on = { v: { b: true }, i: 'on' };
const off = { v: { b: false }, i: 'off' };

/** In the format of the files that ConfigCat publishes, version 6. */
function setting(flag: BenchFlag): object {
  const t = SettingType.Boolean;
  switch (flag.serves) {
    case 'true':
      return { t, ...on };
    case 'object':
      return { t: SettingType.String, v: { s: JSON.stringify(flag.value) }, i: 'full' };
    case 'half':
      return {
        t,
        ...off,
        p: [
          { p: 50, ...on },
          { p: 50, ...off },
        ],
      };
    case 'rules':
      return { t, ...off, r: flag.rules.map((rule) => ({ c: rule.map((one) => ({ u: condition(one) })), s: on })) };
  }
}

const wellKnown: Readonly<Record<string, string>> = { targetingKey: 'Identifier', email: 'Email', country: 'Country' };

function condition({ attribute, operator, operand }: BenchCondition): object {
  const a = wellKnown[attribute] ?? attribute;
  switch (operator) {
    case 'equals':
      return { a, c: UserComparator.TextEquals, s: operand };
    case 'in':
      return { a, c: UserComparator.TextIsOneOf, l: operand };
    case 'endsWith':
      return { a, c: UserComparator.TextEndsWithAnyOf, l: [operand] };
    case 'versionAtLeast':
      return { a, c: UserComparator.SemVerGreaterOrEquals, s: operand };
    case 'above':
      return { a, c: UserComparator.NumberGreater, d: operand };
  }
}
