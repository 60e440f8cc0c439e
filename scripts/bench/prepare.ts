/** Sets up what the benchmark compares with: the packages of its own package.json, and the adapters in `peers/`. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const execute = promisify(execFile);

/** The folder of the sources, from that of the compiled program; the packages and compiled adapters lie below it. */
const FOLDER = new URL('../../../scripts/bench/', import.meta.url);
const COMPILER = new URL('../../../node_modules/typescript/bin/tsc', import.meta.url);

/** The address of a compiled adapter. */
export function peerModule(file: string): string {
  return new URL(`dist/peers/${file}.js`, FOLDER).href;
}

/** A file of the benchmark's folder, by its name. */
export function benchFile(name: string): URL {
  return new URL(name, FOLDER);
}

/** Installs what the lockfile says, unless that has been done, and compiles the adapters. */
export async function preparePeers(): Promise<void> {
  const lockfile = await readFile(benchFile('package-lock.json'), 'utf8');
  const stamp = benchFile('node_modules/.installed-lock.json');
  if ((await readFile(stamp, 'utf8').catch(() => '')) !== lockfile) {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    await writeFile(stamp, lockfile);
  }
  await run(process.execPath, [fileURLToPath(COMPILER), '-p', 'tsconfig.json']);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  try {
    await execute(program, [...args], { cwd: fileURLToPath(FOLDER) });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause });
  }
}

/** The pinned version of each package that the benchmark compares with. */
export async function peerVersions(): Promise<ReadonlyMap<string, string>> {
  const { dependencies } = JSON.parse(await readFile(benchFile('package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return new Map(Object.entries(dependencies));
}
