/** One call of `flagctl`: parse, find the command, run it, render its report. */
import type { Readable, Writable } from 'node:stream';
import { SyncError } from '../provider/repository/index.js';
import { Cancelled, UsageError, type CommandInput, type Prompts, type ReportFormat } from './command.js';
import { commands } from './commands/index.js';
import { HostError } from './host/host-error.js';
import { namesIn } from './known-names.js';
import { renderNotices, renderReport, type Screen } from './output.js';
import { progressOn } from './output/progress.js';
import { paint } from './output/screen.js';
import { parseArguments, usageOf, type Invocation } from './program.js';
import { emphasised } from './report.js';
import { suggestionLines } from './suggest.js';
import { openWorkspace } from './workspace.js';

/** A stream that text goes to; `columns` where it is a terminal. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** The process around a call. */
export interface Surroundings {
  /** Absolute: the current folder. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Output;
  readonly errors: Output;
  readonly now: () => Date;
}

/** Exit codes: 0 clean, 1 findings, 2 could not run, 130 given up at a question (128 and SIGINT). */
export type ExitCode = 0 | 1 | 2 | 130;

/** Runs one command line; prints to the surroundings' streams and never throws. */
export async function run(words: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { output, errors, directory } = surroundings;
  if (words[0] === 'complete' && words[1] === '--') {
    output.write(await suggestionLines(words.slice(2), commands, namesIn(directory)));
    return 0;
  }
  const hasColour = { hasColour: screenOf(output, words, surroundings).hasColour };
  const title = (text: string): string => paint(emphasised('strong', text), hasColour);
  const invocation = parseArguments(words, commands, { columns: output.columns, title });
  if (invocation.kind === 'run') return runCommand(invocation, words, surroundings);
  output.write(invocation.output);
  errors.write(invocation.errors);
  return invocation.exitCode;
}

type Call = Extract<Invocation, { kind: 'run' }>;

async function runCommand(call: Call, words: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { output, errors } = surroundings;
  const errorScreen = screenOf(errors, words, surroundings);
  const watcher = progressOn(errors, surroundings.environment);
  try {
    const report = await call.command.run(await inputOf(call, surroundings, watcher.say));
    watcher.clear();
    output.write(renderReport(report, formatOf(call), screenOf(output, words, surroundings)));
    // Last, where a terminal shows both: what was done comes before what is next, and a long result hides no warning.
    errors.write(renderNotices(report, errorScreen));
    return report.outcome === 'clean' ? 0 : 1;
  } catch (error) {
    watcher.clear();
    if (error instanceof Cancelled) return 130;
    errors.write(`${paint(emphasised('bad', 'error:'), errorScreen)} ${explanationOf(error, call)}\n`);
    return 2;
  }
}

function explanationOf(error: unknown, { command }: Call): string {
  const lines = (text: string): string =>
    text
      .split('\n')
      .map((line) => paint(line, { hasColour: false }))
      .join('\n');
  if (error instanceof UsageError) return `${lines(error.message)}\n\n${usageOf(command)}`;
  if (error instanceof SyncError || error instanceof HostError) return lines(error.message);
  return `this is a bug in flagctl; please report it\n${lines(error instanceof Error ? (error.stack ?? error.message) : String(error))}`;
}

function formatOf({ command: { formats = [] }, options }: Call): ReportFormat {
  if (formats.includes('json') && options.isSet('json')) return 'json';
  const format = formats.length > 1 ? options.text('format') : undefined;
  return (format as ReportFormat | undefined) ?? 'text';
}

async function inputOf(
  { options, argument, argumentList, repo, path }: Call,
  surroundings: Surroundings,
  progress: CommandInput['progress'],
): Promise<CommandInput> {
  const { directory, environment, input, now } = surroundings;
  const location = { directory, repository: repo, path };
  return {
    argument,
    argumentList,
    options,
    workspace: () => openWorkspace(location),
    location,
    directory,
    environment,
    now,
    readInput: (maxBytes) => readAll(input, maxBytes),
    progress,
    prompts: await promptsFor(surroundings),
  };
}

/** A CI's log may be a terminal, too, but nobody sits before it. */
async function promptsFor({ input, output, environment }: Surroundings): Promise<Prompts | undefined> {
  if (input.isTTY !== true || output.isTTY !== true || (environment['CI'] ?? '') !== '') return undefined;
  const { promptsOn } = await import('./prompts.js');
  return promptsOn(input, output as Writable & Output);
}

async function readAll(input: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array);
    length += bytes.length;
    if (length > maxBytes) throw new UsageError(`standard input is longer than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError('standard input is not UTF-8');
  }
}

/** Colours as no-color.org has it: NO_COLOR, where it is not empty, forbids them. */
function screenOf(output: Output, words: readonly string[], { environment }: Surroundings): Screen {
  const isForbidden = (environment['NO_COLOR'] ?? '') !== '' || words.includes('--no-color');
  const isTerminal = output.isTTY === true && environment['TERM'] !== 'dumb';
  return { columns: output.isTTY === true ? output.columns : undefined, hasColour: isTerminal && !isForbidden };
}
