/** A description of a population out of a file. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MAX_FILE_BYTES, parse, place, validateWith, type Problem } from '../../../provider/repository/index.js';
import { UsageError } from '../../command.js';
import { validators } from '../population.generated.js';
import { checkPopulation } from './check-population.js';
import type { PopulationDocument } from './population.js';

/** A population, or all that is wrong with its description. */
export type ReadPopulation =
  | { readonly ok: true; readonly population: PopulationDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a description. @param name relative to `directory` @throws UsageError where there is no such file */
export async function readPopulation(directory: string, name: string): Promise<ReadPopulation> {
  return parsePopulation(name, await bytesOf(resolve(directory, name), name));
}

/** As {@link readPopulation}, of bytes; never throws. */
export function parsePopulation(file: string, bytes: Uint8Array): ReadPopulation {
  const parsed = parse(file, bytes);
  if (!parsed.ok) return parsed;
  const misshapen = validateWith(validators.population, file, parsed.value);
  if (misshapen.length > 0) return { ok: false, problems: place(bytes, misshapen) };
  const population = parsed.value as unknown as PopulationDocument;
  const findings = checkPopulation(population);
  if (findings.length === 0) return { ok: true, population };
  return {
    ok: false,
    problems: place(
      bytes,
      findings.map((finding) => ({ ...finding, file })),
    ),
  };
}

/** One byte more than a file may have: `parse` then says that it is too large. */
async function bytesOf(path: string, name: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
      let length = 0;
      for (let read = 1; read > 0 && length < buffer.length; length += read) {
        read = (await file.read(buffer, length, buffer.length - length, null)).bytesRead;
      }
      return buffer.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new UsageError(`can't read the description ${name}: ${(cause as Error).message}`);
  }
}
