/** When a commit reached the main branch, by what a host says of the pull requests that it stands in. */

/** The latest of some instants, RFC 3339: whoever gets a commit into another pull request does not make it older. */
export function latestOf(instants: readonly (string | null | undefined)[]): Date | undefined {
  const times = instants.flatMap((instant) => (instant === null || instant === undefined ? [] : [Date.parse(instant)]));
  const known = times.filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : new Date(Math.max(...known));
}
