/** What an evaluation costs through the SDK's client and through ours, with one provider behind both. */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { OpenFeature, type Client, type EvaluationContext } from '@openfeature/server-sdk';
import {
  holdFlag,
  Ruleset,
  type EnvironmentDocument,
  type FlagDocument,
  type Snapshot,
} from '../../provider/engine/index.js';
import { getClient, GuidonProvider } from '../../provider/index.js';

/** One side of a comparison: makes its call `times` times, one after the other. */
export interface ClientContender {
  readonly name: string;
  readonly run: (times: number) => Promise<void>;
}

/** One call, by the SDK's client, by ours, and by nobody: a promise of an answer that is there already. */
export interface ClientCase {
  readonly name: string;
  readonly standard: ClientContender;
  readonly ours: ClientContender;
  readonly promise: ClientContender;
}

type Call = (client: Client) => Promise<unknown>;

const context: EvaluationContext = { targetingKey: 'u-1', country: 'DE', plan: 'pro', appVersion: '4.2.0', age: 30 };
const STATIC = 'bench.client.static';
const RULE = 'bench.client.rule';

const calls: readonly (readonly [string, Call, ((client: Client) => unknown)?])[] = [
  ['a value, no context', (client) => client.getBooleanValue(STATIC, false)],
  ['a value, a context of five attributes', (client) => client.getBooleanValue(RULE, false, context)],
  ['its details', (client) => client.getBooleanDetails(RULE, false, context)],
  ['an unknown flag’s details', (client) => client.getBooleanDetails('bench.client.none', false, context)],
  [
    'a value, with a context of the client too',
    (client) => client.getBooleanValue(RULE, false, context),
    (client) => client.setContext({ service: 'checkout', region: 'eu' }),
  ],
  [
    'a value, with a hook: left to the SDK',
    (client) => client.getBooleanValue(RULE, false, context),
    (client) => client.addHooks({ after: () => undefined }),
  ],
];

/** The cases, ready to be measured, each checked for both clients giving the same. */
export async function clientCases(): Promise<readonly ClientCase[]> {
  await OpenFeature.setProviderAndWait(
    'bench-client',
    new BenchProvider({ directory: '.', environment: 'production' }),
  );
  const cases: ClientCase[] = [];
  for (const [name, call, prepare] of calls) {
    const clients = [OpenFeature.getClient('bench-client'), getClient('bench-client')] as const;
    for (const client of clients) prepare?.(client);
    const [theirs, ours] = [await call(clients[0]), await call(clients[1])];
    assert.deepEqual(ours, theirs, name);
    cases.push({
      name,
      standard: contender('SDK client', () => call(clients[0])),
      ours: contender('Guidon client', () => call(clients[1])),
      promise: contender('promise', () => Promise.resolve(ours)),
    });
  }
  return cases;
}

/** The product's provider, but for where its flags come from. */
class BenchProvider extends GuidonProvider {
  readonly #snapshot = benchSnapshot();

  override initialize(): Promise<void> {
    return Promise.resolve();
  }

  override snapshot(): Snapshot {
    return this.#snapshot;
  }
}

function benchSnapshot(): Snapshot {
  const governance = {
    type: 'release',
    owner: 'team',
    riskTier: 'low',
    expiresAt: '2099-01-01',
    description: 'Bench.',
  };
  const flagOf = (key: string, production: EnvironmentDocument): [string, FlagDocument] => [
    key,
    { key, ...governance, environments: { production } } as FlagDocument,
  ];
  const flags = new Map([
    flagOf(STATIC, { enabled: true, rollout: 100 }),
    flagOf(RULE, { enabled: true, rules: [{ name: 'germany', when: { country: 'DE' }, serve: true }] }),
  ]);
  const policy = { bucketing: 'flagd-v2', environments: ['production'], teams: {} } as const;
  const stored = new Map([...flags].map(([key, flag]) => [key, holdFlag(flag)]));
  const documents = { policy, flags: stored, segments: new Map(), guardrails: new Map(), retired: [] };
  return new Ruleset({ id: 'bench', repository: 'bench' }, documents).snapshot('production');
}

function contender(name: string, call: () => Promise<unknown>): ClientContender {
  return {
    name,
    run: async (times) => {
      for (let i = 0; i < times; i++) await call();
    },
  };
}

const ROUNDS = 15;
const WARM_UP_CALLS = 50_000;
const CALLS = 5_000;
/** Few enough for the young generation to hold what they make, so that no collection falsifies the count. */
const COUNTED_CALLS = 50;

/** Medians of interleaved rounds of CPU time, and the least growth of the heap. */
async function measure(contenders: readonly ClientContender[]): Promise<readonly { ns: number; bytes: number }[]> {
  for (const { run } of contenders) await run(WARM_UP_CALLS);
  const figures = contenders.map(() => ({ ns: [] as number[], bytes: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { run }] of contenders.entries()) {
      const started = process.cpuUsage();
      await run(CALLS);
      const { user, system } = process.cpuUsage(started);
      figures[index]?.ns.push(((user + system) * 1_000) / CALLS);
      globalThis.gc?.();
      const before = process.memoryUsage().heapUsed;
      await run(COUNTED_CALLS);
      figures[index]?.bytes.push((process.memoryUsage().heapUsed - before) / COUNTED_CALLS);
    }
  }
  return figures.map(({ ns, bytes }) => ({
    ns: ns.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN,
    bytes: Math.min(...bytes.filter((grown) => grown >= 0)),
  }));
}

async function main(): Promise<void> {
  console.log(
    '| call | SDK client ns | Guidon client ns | promise ns | ratio | SDK bytes | Guidon bytes | promise bytes |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
  for (const { name, standard, ours, promise } of await clientCases()) {
    const [theirs, mine, floor] = await measure([standard, ours, promise]);
    const ratio = (theirs?.ns ?? Number.NaN) / (mine?.ns ?? Number.NaN);
    const figures = [theirs?.ns, mine?.ns, floor?.ns].map((ns) => ns?.toFixed(0));
    const bytes = [theirs, mine, floor].map((one) => one?.bytes.toFixed(0));
    console.log(`| ${[name, ...figures, ratio.toFixed(1), ...bytes].join(' | ')} |`);
  }
  await OpenFeature.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
