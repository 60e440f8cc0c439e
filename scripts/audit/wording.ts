/** What of a change is said in the same words on a terminal and in Markdown. */
import { formatInstant } from '../control/time/instant-text.js';
import { subjectOf } from './message.js';
import { movedWords } from './moved.js';
import type { AuditEntry, AuditTrail, RevertedChange } from './trail.js';
import { counted } from '../report.js';
import { personWords } from './people.js';

const HASH_CHARACTERS = 10;

/** More people in a row help nobody. */
const MAX_NAMES = 10;

/** In characters: a subject is a paragraph that nothing limits. */
const MAX_SUBJECT = 200;

/** The beginning of a hash. */
export function shortHash(id: string): string {
  return id.slice(0, HASH_CHARACTERS);
}

/** When, and how far that can be believed. */
export function whenWords({ moment: { at, until, source } }: AuditEntry): string {
  if (source !== 'neighbours') return formatInstant(new Date(at));
  if (at === 0) return `before ${formatInstant(new Date(until))}`;
  return `between ${formatInstant(new Date(at))} and ${formatInstant(new Date(until))}`;
}

/** The subject of the commit, cut. */
export function titleOf({ commit }: AuditEntry): string {
  const subject = Array.from(subjectOf(commit));
  return subject.length > MAX_SUBJECT ? `${subject.slice(0, MAX_SUBJECT - 1).join('')}…` : subject.join('');
}

/** A label and the words behind it, of all that is known besides the time and the subject; `wordOf` marks what people wrote. */
export function factsOf(
  entry: AuditEntry,
  wordOf: (text: string) => string,
): readonly (readonly [label: string, words: string])[] {
  const { commit, moment, pullRequest, reason, impact, reverts, effect } = entry;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['by', whoWords(entry, wordOf)],
    [
      'dated',
      moment.source === 'neighbours' ? `${commit.committer.date ?? 'not at all'}, which cannot be right` : undefined,
    ],
    ['request', pullRequest && `#${pullRequest.value}${pullRequest.isRecorded ? '' : ', as its message says'}`],
    ['approved', approvalWords(entry, wordOf)],
    ['reason', reason && wordOf(reason.value)],
    ['tier', tierWords(entry)],
    ['moved', movedWords(impact)],
    ['reverts', reverts.length === 0 ? undefined : reverts.map((one) => revertWords(one, wordOf)).join(', ')],
    ['review', reviewWords(entry, wordOf)],
    ['failed', effect.loads ? undefined : 'did not load, nothing of it was served'],
    [
      'served',
      effect.loads || effect.comparedWith === undefined ? undefined : `${shortHash(effect.comparedWith)} went on`,
    ],
  ];
  return facts.flatMap(([label, words]) => (words === undefined ? [] : [[label, words] as const]));
}

function whoWords({ commit, contributors }: AuditEntry, wordOf: (text: string) => string): string {
  const [author, committer] = [personWords(commit.author), personWords(commit.committer)];
  const by = author === committer ? '' : `, committed by ${wordOf(committer)}`;
  const others = contributors.length === 0 ? '' : `, with ${namesWords(contributors, wordOf)}`;
  return `${wordOf(author)}${others}${by}`;
}

function namesWords(names: readonly string[], wordOf: (text: string) => string): string {
  const rest = names.length - MAX_NAMES;
  return `${names.slice(0, MAX_NAMES).map(wordOf).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function approvalWords({ approvers }: AuditEntry, wordOf: (text: string) => string): string | undefined {
  if (approvers.value.length === 0) return approvers.isRecorded ? 'by nobody, by its record' : undefined;
  return `by ${namesWords(approvers.value, wordOf)}${approvers.isRecorded ? '' : ', as its message claims'}`;
}

function tierWords({ tier, effect }: AuditEntry): string {
  const differs = tier.value === effect.tier ? '' : ` by its record (${effect.tier} by today's rules)`;
  const direction = { reducing: ', reducing (proved)', same: ', serves the same', other: '' }[effect.direction];
  return `${tier.value}${differs}${direction}`;
}

function revertWords({ commit, pullRequest, subject }: RevertedChange, wordOf: (text: string) => string): string {
  const number = pullRequest === undefined ? '' : `#${pullRequest}`;
  const name = commit === undefined ? number : `${shortHash(commit)}${number === '' ? '' : ` (${number})`}`;
  return subject === undefined ? `${name}, which is not on this branch` : `${name} ${wordOf(subject)}`;
}

function reviewWords({ review }: AuditEntry, wordOf: (text: string) => string): string | undefined {
  if (review === undefined) return undefined;
  const due = formatInstant(new Date(review.due));
  if (review.state === 'overdue') return `overdue since ${due}`;
  if (review.state === 'owed') return `owed until ${due}`;
  return `given by ${namesWords(review.approvers, wordOf)} in ${shortHash(review.by ?? '')}`;
}

/** How many changes, and of which branch. */
export function countWords({ entries, branch, tip }: AuditTrail): string {
  const count = entries.length === 0 ? 'No change' : counted(entries.length, 'change');
  return `${count} on ${branch}, up to ${shortHash(tip)}.`;
}

/** How many reviews are owed; undefined where none is. */
export function debtWords({ owed, overdue }: AuditTrail): string | undefined {
  if (owed === 0) return undefined;
  const late = overdue === 0 ? '' : overdue === owed ? ' and overdue' : `, ${overdue} of them overdue`;
  return `${counted(owed, 'review')} ${owed === 1 ? 'is' : 'are'} owed${late}: flagctl audit --debts`;
}
