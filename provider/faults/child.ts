/** An application in a process of its own, asked over its standard input and output: one line of JSON each way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GuidonProviderOptions } from '../index.js';
import type { Bundle } from '../repository/testing/bundle.js';
import type { EventName, Sight, WatchedApplication } from './application.js';

/** What a child's bundle is made of. */
export const CHILD_ENTRY = join(import.meta.dirname, 'application.ts');

type Question = 'started' | 'look' | 'refresh' | 'heard' | 'persisted' | 'close';

/** What runs in the child, where `module` is its bundle. */
const BODY = `
  const [options] = args;
  const application = new module.LocalApplication(options);
  const lines = require('node:readline').createInterface({ input: process.stdin });
  lines.on('line', async (line) => {
    const { id, question, rest } = JSON.parse(line);
    const answer = question === 'started' ? await application.started : await application[question](...rest);
    process.stdout.write(JSON.stringify({ id, answer }) + '\\n');
    if (question === 'close') process.exit();
  });
`;

/** How a child is started. */
export interface ChildOptions {
  /** A program, with its options, that runs the child. */
  readonly under?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The user that it runs as. */
  readonly uid?: number;
  /** Runs in the child before anything else. */
  readonly prelude?: string;
}

/** The parent's end of one. */
export class ChildApplication implements WatchedApplication {
  readonly started: Promise<void>;
  readonly process: ChildProcess;
  readonly #ended: Promise<undefined>;
  #questions = 0;
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  readonly #errors: string[] = [];

  constructor(bundle: Bundle, options: GuidonProviderOptions, how: ChildOptions = {}) {
    const { under = [], environment = {}, uid, prelude = '' } = how;
    const [command = '', ...args] = [...under, ...bundle.commandLine(prelude + BODY, options)];
    const env = { ...process.env, ...environment };
    this.process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env, ...(uid !== undefined && { uid }) });
    this.#ended = once(this.process, 'exit').then(() => undefined);
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => this.#errors.push(text));
    this.process.stdin?.on('error', () => undefined);
    if (this.process.stdout !== null) {
      createInterface({ input: this.process.stdout }).on('line', (line) => this.#answer(line));
    }
    this.started = this.#ask('started') as Promise<void>;
  }

  look(): Promise<Sight> {
    return this.#ask('look') as Promise<Sight>;
  }

  refresh(): Promise<Sight> {
    return this.#ask('refresh') as Promise<Sight>;
  }

  async heard(event: EventName, times = 1): Promise<void> {
    await this.#ask('heard', event, times);
  }

  async persisted(): Promise<void> {
    await this.#ask('persisted');
  }

  close(): Promise<Sight> {
    return this.#ask('close') as Promise<Sight>;
  }

  /** Whether it was killed, by whomever. */
  get isKilled(): boolean {
    return this.process.signalCode === 'SIGKILL';
  }

  /** Ends the process at once, as the system would; resolves when it is gone. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#ended;
  }

  async #ask(question: Question, ...rest: readonly unknown[]): Promise<unknown> {
    const id = this.#questions++;
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.process.stdin?.write(`${JSON.stringify({ id, question, rest })}\n`);
    const outcome = await Promise.race([answered.then((answer) => ({ answer })), this.#ended]);
    if (outcome !== undefined) return outcome.answer;
    if (this.process.signalCode === 'SIGKILL') return undefined;
    throw new Error(`the application ended: ${this.#errors.join('')}`);
  }

  #answer(line: string): void {
    const { id, answer } = JSON.parse(line) as { id: number; answer: unknown };
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
