/** `npm run bench`: direct evaluation against other SDKs, the way through OpenFeature's client, and from push to value. */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { measureClient } from './client.js';
import { measureDirect } from './direct.js';
import { fullEffort, quickEffort } from './measure.js';
import { benchFile, preparePeers } from './prepare.js';
import { measurePush } from './push.js';
import { renderResults } from './render.js';
import { resultsText, type Results } from './results.js';

const USAGE = `npm run bench -- [--quick] [--json | --save]

  --quick  a short run, to see that everything runs; its figures mean nothing
  --json   print the results as JSON (npm run --silent bench -- --json)
  --save   write the results to scripts/bench/results.json; npm run readme then renders them into the README
`;

async function main(): Promise<void> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { quick: flag, json: flag, save: flag, help: flag } });
  if (values.help) return void process.stdout.write(USAGE);
  if (values.save && values.quick) throw new Error('--save keeps a full run only');
  progress('setting up');
  await preparePeers();
  const results = await measure(values.quick);
  progress('');
  if (values.save) await writeFile(benchFile('results.json'), resultsText(results));
  process.stdout.write(values.json ? resultsText(results) : `${renderResults(results)}\n`);
}

async function measure(isQuick: boolean): Promise<Results> {
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
  };
}

/** The step that is under way, on one line of a terminal; the empty step clears it. */
function progress(step: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${step}`);
}

await main();
