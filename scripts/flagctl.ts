#!/usr/bin/env node
/** The `flagctl` program: a call in the surroundings of its process, and the only place that sets the exit code. */
import { run } from './run.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader such as `head` may leave early; there is nobody left to tell.
    if (error.code === 'EPIPE') return;
    // The disk is full, say: half an output must not look like a whole one.
    if (stream === process.stdout) process.stderr.write(`error: can't write the output: ${error.message}\n`);
    process.exit(2);
  });
}

process.exitCode = await run(process.argv.slice(2), {
  directory: process.cwd(),
  environment: process.env,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  now: () => new Date(),
});
