/** A side in a process of its own, from the outside. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SideAnswer, SideRequests } from './side-protocol.js';

const PROGRAM = fileURLToPath(new URL('./side.js', import.meta.url));

/** The slowest answer is of an SDK that takes 10,000 flags in; a minute would be none. */
const ANSWER_DEADLINE_MS = 60_000;
/** Nothing but a timer or a connection that was left keeps a closed side longer. */
const END_DEADLINE_MS = 5_000;

/** One running side. One request at a time. */
export class SideProcess {
  readonly #child: ChildProcess;

  /** @param file `guidon`, or a file of `peers/` */
  constructor(
    readonly file: string,
    flagCount: number,
  ) {
    this.#child = fork(PROGRAM, [file, String(flagCount)], {
      execArgv: ['--expose-gc'],
      // What an SDK prints must not get into the results.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Asks it. @throws Error with the side's own stack, or when it ends or does not answer in time */
  async ask<Name extends keyof SideRequests>(
    request: Name,
    asks: SideRequests[Name]['asks'],
  ): Promise<SideRequests[Name]['answers']> {
    this.#child.send({ request, ...asks });
    const answer = await this.#nextAnswer(request);
    if ('error' in answer) throw new Error(`${this.file}, asked for ${request}: ${answer.error}`);
    return answer.answer as SideRequests[Name]['answers'];
  }

  /** Closes it. @throws Error when it had tried to connect to anything, or goes on running */
  async close(): Promise<void> {
    const exited = once(this.#child, 'exit', { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) });
    const connections = await this.ask('close', {});
    if (connections.length > 0) throw new Error(`${this.file} is not offline: it wanted ${connections.join(', ')}`);
    const overdue = setTimeout(() => this.#child.kill('SIGKILL'), END_DEADLINE_MS);
    const [code, signal] = (await exited) as [number | null, string | null];
    clearTimeout(overdue);
    if (signal !== null) throw new Error(`${this.file} left something running after it was closed`);
    if (code !== 0) throw new Error(`${this.file} ended with ${code}`);
  }

  /** Ends it at once; for when something has failed. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #nextAnswer(request: string): Promise<SideAnswer> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(ANSWER_DEADLINE_MS)]);
    const ended = once(this.#child, 'exit', { signal }).then(([code]) => {
      throw new Error(`${this.file} ended with ${code} when it was asked for ${request}`);
    });
    const answered = once(this.#child, 'message', { signal }).then(([message]) => message as SideAnswer);
    try {
      return await Promise.race([answered, ended]);
    } catch (cause) {
      throw new Error(`${this.file} gave no answer for ${request}`, { cause });
    } finally {
      stop.abort();
      await Promise.allSettled([answered, ended]);
    }
  }
}
