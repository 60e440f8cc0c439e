/** Reads whole files of contexts, for tests. */
import { parseBatch } from '../parse-batch.js';
import type { ContextFile, ReadOptions } from '../../contexts.js';

/** What a file holds. */
export interface FileContexts {
  readonly contexts: readonly unknown[];
  readonly weights: readonly number[];
  /** As `row: message`. */
  readonly refused: readonly string[];
  readonly progress: readonly number[];
  readonly batches: number;
}

/** Reads and parses all batches of a file. */
export async function readContexts(file: ContextFile | undefined, options: ReadOptions = {}): Promise<FileContexts> {
  if (file === undefined) throw new Error('no file');
  const contexts: unknown[] = [];
  const weights: number[] = [];
  const refused: string[] = [];
  const progress: number[] = [];
  let batches = 0;
  for await (const batch of file.batches((bytes) => progress.push(bytes))) {
    // A worker gets a copy: what can't be copied is no batch.
    const parsed = parseBatch(structuredClone(batch), options);
    contexts.push(...parsed.contexts.map(({ context }) => context));
    weights.push(...parsed.contexts.map(({ weight }) => weight));
    refused.push(...parsed.refused.map(({ row, message }) => `${row}: ${message}`));
    batches += 1;
  }
  return { contexts, weights, refused, progress, batches };
}
