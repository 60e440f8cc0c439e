/** The evidence record of a commit: what was known of it when it reached the main branch. */
import { createHash } from 'node:crypto';
import type { RiskTier } from '../../provider/engine/index.js';
import { spellInvisible } from '../../provider/repository/index.js';
import type { PullRequest } from '../approval/pull-request.js';
import { canonical } from '../../provider/engine/index.js';
import type { Finding } from '../control/finding.js';
import validateRecord from './record.generated.js';

/** Where records lie: notes of the commits that they are about. */
export const EVIDENCE_REF = 'refs/notes/guidon-evidence';

/** An owner with the members that the host named. */
interface RecordedOwner {
  readonly handle: string;
  readonly members: readonly string[] | null;
}

/** Owners of whom one must be among those who approve. */
export interface RecordedOwners {
  readonly owners: readonly RecordedOwner[];
  readonly files: readonly string[];
  readonly why: string;
}

/** What `flagctl check` said after the merge. */
export interface RecordedVerdict {
  readonly outcome: 'passes' | 'refused';
  readonly tier: RiskTier;
  readonly tierReasons: readonly string[];
  readonly isReducing: boolean;
  readonly notReducingBecause: readonly string[];
  readonly reason: string | null;
  readonly needed: number | null;
  readonly approvers: readonly string[];
  readonly findings: readonly Finding[];
}

/** A review that is owed. */
export interface RecordedDebt {
  /** Line-ups of owners of whom one each owes it. */
  readonly owners: readonly (readonly string[])[];
  /** A duration of the policy. */
  readonly within: string | null;
}

/** A stretch of the main branch that came at once: one commit, or all those of a pull request that was rebased. */
export interface ChangeRange {
  /** Null of the first commit of all. */
  readonly base: string | null;
  readonly result: string;
  /** Which of its commits it is, from 1. */
  readonly part: number;
  readonly parts: number;
}

/** A record before it has its place in the chain. */
export interface EvidenceBody {
  readonly version: 1;
  readonly tool: string;
  /** RFC 3339, by the clock of the job. */
  readonly recordedAt: string;
  readonly branch: string;
  readonly commit: string;
  readonly parent: string | null;
  readonly tree: string;
  readonly change: ChangeRange;
  readonly pullRequest: PullRequest | null;
  /** When earlier commits were merged, by the host's clock: what holds of stages were judged by. */
  readonly mergeTimes: Readonly<Record<string, string | null>>;
  readonly control: {
    readonly policy: string | null;
    readonly codeowners: readonly { readonly path: string; readonly blob: string }[];
  };
  readonly owners: readonly RecordedOwners[];
  readonly verdict: RecordedVerdict | null;
  readonly debt: RecordedDebt | null;
  /** Figures of its preview, see `impact.ts`; left out where there was none. */
  readonly impact?: Readonly<Record<string, number>>;
}

/** A record as it is stored: `schema/check/evidence.schema.json`. */
export interface EvidenceRecord extends EvidenceBody {
  /** The digest of the record written before; null of the first. */
  readonly previous: string | null;
  readonly digest: string;
}

/** A pull request with its longest description and ten thousand commits stays below. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** Longer values are of no use to a reader. */
const MAX_FAULT_LENGTH = 300;

/** Gives a record its place behind another one. */
export function sealed(body: EvidenceBody, previous: string | null): EvidenceRecord {
  const record = { ...body, previous };
  return { ...record, digest: digestOf(record) };
}

/** SHA-256 of a record's canonical JSON without its digest, in hexadecimal. */
export function digestOf(
  record: EvidenceBody & { readonly previous: string | null; readonly digest?: string },
): string {
  const { digest: _, ...rest } = record;
  return createHash('sha256').update(canonical(rest)).digest('hex');
}

/** The text of the note. */
export function recordText(record: EvidenceRecord): string {
  return `${canonical(record)}\n`;
}

/** Reads a note; gives the record or, as a text, why it is none. Whether its digest is right is another question. */
export function parseRecord(bytes: Uint8Array | undefined): EvidenceRecord | string {
  if (bytes === undefined) return `it has more than ${MAX_RECORD_BYTES} bytes`;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'it is no JSON';
  }
  const validate = validateRecord as ((value: unknown) => boolean) & {
    errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
  };
  if (validate(value)) return value as EvidenceRecord;
  // Of the ways to be right that a schema offers, the one that went furthest tells what is wrong.
  const [error] = (validate.errors ?? []).toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  const place = spellInvisible((error?.instancePath ?? '').slice(0, MAX_FAULT_LENGTH));
  return `it is not as schema/check/evidence.schema.json describes: ${place || 'it'} ${error?.message ?? 'is wrong'}`;
}
