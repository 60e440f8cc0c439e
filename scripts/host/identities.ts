/** Accounts of the addresses that commits name in their messages. */
import type { PullRequestCommit } from '../approval/pull-request.js';
import { coAuthorAddresses, MAX_ADDRESSES } from './co-authors.js';
import { mapInTurn } from './in-turn.js';
import type { Reading } from './reading.js';

/** The account of an address; null: none; undefined: not known, and a gap says so. */
export type Identify = (address: string) => Promise<string | null | undefined>;

function knownFrom(commits: readonly PullRequestCommit[]): ReadonlyMap<string, string> {
  const signatures = commits.flatMap(({ author, committer }) => [author, committer]);
  return new Map(
    signatures.flatMap(({ email, login }) => (login === null ? [] : [[email.toLowerCase(), login] as const])),
  );
}

/** Maps the co-authors' addresses, in lower case, to accounts: by the commits' own mapping, else by asking. */
export async function readIdentities(
  commits: readonly PullRequestCommit[],
  identify: Identify,
  reading: Reading,
): Promise<Readonly<Record<string, string | null>>> {
  const addresses = coAuthorAddresses(commits.map(({ message }) => message));
  if (addresses.length > MAX_ADDRESSES) {
    reading.miss(`${addresses.length} co-authors are named, of whom only ${MAX_ADDRESSES} were looked up`);
  }
  const known = knownFrom(commits);
  const asked = addresses.slice(0, MAX_ADDRESSES);
  const found = await mapInTurn(asked, async (address) => {
    const login = known.get(address) ?? (await identify(address));
    return login === undefined ? [] : [[address, login] as const];
  });
  // From entries: an address that is named like a member of every object stays an ordinary key.
  return Object.fromEntries(found.flat());
}
