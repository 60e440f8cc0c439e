/** Which team is told where, by the environment. */
import { UsageError } from '../../errors.js';
import { isWebhookUrl } from './webhook.js';

/** A webhook's URL and the teams that read there. */
export interface Destination {
  readonly url: string;
  readonly teams: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const ONE = 'GUIDON_WEBHOOK_URL';
const MANY = 'GUIDON_WEBHOOK_URLS';
const EXPECTED = 'an https URL (http only to this machine)';

/** As many as a company has teams. */
const MAX_BYTES = 1024 * 1024;

/** Finds where teams are told. @throws UsageError where the environment says it wrongly; the URLs are not repeated */
export class Destinations {
  readonly #byTeam: ReadonlyMap<string, string>;
  readonly #others: string | undefined;

  constructor(environment: Environment) {
    this.#others = environment[ONE] === '' ? undefined : environment[ONE];
    if (this.#others !== undefined && !isWebhookUrl(this.#others)) throw new UsageError(`${ONE} is not ${EXPECTED}`);
    this.#byTeam = urlsOf(environment[MANY] ?? '');
  }

  /** The destinations of some teams, each once; and the teams that have none. */
  of(teams: readonly string[]): {
    readonly destinations: readonly Destination[];
    readonly unreached: readonly string[];
  } {
    const found = new Map<string, string[]>();
    const unreached: string[] = [];
    for (const team of new Set(teams)) {
      const url = this.#byTeam.get(team) ?? this.#others;
      if (url === undefined) unreached.push(team);
      else found.set(url, [...(found.get(url) ?? []), team]);
    }
    return { destinations: [...found].map(([url, readers]) => ({ url, teams: readers })), unreached };
  }
}

function urlsOf(text: string): ReadonlyMap<string, string> {
  if (text === '') return new Map();
  const expected = `${MANY} is not a JSON object of teams, each with ${EXPECTED}`;
  const value = Buffer.byteLength(text) > MAX_BYTES ? undefined : parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(expected);
  return new Map(
    Object.entries(value).map(([team, url]: [string, unknown]) => {
      if (typeof url !== 'string' || !isWebhookUrl(url)) {
        throw new UsageError(`${expected}: that of ${JSON.stringify(team)} is none`);
      }
      return [team, url];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
