/** What of a change has to be replayed: the flags and environments of which no proof says that nobody is moved. */
import type { FlagDocument, Ruleset } from '../../../provider/engine/index.js';
import type { Direction, FlagChange } from '../../change/change.js';
import { environmentOf } from '../../change/environments.js';

/** A flag in an environment. */
export interface Subject {
  readonly key: string;
  readonly environment: string;
}

/** An environment of a flag of the change, and whether it is proved that nobody gets another value there. */
export interface Standing {
  readonly environment: string;
  readonly isProved: boolean;
}

/** The policies of both sides. */
export interface ComparedRulesets {
  readonly base: Ruleset;
  readonly result: Ruleset;
}

/** The environments of both policies, in the result's order; those that are gone come last. */
export function environmentsOf({ base, result }: ComparedRulesets): readonly string[] {
  return [...new Set([result, base].flatMap(({ documents }) => documents.policy.environments))];
}

/**
 * The environments of a flag of the change: those of its files, and any other in which somebody may get another value,
 * as happens where the default becomes another.
 */
export function standingsOf(
  change: FlagChange,
  rulesets: ComparedRulesets,
  directionOf: (key: string, environment: string) => Direction,
): readonly Standing[] {
  const own = new Set(change.effects.map(({ environment }) => environment));
  return environmentsOf(rulesets).flatMap((environment): Standing[] => {
    const [before, after] = [
      documentIn(rulesets.base, environment, change.before),
      documentIn(rulesets.result, environment, change.after),
    ];
    const isProved =
      before === undefined || after === undefined
        ? isOff(before ?? after, environment)
        : directionOf(change.key, environment) === 'same';
    return isProved && !own.has(environment) ? [] : [{ environment, isProved }];
  });
}

/** A flag's document where its environment is one of the policy; nobody is served from any other. */
function documentIn({ documents }: Ruleset, environment: string, flag: FlagDocument | undefined) {
  return documents.policy.environments.includes(environment) ? flag : undefined;
}

/** Whether everybody gets the default, which is what a flag that is not there counts as. */
function isOff(flag: FlagDocument | undefined, environment: string): boolean {
  return environmentOf(flag, environment)?.enabled !== true;
}
