/** What of a change is about the flag and the environments that somebody asks for. */
import type { FlagEffect } from './flag-effect.js';
import type { AuditEntry } from './trail.js';

/**
 * An entry with no more than is asked for; undefined where nothing of it is.
 * @param keys undefined: all; @param environments empty: all
 */
export function projected(
  entry: AuditEntry,
  keys: ReadonlySet<string> | undefined,
  environments: readonly string[],
): AuditEntry | undefined {
  const { effect } = entry;
  const own = keys === undefined ? effect.flags : effect.flags.filter((flag) => isOf(flag, keys));
  if (keys !== undefined && own.length === 0) return undefined;
  if (environments.length === 0) return { ...entry, effect: { ...effect, flags: own } };
  const flags = effect.loads ? own.flatMap((flag) => within(flag, environments) ?? []) : own;
  // A revision that does not load, and a policy, are about every environment.
  const isEverywhere = !effect.loads || effect.files.some(({ path }) => /(?:^|\/)policy\.yaml$/.test(path));
  return flags.length === 0 && !(isEverywhere && keys === undefined)
    ? undefined
    : { ...entry, effect: { ...effect, flags } };
}

function isOf({ key, renamed }: FlagEffect, keys: ReadonlySet<string>): boolean {
  return [key, renamed?.from, renamed?.to].some((name) => name !== undefined && keys.has(name));
}

function within(flag: FlagEffect, wanted: readonly string[]): FlagEffect | undefined {
  const environments = flag.environments.filter(({ environment }) => wanted.includes(environment));
  const concerns = environments.some(
    ({ items, words, direction }) =>
      items.length > 0 || words !== '' || direction !== 'same' || flag.everywhere.length > 0,
  );
  return concerns ? { ...flag, environments } : undefined;
}
