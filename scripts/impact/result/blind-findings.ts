/** What a reviewer is told where contexts cannot tell whom a change moves. */
import { codeSpan, listed, word } from '../../change/words.js';
import type { Finding } from '../../control/finding.js';
import type { Subject } from '../replay/subjects.js';
import type { BlindSpot, BlindSpots } from './blind-spots.js';

/** Flags, and attributes of a flag, that a finding names. */
const MAX_NAMED = 3;

/** Those of the subjects of which contexts cannot tell something, by environment and flag. */
export function blindSubjects(
  subjects: readonly Subject[],
  spots: BlindSpots,
): ReadonlyMap<string, ReadonlyMap<string, readonly BlindSpot[]>> {
  const blind = new Map<string, Map<string, readonly BlindSpot[]>>();
  for (const { key, environment } of subjects) {
    const found = spots.of(key, environment);
    if (found.length === 0) continue;
    const flags = blind.get(environment) ?? new Map<string, readonly BlindSpot[]>();
    blind.set(environment, flags.set(key, found));
  }
  return blind;
}

/** One finding an environment. */
export function blindFindings(
  blind: ReadonlyMap<string, ReadonlyMap<string, readonly BlindSpot[]>>,
): readonly Finding[] {
  return [...blind].map(([environment, flags]) => {
    const whom = [...flags].map(([key, spots]) => `${word(key)} (${listed(spots.map(spotWords), MAX_NAMED)})`);
    return {
      code: 'preview-cannot-tell',
      severity: 'warning',
      environment,
      message: `The contexts cannot tell whom the change moves in ${word(environment)}, so up to everybody counts: ${listed(whom, MAX_NAMED)}.`,
      fix: 'Give contexts that have these attributes as applications send them.',
    };
  });
}

function spotWords({ path, why }: BlindSpot): string {
  return why === 'absent'
    ? `none has ${codeSpan(path)} as its rules read it`
    : `${codeSpan(path)} is hashed or made up`;
}
