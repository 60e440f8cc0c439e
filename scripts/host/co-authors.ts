/** Addresses in the messages of commits: whoever is named there has a part in the change. */

/** More co-authors than any commit of people has. */
export const MAX_ADDRESSES = 100;

/** The longest address of RFC 5321. */
const MAX_ADDRESS_LENGTH = 254;

const TRAILER = 'co-authored-by';

/** Whether a text is an address that a host may be asked for. */
export function isAddress(text: string): boolean {
  return text.length <= MAX_ADDRESS_LENGTH && /^[^\s@"<>,;:()[\]\\]+@[^\s@"<>,;:()[\]\\]+$/.test(text);
}

function addressesOf(line: string): readonly string[] {
  const parts = line.split(/[\s<>(),;:"'[\]]/).map((part) => part.toLowerCase());
  return parts.filter((part) => part.includes('@') && isAddress(part));
}

/** Addresses of all co-author lines, wherever they stand and however they are written; in lower case, each once. */
export function coAuthorAddresses(messages: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const message of messages) {
    // A line that begins with a space goes on where the one before ended, as git reads trailers.
    for (const line of message.replace(/\r?\n[ \t]+/g, ' ').split(/[\r\n]+/)) {
      if (line.toLowerCase().includes(TRAILER)) for (const address of addressesOf(line)) found.add(address);
    }
  }
  return [...found];
}
