/** A job, compiled: what one thread needs to replay contexts. */
import type { EvaluationContext, Predicate } from '../../../provider/engine/index.js';
import { smallRuleset, type PlainDocuments } from './closure.js';
import { jobEnvironments, type Job } from './job.js';
import { compareOutcomes, type ComparedOutcomes } from './outcomes.js';
import { sharedMakers } from './shared-makers.js';
import type { TallyShape } from './tally.js';
import { watchedFlag, type WatchedFlag, type WatchedRule } from './watched-rules.js';

/** A flag in an environment, compiled on both sides. */
export interface PreparedSubject extends ComparedOutcomes, WatchedFlag {
  readonly environment: number;
  /** The first of its cells: one for each pair of what is served before and after, row by row of before. */
  readonly firstCell: number;
  /** The first of its rules among all. */
  readonly firstRule: number;
}

/**
 * Pairs of results before and after that are counted: 24 MB, which each batch has under way. Fifty thousand flags of two
 * variants in three environments have six hundred thousand; one flag of a hundred has ten thousand in each.
 */
export const MAX_CELLS = 1_000_000;

type Reader = (context: EvaluationContext) => unknown;

/** All of a job. */
export interface Prepared {
  readonly shape: TallyShape;
  readonly subjects: readonly PreparedSubject[];
  readonly rules: readonly WatchedRule[];
  readonly segments: readonly Predicate[];
  readonly by: readonly Reader[];
  readonly attributes: readonly Reader[];
}

/** Compiles a job: on any thread to the same, numbers included. */
export function prepare(job: Job): Prepared {
  const makers = sharedMakers();
  const [before, after] = [smallRuleset(job.before, makers), smallRuleset(job.after, makers)];
  const environments = jobEnvironments(job);
  const subjects: PreparedSubject[] = [];
  const rules: WatchedRule[] = [];
  let cells = 0;
  for (const { key, environment } of job.subjects) {
    const [old, now] = [
      has(job.before, environment) ? before.plan(environment, key) : undefined,
      has(job.after, environment) ? after.plan(environment, key) : undefined,
    ];
    const outcomes = compareOutcomes(old, now);
    const watched = watchedFlag(after, { key, environment }, now);
    const numbers = { environment: environments.indexOf(environment), firstCell: cells, firstRule: rules.length };
    subjects.push({ ...outcomes, ...watched, ...numbers });
    rules.push(...watched.rules);
    cells += outcomes.before.served.length * outcomes.after.served.length;
  }
  // Who is in a segment is the same in every environment.
  const anywhere = job.after.environments[0] as string;
  return {
    shape: {
      cells,
      environments: environments.length,
      segments: job.segments.length,
      by: job.by.length,
      rules: rules.length,
      attributes: job.attributes.length,
    },
    subjects,
    rules,
    segments: job.segments.map((segment) => after.predicate(anywhere, { segment })),
    by: job.by.map(makers.read),
    attributes: job.attributes.map(makers.read),
  };
}

function has({ environments }: PlainDocuments, environment: string): boolean {
  return environments.includes(environment);
}
