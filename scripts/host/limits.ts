/** How much one reading of a pull request asks for beside its lists. */

/** Accounts whose permission is asked for; a token of GitHub Actions has 1,000 requests an hour. */
export const MAX_ACCOUNTS = 300;

/** Owners whose members are asked for; GitHub itself reads CODEOWNERS of a few thousand lines, a change touches few. */
export const MAX_OWNERS = 100;
