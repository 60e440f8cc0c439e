/** `npm run chaos`: a thousand random kills, or as many as are asked for. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { killAtRandom } from './kills.js';

const DEFAULT_KILLS = 1_000;

const { values } = parseArgs({ options: { kills: { type: 'string', default: String(DEFAULT_KILLS) } } });
const kills = Number(values.kills);
if (!Number.isSafeInteger(kills) || kills < 1) throw new RangeError('--kills takes a number from 1 up');

const { isTTY } = process.stderr;
const progress = (done: number): void => {
  if (isTTY) process.stderr.write(`\r${done} of ${kills} kills`);
};
const { faults, coldStarts, followed } = await killAtRandom({
  victim: fileURLToPath(new URL('victim.js', import.meta.url)),
  kills,
  random: Math.random,
  progress,
});
if (isTTY) process.stderr.write('\r');
console.log(`${kills} kills, ${coldStarts} starts without the remote, ${followed} commits: ${faults.length} faults`);
for (const fault of faults) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
