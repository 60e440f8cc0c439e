/** Coverage: for every file, somebody whose word counts belongs to an owner of it, at base and after the change. */
import type { OwnedFile } from './demand.js';
import { folded, type People } from './people.js';
import { joined } from './wording.js';

/** The files that one line-up of owners answers for. */
export interface OwnerGroup {
  /** Of whom one suffices; empty for files that nobody owns. As written, sorted. */
  readonly owners: readonly string[];
  /** Sorted, each once. */
  readonly files: readonly string[];
  /** Why these owners have a say in the files: `deleted or modified`. */
  readonly why: string;
}

/** What is known of one owner of a group. */
export interface OwnerState {
  readonly handle: string;
  /** `unreadable`: its members are unknown; `powerless`: nobody of them has write access. */
  readonly state: 'able' | 'unreadable' | 'powerless';
}

/** A group and who covers it. */
export interface GroupCoverage extends OwnerGroup {
  /** Logins of those who cover it; empty where nobody does. */
  readonly coveredBy: readonly string[];
  /** Those makers who keep the others from covering it, for they do not belong to an owner. */
  readonly outsiders: readonly string[];
  readonly ownerStates: readonly OwnerState[];
  /** Folded logins of members who may approve this change, sorted. */
  readonly candidates: readonly string[];
}

/** Groups files by their owners on either side; a side on which a file does not exist asks nobody. */
export function ownerGroups(files: readonly OwnedFile[]): readonly OwnerGroup[] {
  const groups = new Map<string, { owners: readonly string[]; files: Set<string>; whys: Set<string> }>();
  for (const { path, why, ownersBefore, ownersAfter } of files) {
    const isNowhere = ownersBefore === undefined && ownersAfter === undefined;
    const sides = isNowhere ? [[]] : [ownersBefore, ownersAfter].filter((side) => side !== undefined);
    for (const side of sides) {
      const owners = [...new Map(side.map((owner) => [folded(owner), owner])).values()].toSorted(byFolded);
      const key = owners.map(folded).join('\n');
      const group = groups.get(key) ?? { owners, files: new Set(), whys: new Set() };
      groups.set(key, group);
      group.files.add(path);
      group.whys.add(why);
    }
  }
  return [...groups]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { owners, files, whys }]) => ({ owners, files: [...files].toSorted(), why: joined([...whys], 'or') }));
}

/** Whose word is asked about coverage. */
export interface CoverageVoices {
  /** Logins of those whose approvals count. */
  readonly approvers: readonly string[];
  /** Logins of those who made the change, where their own membership may cover; else empty. */
  readonly makers: readonly string[];
  /** Whether an approval by somebody would count. */
  readonly canApprove: (login: string) => boolean;
}

/** Who covers each group: any approver; failing these, the makers, if every one of them belongs to an owner. */
export function coverageOf(
  groups: readonly OwnerGroup[],
  { approvers, makers, canApprove }: CoverageVoices,
  people: People,
): readonly GroupCoverage[] {
  return groups.map((group) => {
    const members = membersOfAny(group.owners, people);
    const isMember = (login: string) => members.has(folded(login));
    const covering = approvers.filter(isMember);
    const outsiders = makers.filter(
      (login) => !(isMember(login) && people.canWrite(login) && !people.isBarredBot(login)),
    );
    return {
      ...group,
      coveredBy: covering.length === 0 && outsiders.length === 0 ? makers : covering,
      outsiders,
      ownerStates: group.owners.map((handle) => ({ handle, state: stateOf(handle, people) })),
      candidates: [...members].filter(canApprove).toSorted(),
    };
  });
}

/** Whether somebody belongs to an owner of a group; undefined where an owner's members are unknown. */
export function isOwnerOf(groups: readonly OwnerGroup[], people: People, login: string): boolean | undefined {
  const owners = new Set(groups.flatMap((group) => group.owners));
  if (membersOfAny(owners, people).has(folded(login))) return true;
  return [...owners].some((owner) => people.membersOf(owner) === null) ? undefined : false;
}

function byFolded(one: string, other: string): number {
  return folded(one) < folded(other) ? -1 : 1;
}

function membersOfAny(owners: Iterable<string>, people: People): ReadonlySet<string> {
  return new Set([...owners].flatMap((owner) => [...(people.membersOf(owner) ?? [])]));
}

function stateOf(owner: string, people: People): OwnerState['state'] {
  const members = people.membersOf(owner);
  if (members === null) return 'unreadable';
  return [...members].some((login) => people.canWrite(login)) ? 'able' : 'powerless';
}
