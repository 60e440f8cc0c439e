/** The evaluation context of a command line. */
import type { EvaluationContext } from '../provider/engine/index.js';
import { UsageError, type CommandInput } from './command.js';
import { readJson } from './json-argument.js';

/** An application's context is a few hundred bytes; as deep as a flag file may be, for a condition can't ask for more. */
const CONTEXT = { what: 'the context', maxBytes: 1024 * 1024, maxDepth: 32 };

/** Reads `--context`; empty where it is left out. @throws UsageError for what is no JSON object, with the place */
export async function readContext(input: CommandInput): Promise<EvaluationContext> {
  const argument = input.options.text('context');
  if (argument === undefined) return {};
  const context = await readJson(argument, CONTEXT, input);
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    throw new UsageError(`the context must be a JSON object such as {"targetingKey": "u-1"}, not ${kindOf(context)}`);
  }
  return context as EvaluationContext;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
