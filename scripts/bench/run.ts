/** `npm run bench`: evaluation against flagd's engine, directly and through the OpenFeature client. */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { DefaultLogger, OpenFeature, type Client, type Provider } from '@openfeature/server-sdk';
import { FlagdCore } from '@openfeature/flagd-core';
import { Ruleset, type Snapshot } from '../../provider/engine/index.js';
import { benchCases, benchDocuments, type BenchCase } from './cases.js';
import { bytesPerCall, measure, type Contender, type Measurement } from './measure.js';
import { constantProvider, flagdProvider, snapshotProvider } from './providers.js';

/** One row of the result. */
interface Row {
  readonly case: string;
  readonly flags: number;
  readonly through: 'directly' | 'OpenFeature client';
  readonly measurements: readonly Measurement[];
  /** Bytes of garbage that an evaluation of ours makes; undefined without `--expose-gc`. */
  readonly bytes: number | undefined;
}

const FLAG_COUNTS = [10, 1_000, 10_000];
/** Few enough for the young generation to hold them, so that no collection falsifies the count. */
const COUNTED_CALLS = 2_000;
const logger = new DefaultLogger();

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const rows: Row[] = [];
  for (const flags of FLAG_COUNTS) rows.push(...(await directRows(flags)));
  rows.push(...(await clientRows()));
  console.log(values.json ? JSON.stringify({ node: process.version, rows }, null, 2) : render(rows));
}

async function directRows(flags: number): Promise<readonly Row[]> {
  const { snapshot, flagd } = engines(flags);
  const rows: Row[] = [];
  for (const benchCase of benchCases) {
    checkAgreement(benchCase, snapshot, flagd);
    const ours = directly('guidon', benchCase, (context) =>
      snapshot.evaluate(benchCase.flag.key, context, benchCase.kind),
    );
    const theirs = directly('flagd-core', benchCase, (context) => resolveFlagd(flagd, benchCase, context));
    const bytes = await bytesPerCall(ours, COUNTED_CALLS);
    rows.push({ case: benchCase.name, flags, through: 'directly', measurements: await measure([ours, theirs]), bytes });
  }
  return rows;
}

async function clientRows(): Promise<readonly Row[]> {
  const { snapshot, flagd } = engines(FLAG_COUNTS[0] ?? 10);
  const rows: Row[] = [];
  for (const benchCase of benchCases) {
    const sides: [string, Provider][] = [
      ['guidon', snapshotProvider(snapshot)],
      ['flagd-core', flagdProvider(flagd, logger)],
      ['constant', constantProvider(snapshot.evaluate(benchCase.flag.key, benchCase.contexts[0]))],
    ];
    const contenders: Contender[] = [];
    for (const [name, provider] of sides)
      contenders.push(throughClient(name, benchCase, await clientOf(name, provider)));
    rows.push({
      case: benchCase.name,
      flags: 10,
      through: 'OpenFeature client',
      measurements: await measure(contenders),
      bytes: undefined,
    });
  }
  await OpenFeature.close();
  return rows;
}

function engines(flags: number): { readonly snapshot: Snapshot; readonly flagd: FlagdCore } {
  const documents = benchDocuments(flags);
  const snapshot = new Ruleset({ id: 'bench', repository: 'bench' }, documents).snapshot('production');
  const definitions = Object.fromEntries(benchCases.map(({ flag, flagd }) => [flag.key, flagd]));
  const plain = { state: 'ENABLED', variants: { true: true, false: false }, defaultVariant: 'false' };
  for (const key of documents.flags.keys()) definitions[key] ??= plain;
  const flagd = new FlagdCore(undefined, logger);
  flagd.setConfigurations(JSON.stringify({ flags: definitions }));
  return { snapshot, flagd };
}

/** Both sides must say the same before their speed is worth anything. */
function checkAgreement(benchCase: BenchCase, snapshot: Snapshot, flagd: FlagdCore): void {
  for (const context of benchCase.contexts) {
    const ours = snapshot.evaluate(benchCase.flag.key, context, benchCase.kind).value;
    const theirs = resolveFlagd(flagd, benchCase, context).value;
    assert.deepEqual(ours, theirs, `${benchCase.name}: ${JSON.stringify(context)}`);
  }
}

function resolveFlagd(
  flagd: FlagdCore,
  { kind, flag }: BenchCase,
  context: Record<string, string | number>,
): { readonly value: unknown } {
  return kind === 'boolean'
    ? flagd.resolveBooleanEvaluation(flag.key, false, context, logger)
    : flagd.resolveObjectEvaluation(flag.key, {}, context, logger);
}

function directly(
  name: string,
  { contexts }: BenchCase,
  evaluate: (context: Record<string, string | number>) => unknown,
): Contender {
  return {
    name,
    run: (times) => {
      for (let i = 0; i < times; i++) evaluate(contexts[i % contexts.length] as Record<string, string | number>);
    },
  };
}

function throughClient(name: string, { kind, flag, contexts }: BenchCase, client: Client): Contender {
  return {
    name,
    run: async (times) => {
      for (let i = 0; i < times; i++) {
        const context = contexts[i % contexts.length] ?? {};
        if (kind === 'boolean') await client.getBooleanValue(flag.key, false, context);
        else await client.getObjectValue(flag.key, {}, context);
      }
    },
  };
}

async function clientOf(domain: string, provider: Provider): Promise<Client> {
  await OpenFeature.setProviderAndWait(domain, provider);
  return OpenFeature.getClient(domain);
}

function render(rows: readonly Row[]): string {
  const lines = [
    '| case | flags loaded | asked | guidon ns | flagd-core ns | ratio | bytes | constant ns |',
    '|---|--:|---|--:|--:|--:|--:|--:|',
  ];
  for (const { case: name, flags, through, measurements, bytes } of rows) {
    const [ours, theirs, constant] = measurements;
    const ratio = (theirs?.median ?? Number.NaN) / (ours?.median ?? Number.NaN);
    lines.push(
      `| ${name} | ${flags} | ${through} | ${spread(ours)} | ${spread(theirs)} | ${ratio.toFixed(1)} | ${bytes?.toFixed(1) ?? ''} | ${constant === undefined ? '' : spread(constant)} |`,
    );
  }
  return lines.join('\n');
}

function spread(measurement: Measurement | undefined): string {
  if (measurement === undefined) return '';
  const { median, lowest, highest } = measurement;
  return `${median.toFixed(0)} (${lowest.toFixed(0)}–${highest.toFixed(0)})`;
}

await main();
