/** A change of a real repository, judged by the rules of permanence. */
import { isolated } from '../../../../provider/repository/index.js';
import type { TestRepository } from '../../../../provider/repository/testing/repository.js';
import { readSides } from '../../../history/side.js';
import type { Finding } from '../../finding.js';
import { keyHistory } from '../key-history.js';
import { permanenceFindings } from '../permanence.js';
import { isRetirement, needsKeyHistory, NO_HISTORY } from '../sides.js';
import { invisibleFindings } from '../visible.js';

/** What the rules say. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly isRetirement: boolean;
  /** What they say without the history, where they claim not to need it. */
  readonly withoutHistory: readonly Finding[] | undefined;
}

/** Judges merging `head` into `base`; both full hashes of what is pushed. */
export async function judge({ remoteDir }: TestRepository, base: string, head: string): Promise<Judgement> {
  const git = { gitDir: remoteDir, name: 'flags' };
  return isolated(git, {}, async (store) => {
    const sides = await readSides(store, base, head, 'flags');
    if (!sides.ok) throw new Error(`conflicts: ${sides.conflicts.join(', ')}`);
    const change = { ...sides, history: await keyHistory(store, base, 'flags') };
    const invisible = await invisibleFindings(store, base, sides.result.revision, 'flags');
    const withoutHistory = needsKeyHistory(sides)
      ? undefined
      : [...permanenceFindings({ ...sides, history: NO_HISTORY }), ...invisible];
    const findings = [...permanenceFindings(change), ...invisible];
    return { findings, isRetirement: isRetirement(change), withoutHistory };
  });
}
