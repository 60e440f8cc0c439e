/** Git's output while it comes, cut at its NUL bytes: for histories, which would not fit into memory as a whole. */
import { localEnvironment } from './environment.js';
import { ProcessGroup } from './process-group.js';
import { collect, type GitLimits, interruption, MAX_STDERR_BYTES, start, unstartable, watchLimits } from './process.js';
import { shown } from './redact.js';
import { SyncError } from '../sync-error.js';

/** One run of git whose output is read while it runs. */
export interface GitStreamRun extends GitLimits {
  /** Absolute. */
  readonly gitDir: string;
  /** The subcommand first. */
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

/** Far above any commit message or path; a longer one would have to be held in memory. */
const MAX_FIELD_BYTES = 16 * 1024 * 1024;

/** A git process from its start to the end of its whole group. */
class StreamedProcess {
  readonly #operation: string;
  readonly #child: ReturnType<typeof start>;
  readonly #group: ProcessGroup;
  readonly #stderr: readonly Buffer[];
  readonly #closed: Promise<number>;

  constructor(run: GitStreamRun) {
    this.#operation = `git ${run.args[0]}`;
    this.#child = start({ ...run, environment: localEnvironment(run.gitDir) });
    this.#group = new ProcessGroup(this.#child, run.isBackground);
    this.#child.on('error', (error) => this.#group.fail(unstartable(error)));
    this.#stderr = collect(this.#child.stderr, MAX_STDERR_BYTES, () => undefined);
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdin?.end();
    const unwatch = watchLimits(run, this.#operation, (reason) => this.#group.fail(reason));
    this.#closed = new Promise((resolve) => {
      this.#child.on('close', (exitCode) => {
        unwatch();
        resolve(exitCode ?? -1);
      });
    });
  }

  /** What it prints, as fast as it is taken. */
  get output(): AsyncIterable<Buffer> {
    return this.#child.stdout as AsyncIterable<Buffer>;
  }

  /** Waits for its end. @throws SyncError unless git is content: it may leave out what it can't read, and only say so */
  async finish(): Promise<void> {
    const exitCode = await this.#closed;
    const failure = this.#group.close();
    if (failure !== undefined) throw failure;
    const words = Buffer.concat(this.#stderr).toString();
    if (exitCode === 0 && words === '') return;
    throw new SyncError(`${this.#operation} failed: ${shown(words) || `exit code ${exitCode}`}`, 'later');
  }

  /** Ends it, if it has not ended, for a reader who wants no more. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#group.fail(new SyncError(`${this.#operation} was not needed any more`, 'later'));
    }
    this.#child.stdout?.destroy();
    await this.#closed;
    this.#group.close();
  }
}

/** Cuts chunks into fields. */
class FieldCutter {
  #parts: Buffer[] = [];
  #length = 0;

  /** The fields that end in this chunk. @throws SyncError where one is too long */
  cut(chunk: Buffer): readonly Buffer[] {
    const fields: Buffer[] = [];
    let begin = 0;
    for (let end; (end = chunk.indexOf(0, begin)) !== -1; begin = end + 1) {
      const last = chunk.subarray(begin, end);
      fields.push(this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]));
      this.#parts = [];
      this.#length = 0;
    }
    if (begin === chunk.length) return fields;
    this.#parts.push(chunk.subarray(begin));
    this.#length += chunk.length - begin;
    if (this.#length <= MAX_FIELD_BYTES) return fields;
    throw new SyncError(`git printed a message or a path of more than ${MAX_FIELD_BYTES} bytes`, 'later');
  }

  /** Whether the output stopped within a field. */
  get isOpen(): boolean {
    return this.#length > 0;
  }
}

/**
 * The fields of git's output, each without the NUL that ends it, in batches as they come. Git ends with the iteration.
 * @throws SyncError when git fails, complains, takes too long, or stops within a field
 */
export async function* streamFields(run: GitStreamRun): AsyncGenerator<readonly Buffer[]> {
  if (run.signal?.aborted) throw interruption(`git ${run.args[0]}`, run.signal);
  const child = new StreamedProcess(run);
  const cutter = new FieldCutter();
  try {
    for await (const chunk of child.output) yield cutter.cut(chunk);
    await child.finish();
    if (cutter.isOpen) throw new SyncError(`git ${run.args[0]} stopped in the middle`, 'later');
  } finally {
    await child.stop();
  }
}
