/** What a step of a scenario does, and how the one for a line is found. */
import type { Scenario, ScenarioStep } from './scenarios.js';
import type { World } from './world.js';

/** What a step works on: what the scenario has come to, and the rows of the step's table. */
export interface StepScene {
  readonly world: World;
  readonly rows: readonly (readonly string[])[];
}

/** Lines of one form, and what they do; a pattern's groups become the parameters. */
export interface StepDefinition {
  readonly pattern: RegExp;
  readonly run: (scene: StepScene, ...parameters: string[]) => void | Promise<void>;
}

/** Defines a step. The pattern is matched against whole lines, and every group of it must take part. */
export function step(pattern: RegExp, run: StepDefinition['run']): StepDefinition {
  return { pattern: new RegExp(`^(?:${pattern.source})$`, 'u'), run };
}

/** A scenario stopped at a step. */
export class StepFailure extends Error {
  constructor(
    /** The line that could not be carried out. */
    readonly step: string,
    cause: unknown,
  ) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The definitions that a line matches: one, or the table of steps is wrong. */
export function definitionsOf(
  { text }: ScenarioStep,
  definitions: readonly StepDefinition[],
): readonly StepDefinition[] {
  return definitions.filter(({ pattern }) => pattern.test(text));
}

/** Carries out a scenario's steps in order. @throws StepFailure at the first that fails, or is not defined just once */
export async function runScenario(
  { steps }: Scenario,
  definitions: readonly StepDefinition[],
  world: World,
): Promise<void> {
  for (const line of steps) {
    const [definition, another] = definitionsOf(line, definitions);
    if (definition === undefined) throw new StepFailure(line.text, 'no step is defined for it');
    if (another !== undefined) throw new StepFailure(line.text, 'more than one step is defined for it');
    const [, ...parameters] = definition.pattern.exec(line.text) ?? [];
    try {
      await definition.run({ world, rows: line.rows }, ...parameters);
    } catch (error) {
      throw new StepFailure(line.text, error);
    }
  }
}
