/** What a repository asks of a new flag before it is written; `load` on the result has the last word. */
import { parseInstant, type Documents } from '../../provider/engine/index.js';
import { namingOf, placeOf } from '../../provider/repository/index.js';

const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };
/** A quarter: long enough for a rollout and the removal of its code, short enough to remember why. */
const USUAL_LIFE_MS = 90 * DAY_MS;

/** The rules of one repository. */
export class RepositoryRules {
  readonly #isKey: (key: string) => boolean;

  constructor(private readonly documents: Documents) {
    this.#isKey = namingOf(documents.policy.naming?.pattern);
  }

  get environments(): readonly string[] {
    return this.documents.policy.environments;
  }

  /** The teams that may own a flag. */
  get activeTeams(): readonly string[] {
    const teams = Object.entries(this.documents.policy.teams);
    return teams.filter(([, { active }]) => active !== false).map(([name]) => name);
  }

  /** The handle that CODEOWNERS must give a team's files to; undefined for an unknown team. */
  codeOwnerOf(team: string): string | undefined {
    const { teams } = this.documents.policy;
    return Object.hasOwn(teams, team) ? teams[team]?.codeOwner : undefined;
  }

  /** Why a flag can't have a key; undefined where it can. */
  keyFault(key: string): string | undefined {
    const folded = key.toLowerCase();
    const retired = this.documents.retired.find((entry) => entry.key.toLowerCase() === folded);
    if (retired !== undefined) {
      return `${retired.key} was retired on ${retired.retiredAt} (${retired.reason}) and can never be used again`;
    }
    const twin = [...this.documents.flags.keys()].find((other) => other.toLowerCase() === folded);
    if (twin !== undefined)
      return twin === key ? `there is a flag ${key} already` : `${key} and ${twin} differ by case alone`;
    const place = placeOf(`${key.replaceAll('.', '/')}.yaml`, this.#isKey);
    if (place.kind === 'flag' && place.name === key) return undefined;
    const { naming } = this.documents.policy;
    const rule =
      naming === undefined
        ? 'team.domain.purpose in lower-case letters, digits and hyphens'
        : `as policy.yaml has it: ${naming.pattern}`;
    return `${JSON.stringify(key)} is no key; a key is ${rule}`;
  }

  /** Why a flag of a type can't expire then; undefined where it can. */
  expiryFault(type: string, text: string): string | undefined {
    if (text === 'never') return endsOfItself(type) ? `a flag of type ${type} ends: give a day` : undefined;
    const isDay = text.length === 'YYYY-MM-DD'.length && !Number.isNaN(parseInstant(text));
    return isDay ? undefined : 'give a day of the calendar, YYYY-MM-DD, or `never`';
  }

  /** The day (UTC) that suits a type: in 90 days, or as late as the policy's `expiry.max` admits; else `never`. */
  usualExpiry(type: string, now: Date): string {
    if (!endsOfItself(type)) return 'never';
    const life = Math.min(USUAL_LIFE_MS, this.#longestLifeMs());
    return new Date(now.getTime() + life).toISOString().slice(0, 'YYYY-MM-DD'.length);
  }

  /** Whether the policy of a tier asks for a runbook. */
  needsRunbook(tier: string): boolean {
    const { tiers = {} } = this.documents.policy;
    return new Map(Object.entries(tiers)).get(tier)?.runbook === 'required';
  }

  #longestLifeMs(): number {
    const { expiry } = this.documents.policy;
    const [, count, unit] = /^([0-9]+)([smhdw])$/.exec(expiry?.max ?? '') ?? [];
    return count === undefined ? Infinity : Number(count) * (UNIT_MS[unit ?? ''] ?? Infinity);
  }
}

function endsOfItself(type: string): boolean {
  return type === 'release' || type === 'experiment';
}
