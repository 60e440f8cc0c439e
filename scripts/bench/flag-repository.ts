/** The benchmark's flags as the files of a flag repository, for what begins with files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '@openfeature/server-sdk';
import { stringify } from 'yaml';
import type { BenchFlag } from './flag.js';
import { benchPolicy, flagDocument } from './guidon.js';

/** The files by their paths from the repository's root. */
export function repositoryFiles(flags: readonly BenchFlag[]): Readonly<Record<string, string>> {
  const files = flags.map((flag) => [flagPath(flag.key), yamlOf(flagDocument(flag))]);
  return { 'flags/policy.yaml': yamlOf(benchPolicy), ...Object.fromEntries(files) };
}

function yamlOf(document: object): string {
  return stringify(document, { aliasDuplicateObjects: false });
}

/** Where the flag of a key has its file. */
export function flagPath(key: string): string {
  return `flags/${key.replaceAll('.', '/')}.yaml`;
}

/** The long list is a warning, which is right and not news here; what refuses a file is thrown besides. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** Writes files below a folder. */
export async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
