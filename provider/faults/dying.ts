/** A process that is killed at each step of writing a kept file. */
import { startSevered } from './scenes.js';
import type { Stage } from './stage.js';

/** To make a file, to write, sync and close it: before that nothing can be in place. */
const FEWEST_STEPS = 4;
/** Those after it is in place, which make its name durable and remove what is old. */
const LATE_STEPS = 4;

/** Has a process kill itself before the `step`-th operation from the first that writes a kept file on. */
const dyingAt = (step: number): string => `
  const { constants, promises } = require('node:fs');
  let left = ${step};
  let isWriting = false;
  const step = () => { if (isWriting && --left === 0) process.kill(process.pid, 'SIGKILL'); };
  const isKept = (path) => String(path).includes('.lkg');
  for (const name of ['open', 'rename', 'unlink']) {
    const original = promises[name];
    promises[name] = async (path, ...rest) => {
      if (!isKept(path)) return original(path, ...rest);
      if (name === 'open' && rest[0] & constants.O_CREAT) isWriting = true;
      step();
      const result = await original(path, ...rest);
      if (name !== 'open') return result;
      for (const method of ['writeFile', 'sync', 'close']) {
        const inner = result[method].bind(result);
        result[method] = (...args) => { step(); return inner(...args); };
      }
      return result;
    };
  }
  require('node:module').syncBuiltinESMExports();
`;

/** Kills one process after the other, each a step later, and judges what the next start serves. */
export async function killAtEachStep(stage: Stage): Promise<void> {
  await stage.publish('0');
  await stage.keep();
  let kept = '0';
  let inPlace = 0;
  for (let step = 1; inPlace < LATE_STEPS; step++) {
    await stage.publish(String(step));
    const child = await stage.startChild({}, { prelude: dyingAt(step) });
    await child.refresh();
    await child.persisted();
    if (!child.isKilled) throw new Error(`there are only ${step - 1} steps`);
    await stage.sever();
    const application = await stage.start();
    const { details } = await application.look();
    await application.close();
    await stage.mend();
    if (![kept, String(step)].includes(details.value)) throw new Error(`after step ${step}: ${details.value}`);
    if (details.value !== kept) inPlace++;
    if (inPlace > 0 && details.value === kept) throw new Error(`step ${step} came too late to lose it`);
    if (inPlace === 1 && step <= FEWEST_STEPS) throw new Error(`it was in place after ${step} steps`);
    kept = details.value;
  }
  await stage.publish('second');
  await stage.keep();
  await startSevered(stage);
}
