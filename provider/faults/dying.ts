/** A process that is killed at each step of writing a kept file. */
import { startSevered } from './scenes.js';
import type { Stage } from './stage.js';

/** To make a file, write, sync, close and rename it: fewer would say that nothing was killed. */
const FEWEST_STEPS = 5;

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

/** Kills one process after the other, each a step later, until one is through; what the next start serves is judged each time. */
export async function killAtEachStep(stage: Stage): Promise<void> {
  await stage.publish('0');
  await stage.keep();
  let kept = '0';
  for (let step = 1, isKilled = true; isKilled; step++) {
    await stage.publish(String(step));
    const child = await stage.startChild({}, { prelude: dyingAt(step) });
    await child.refresh();
    await child.persisted();
    isKilled = child.isKilled;
    await child.kill();
    await stage.sever();
    const application = await stage.start();
    const { details } = await application.look();
    await application.close();
    await stage.mend();
    const mayServe = isKilled ? [kept, String(step)] : [String(step)];
    if (!mayServe.includes(details.value)) throw new Error(`killed at step ${step}, and then: ${details.value}`);
    kept = details.value;
    if (!isKilled && step < FEWEST_STEPS) throw new Error(`only ${step} steps`);
  }
  await stage.publish('second');
  await stage.keep();
  await startSevered(stage);
}
