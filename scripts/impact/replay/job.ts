/** What a replay counts, as plain data: whoever has it can do a part of the work, on whichever thread. */
import type { ReadOptions } from '../../contexts/contexts.js';
import type { PlainDocuments } from './closure.js';
import type { Subject } from './subjects.js';

/** A replay's work but for the contexts. Can be sent to a worker. */
export interface Job {
  readonly before: PlainDocuments;
  readonly after: PlainDocuments;
  /** By environment: those of one are next to each other. */
  readonly subjects: readonly Subject[];
  /** Of the result: users are broken down by them. */
  readonly segments: readonly string[];
  /** Attribute paths to break users down by. */
  readonly by: readonly string[];
  /** Attribute paths whose values' kinds are counted. */
  readonly attributes: readonly string[];
  readonly reading: ReadOptions;
}

/** The environments of a job's subjects, each once, in their order. */
export function jobEnvironments({ subjects }: Pick<Job, 'subjects'>): readonly string[] {
  return [...new Set(subjects.map(({ environment }) => environment))];
}
