/** A composite action of this project run as a runner would: its own `run` lines, in bash, with the variables of an event. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

const actions = join(import.meta.dirname, '../../../.github/actions');

/** One step of an action. */
export interface ActionStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The contents of an `action.yml`. */
export interface ActionDocument {
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

/** A copy of the actions in a package of its own, whose flagctl is a program of the test. */
export class ActionCopy {
  private constructor(private readonly folder: string) {}

  /** @param flagctl the text of `dist/scripts/flagctl.js`, as a CommonJS program */
  static async create(folder: string, flagctl: string): Promise<ActionCopy> {
    await cp(actions, join(folder, '.github/actions'), { recursive: true });
    await mkdir(join(folder, 'dist/scripts'), { recursive: true });
    await writeFile(join(folder, 'dist/scripts/flagctl.js'), flagctl);
    return new ActionCopy(folder);
  }

  /**
   * Runs the step of that name. Its `env` is what the action has, with expressions as the test says they come out.
   * @throws Error for an expression that the test says nothing about
   */
  async run(
    action: string,
    stepName: string,
    expressions: Readonly<Record<string, string>>,
    runner: Readonly<Record<string, string>>,
  ): Promise<StepEnding> {
    const { runs } = await readAction(action);
    const step = runs.steps.find(({ name }) => name === stepName);
    if (step?.run === undefined || step.shell !== 'bash') throw new Error(`${action} runs no bash in ${stepName}`);
    const values = Object.entries(step.env ?? {}).map(([name, text]) => [name, valueOf(text, expressions)] as const);
    const script = join(this.folder, 'step.sh');
    await writeFile(script, step.run);
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

function valueOf(text: string, expressions: Readonly<Record<string, string>>): string {
  const [, expression] = /^\$\{\{ (.*) \}\}$/.exec(text) ?? [];
  if (expression === undefined) throw new Error(`${text} is more than one expression`);
  // The first operand of `a || b` that is not empty.
  for (const operand of expression.split(' || ')) {
    const value = expressions[operand];
    if (value !== undefined && value !== '') return value;
  }
  if (!expression.split(' || ').some((operand) => operand in expressions || operand.startsWith('github.event.'))) {
    throw new Error(`the test gives no value for ${expression}`);
  }
  return '';
}
