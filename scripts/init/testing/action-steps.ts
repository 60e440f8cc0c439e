/** A composite action of this project run as a runner would: its own `run` lines, in bash, with the variables of an event. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

const actions = join(import.meta.dirname, '../../../.github/actions');

/** One step of an action. */
export interface ActionStep {
  readonly id?: string;
  readonly if?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The contents of an `action.yml`. */
export interface ActionDocument {
  readonly outputs?: Readonly<Record<string, { readonly value: string }>>;
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly ActionStep[] };
}

/** How a step ended. */
export interface StepEnding {
  readonly exitCode: number;
  /** Both outputs. */
  readonly output: string;
}

/** The path of an action's document, or of another file beside it. */
export const actionPath = (...parts: readonly string[]): string => join(actions, ...parts);

/** Reads an action's document. */
export async function readAction(name: string): Promise<ActionDocument> {
  return parse(await readFile(actionPath(name, 'action.yml'), 'utf8')) as ActionDocument;
}

/** How several steps ended: `outputs` of those that ran, as expressions name them: `steps.judge.outputs.workspace`. */
export interface StepsEnding extends StepEnding {
  /** The names of the steps that were run, in order. */
  readonly ran: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
}

type Variables = Readonly<Record<string, string>>;

/** A copy of the actions in a package of its own, whose flagctl is a program of the test. */
export class ActionCopy {
  private constructor(private readonly folder: string) {}

  /** @param flagctl the text of `dist/scripts/flagctl.js`, as a CommonJS program; left out: the one that is built */
  static async create(folder: string, flagctl?: string): Promise<ActionCopy> {
    await cp(actions, join(folder, '.github/actions'), { recursive: true });
    await mkdir(join(folder, 'dist/scripts'), { recursive: true });
    const program = join(folder, 'dist/scripts/flagctl.js');
    if (flagctl === undefined) await symlink(join(actions, '../../dist/scripts/flagctl.js'), program);
    else await writeFile(program, flagctl);
    return new ActionCopy(folder);
  }

  /** Runs the steps of an action from that name to its last, as long as they end well, and where their conditions hold. */
  async runFrom(action: string, stepName: string, expressions: Variables, runner: Variables): Promise<StepsEnding> {
    const { runs } = await readAction(action);
    const first = runs.steps.findIndex(({ name }) => name === stepName);
    const ran: string[] = [];
    let known: Variables = expressions;
    let [exitCode, output] = [0, ''];
    for (const { id = '', if: condition, name = '' } of runs.steps.slice(first)) {
      if (exitCode !== 0 || !holds(condition, known)) continue;
      const written = join(this.folder, `output-of-${ran.length}`);
      await writeFile(written, '');
      const ending = await this.run(action, name, known, { ...runner, GITHUB_OUTPUT: written });
      const lines = (await readFile(written, 'utf8')).split('\n').filter(Boolean);
      const pairs = lines.map((line) => line.split('=', 2) as [string, string]);
      known = { ...known, ...Object.fromEntries(pairs.map(([key, value]) => [`steps.${id}.outputs.${key}`, value])) };
      ran.push(name);
      exitCode = ending.exitCode;
      output += ending.output;
    }
    return { exitCode, output, ran, outputs: known };
  }

  /**
   * Runs the step of that name. Its `env` is what the action has, with expressions as the test says they come out.
   * @throws Error for an expression that the test says nothing about
   */
  async run(action: string, stepName: string, expressions: Variables, runner: Variables): Promise<StepEnding> {
    const { runs } = await readAction(action);
    const step = runs.steps.find(({ name }) => name === stepName);
    if (step?.run === undefined || step.shell !== 'bash') throw new Error(`${action} runs no bash in ${stepName}`);
    const values = Object.entries(step.env ?? {}).map(([name, text]) => [name, valueOf(text, expressions)] as const);
    const script = join(this.folder, 'step.sh');
    // In the order in which a log has them.
    await writeFile(script, `exec 2>&1\n${step.run}`);
    const env = {
      PATH: process.env['PATH'],
      HOME: this.folder,
      ...runner,
      GITHUB_ACTION_PATH: join(this.folder, '.github/actions', action),
      RUNNER_TEMP: this.folder,
      ...Object.fromEntries(values),
    };
    return new Promise((resolve) => {
      // As the runner calls a step whose shell is `bash`.
      const words = ['--noprofile', '--norc', '-e', '-o', 'pipefail', script];
      execFile('bash', words, { env, cwd: this.folder }, (error, stdout, stderr) => {
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: stdout + stderr });
      });
    });
  }
}

/** Of the conditions that the actions have: comparisons with nothing, and that the run goes on. */
function holds(text: string | undefined, expressions: Variables): boolean {
  if (text === undefined) return true;
  return expressionOf(text)
    .split(' && ')
    .every((part) => {
      if (part === '!cancelled()') return true;
      const [, name] = /^(\S+) != ''$/.exec(part) ?? [];
      if (name === undefined) throw new Error(`the test does not understand ${part}`);
      return (expressions[name] ?? '') !== '';
    });
}

function expressionOf(text: string): string {
  const [, expression] = /^\$\{\{ (.*) \}\}$/.exec(text) ?? [];
  if (expression === undefined) throw new Error(`${text} is more than one expression`);
  return expression;
}

/** What an expression of operands comes to. @throws Error where the test gives no value for it */
export function valueOf(text: string, expressions: Variables): string {
  const expression = expressionOf(text);
  // The first operand of `a || b` that is not empty.
  for (const operand of expression.split(' || ')) {
    const value = expressions[operand];
    if (value !== undefined && value !== '') return value;
  }
  if (!expression.split(' || ').some((operand) => operand in expressions || /^(github\.event|steps)\./.test(operand))) {
    throw new Error(`the test gives no value for ${expression}`);
  }
  return '';
}
