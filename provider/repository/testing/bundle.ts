/** Our modules for processes beside the tests' own. */
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';

const execute = promisify(execFile);

/** A module of ours as a single file that node runs. */
export class Bundle {
  private constructor(private readonly file: string) {}

  /** Bundles a TypeScript module, with all that it imports, into the folder `outDir`. */
  static async of(entry: string, outDir: string): Promise<Bundle> {
    const rolldownOptions = { output: { entryFileNames: 'bundle.mjs' } };
    const options = { outDir, ssr: entry, target: 'node20', rolldownOptions };
    await build({ logLevel: 'silent', configFile: false, ssr: { noExternal: true }, build: options });
    return new Bundle(join(outDir, 'bundle.mjs'));
  }

  /** Runs the body of an async function of `module` and `args` (JSON) in a new process; gives what it prints. */
  async run(body: string, ...args: readonly unknown[]): Promise<string> {
    return (await execute(process.execPath, this.arguments(body, args))).stdout;
  }

  /** Like {@link run}, but gives the process. */
  start(body: string, ...args: readonly unknown[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, this.arguments(body, args));
  }

  /** The command that {@link start} runs. */
  commandLine(body: string, ...args: readonly unknown[]): readonly string[] {
    return [process.execPath, ...this.arguments(body, args)];
  }

  private arguments(body: string, args: readonly unknown[]): string[] {
    const script = `import(process.argv[1]).then(async (module) => {
      const args = JSON.parse(process.argv[2]);
      ${body}
    })`;
    return ['-e', script, this.file, JSON.stringify(args)];
  }
}
