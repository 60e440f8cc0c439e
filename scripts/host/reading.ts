/** What a reading of a pull request gathers on its way: accounts that were met, and gaps. */

/** Accounts and gaps of one reading. */
export class Reading {
  readonly #bots = new Map<string, boolean>();
  readonly #gaps = new Set<string>();

  /** Notes an account; whoever was a bot once stays one. */
  meet(login: string, isBot: boolean): void {
    this.#bots.set(login, isBot || this.#bots.get(login) === true);
  }

  /** Notes what could not be read, in words. */
  miss(gap: string): void {
    this.#gaps.add(gap);
  }

  /** Logins, sorted, since requests that run at once end in any order; and whether each is a bot. */
  get met(): readonly (readonly [login: string, isBot: boolean])[] {
    return [...this.#bots].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Sorted, too. */
  get gaps(): readonly string[] {
    return [...this.#gaps].sort();
  }
}
