/** Who made a change, as its commits say. */
import type { CommitPerson, CommitRecord } from '../../provider/repository/index.js';
import { coAuthors } from './message.js';

/** `Ann <ann@example.com>` */
export function personWords({ name, email }: Pick<CommitPerson, 'name' | 'email'>): string {
  return email === '' ? name : `${name} <${email}>`;
}

/** All who made a commit and what it merged, the commit's author first, each once. */
export function makersOf(commit: CommitRecord, merged: readonly CommitRecord[] = []): readonly string[] {
  const makers = [commit, ...merged].flatMap((one) => [personWords(one.author), ...coAuthors(one)]);
  return [...new Map(makers.map((maker) => [maker.toLowerCase(), maker])).values()];
}

/** Whether somebody is among them: a part of the name or the address, in any case. */
export function isMadeBy(who: string, commit: CommitRecord, merged?: readonly CommitRecord[]): boolean {
  const wanted = who.toLowerCase();
  return makersOf(commit, merged).some((maker) => maker.toLowerCase().includes(wanted));
}
