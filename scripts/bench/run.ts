/** `npm run bench`: direct evaluation against other SDKs, the way through OpenFeature's client, from push to value, previews, samples. */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { measureClient } from './client.js';
import { measureDirect } from './direct.js';
import { fullEffort, quickEffort } from './measure.js';
import { benchFile, preparePeers } from './prepare.js';
import { measurePreview } from './preview/measure.js';
import { measurePush } from './push.js';
import { renderResults } from './render.js';
import { resultsText, type Results } from './results.js';
import { measureSampler } from './sampler.js';

const USAGE = `npm run bench -- [--quick] [--only preview|sampler] [--json | --save]

  --quick  a short run, to see that everything runs; its figures mean nothing
  --only   measures this part alone; the other figures are those of the last run that was saved
  --json   print the results as JSON (npm run --silent bench -- --json)
  --save   write the results to scripts/bench/results.json; npm run readme then renders them into the README
`;

/** A part that can be measured alone; what the others say stays as it was saved. */
type Part = (isQuick: boolean) => Promise<Partial<Results>>;

const PARTS: Readonly<Record<string, Part>> = {
  preview: async (isQuick) => ({ preview: await measurePreview(isQuick, progress) }),
  sampler: async (isQuick) => ({ sampler: await measureSampler(isQuick ? quickEffort : fullEffort, progress) }),
};

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const options = { quick: flag, json: flag, save: flag, help: flag, only: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(USAGE);
  if (values.save && values.quick) throw new Error('--save keeps a full run only');
  const results =
    values.only === undefined ? await measure(values.quick) : await measurePart(values.only, values.quick);
  progress('');
  if (values.save) await writeFile(benchFile('results.json'), resultsText(results));
  process.stdout.write(values.json ? resultsText(results) : `${renderResults(results)}\n`);
}

async function measurePart(name: string, isQuick: boolean): Promise<Results> {
  const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (part === undefined) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}, not ${name}`);
  const saved = JSON.parse(await readFile(benchFile('results.json'), 'utf8')) as Results;
  return { ...saved, isQuick, ...(await part(isQuick)) };
}

async function measure(isQuick: boolean): Promise<Results> {
  progress('setting up');
  await preparePeers();
  const effort = isQuick ? quickEffort : fullEffort;
  const { sides, rows } = await measureDirect(effort, progress);
  return {
    node: process.version,
    cores: availableParallelism(),
    date: new Date().toISOString().slice(0, 10),
    isQuick,
    sides,
    direct: rows,
    client: await measureClient(isQuick, progress),
    push: await measurePush(isQuick, progress),
    preview: await measurePreview(isQuick, progress),
    sampler: await measureSampler(effort, progress),
  };
}

/** The step that is under way, on one line of a terminal; the empty step clears it. */
function progress(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${step}`);
}

await main();
