#!/usr/bin/env node
/** The `flagctl` program: a call in the surroundings of its process, and the only place that sets the exit code. */
import { run } from './run.js';

// A reader such as `head` may leave early; there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
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
