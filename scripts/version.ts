/** The version of the package that runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in the package's `package.json`. */
export function flagctlVersion(): string {
  // One folder up from the sources, two from `dist/`.
  for (const up of ['..', '../..']) {
    const text = readIfThere(join(import.meta.dirname, up, 'package.json'));
    if (text !== undefined) return (JSON.parse(text) as { version: string }).version;
  }
  throw new Error('flagctl lies in no package');
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
