/** Contexts as lines of a file. */
import type { EvaluationContext } from '../../provider/engine/index.js';
import { DEFAULT_WEIGHT } from './reading/read-row.js';

/** A context as one line of JSON, with its weight at the end where it has one; dates become RFC 3339. */
export function rowText(context: EvaluationContext, weight: number | undefined): string {
  return JSON.stringify(weight === undefined ? context : { ...context, [DEFAULT_WEIGHT]: weight });
}
