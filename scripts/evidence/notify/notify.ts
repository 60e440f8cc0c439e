/** Tells the owning teams of changes of the tier `high` after their merge. */
import type { Finding } from '../../control/finding.js';
import type { Clock } from '../../host/transport/clock.js';
import type { Recorded } from '../record-evidence.js';
import { Destinations } from './destinations.js';
import { messageOf } from './message.js';
import { send } from './webhook.js';

/** Whom to tell of what. */
export interface NotifyRequest {
  readonly recorded: readonly Recorded[];
  /** GUIDON_WEBHOOK_URL for all teams, GUIDON_WEBHOOK_URLS as JSON of teams to URLs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly progress: (message: string) => void;
}

/** Sends the messages; gives a warning for each team that was not told. @throws UsageError for a faulty environment */
export async function notifyOwners({
  recorded,
  environment,
  clock,
  progress,
}: NotifyRequest): Promise<readonly Finding[]> {
  const destinations = new Destinations(environment);
  const findings: Finding[] = [];
  for (const { record, verdict } of recorded) {
    // A rebased pull request is one change, however many commits it has.
    if (verdict?.tier !== 'high' || record.change.part !== record.change.parts) continue;
    const { destinations: found, unreached } = destinations.of(teamsOf(record, verdict));
    if (unreached.length > 0) findings.push(missed(record.commit, unreached, 'no webhook is set', SET_IT));
    for (const { url, teams } of found) {
      progress(`telling ${teams.join(', ')}`);
      const why = await send(url, messageOf(record, verdict, teams), clock);
      if (why !== undefined) findings.push(missed(record.commit, teams, `the webhook failed: ${why}`, SEE_IT));
    }
  }
  return findings;
}

const SET_IT = 'set GUIDON_WEBHOOK_URL, or the team in GUIDON_WEBHOOK_URLS';
const SEE_IT = 'see whether the webhook still exists';

/** The owners of all flags that change or are reached; of a change without flags, the owners of its files. */
function teamsOf(record: Recorded['record'], { flags }: NonNullable<Recorded['verdict']>): readonly string[] {
  const ofFlags = flags.flatMap(({ before, after }) => [before?.owner, after?.owner]);
  const teams = [...new Set(ofFlags)].filter((team) => team !== undefined);
  return teams.length > 0 ? teams : record.owners.flatMap(({ owners }) => owners.map(({ handle }) => handle));
}

function missed(commit: string, teams: readonly string[], why: string, fix: string): Finding {
  const message = `commit ${commit}: ${teams.join(', ')} could not be told: ${why}`;
  return { code: 'notification-failed', severity: 'warning', message, fix };
}
