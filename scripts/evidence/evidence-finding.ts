/** A finding about a commit of the main branch. */
import { shortHash } from '../approval/wording.js';
import type { Finding } from '../control/finding.js';

/** What is wrong with a commit, or with what is recorded of it. */
export interface EvidenceFinding extends Finding {
  /** The full hash. */
  readonly commit: string;
}

/** What helps, by the kind of finding; findings of `flagctl check` bring their own. */
const FIXES: ReadonlyMap<string, string> = new Map([
  [
    'evidence-missing',
    'find out how it came to the main branch; flagctl audit record writes what the host knows of it',
  ],
  ['direct-push', 'review it now, or revert it; forbid pushes to the branch (flagctl protection shows the settings)'],
  ['force-pushed', 'find out who rewrote the branch, and what was there: the commit may still be in clones'],
  ['left-main', 'the branch was turned into another line: find out who pushed it, and see what the new line holds'],
  [
    'signature-missing',
    'ask its author for a signed commit; the change itself can be signed off by a revert and a redo',
  ],
]);

const FALLBACK_FIX =
  'find out who wrote to refs/notes/guidon-evidence; what an earlier clone has of it is the witness. ' +
  'Once it is settled, go on with --since';

/** A finding; the message names the commit. */
export function evidenceFinding(code: string, commit: string, what: string, fix?: string): EvidenceFinding {
  const message = `commit ${shortHash(commit)}: ${what}`;
  return { code, severity: 'error', message, fix: fix ?? FIXES.get(code) ?? FALLBACK_FIX, commit };
}
