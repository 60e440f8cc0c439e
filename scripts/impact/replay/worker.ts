/** The thread of a `WorkerLane`: answers its questions, each as it comes. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job } from './job.js';
import { LaneWork } from './lane.js';
import { buffersOf } from './tally.js';
import type { Answer, Question } from './worker-lane.js';

const work = new LaneWork(workerData as Job);

parentPort?.on('message', (question: Question) => {
  try {
    reply(question);
  } catch (error) {
    parentPort?.postMessage({ error } satisfies Answer, []);
  }
});

function reply(question: Question): void {
  if (question.kind === 'parse') {
    const rows = work.parse(question.number, question.batch);
    const { keys, weights } = rows;
    parentPort?.postMessage({ answer: rows } satisfies Answer, [
      keys.buffer as ArrayBuffer,
      weights.buffer as ArrayBuffer,
    ]);
  } else {
    const tally = work.count(question.number, question.repeats);
    parentPort?.postMessage({ answer: tally } satisfies Answer, buffersOf(tally) as ArrayBuffer[]);
  }
}
