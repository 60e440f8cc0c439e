/** `flagctl list`: the flags, one a row. */
import type { Command, CommandInput } from '../command.js';
import type { FlagDocument, Ruleset } from '../../provider/engine/index.js';
import { stateWords } from '../environment-state.js';
import { refusalReport, type Column, type Report } from '../report.js';
import { requireKnown } from '../require-known.js';

/** A flag as a row; `--json` prints a list of these, sorted by key. */
interface Row {
  readonly key: string;
  readonly type: string;
  readonly owner: string;
  readonly riskTier: string;
  readonly expiresAt: string;
  readonly description: string;
  /** Environment to whether it is enabled, and its state as the table has it. */
  readonly environments: Readonly<Record<string, { readonly enabled: boolean; readonly state: string }>>;
}

/** Lists flags; every filter may be repeated or hold several values with commas, any of which fits. */
export const list: Command = {
  name: 'list',
  summary: 'List the flags and their state in each environment',
  options: [
    filter('type', 'TYPE', 'only flags of this type', ['release', 'ops', 'experiment', 'permission']),
    filter('owner', 'TEAM', 'only flags of this team', undefined, 'owners'),
    filter('tier', 'TIER', 'only flags of this risk tier', ['low', 'medium', 'high']),
    filter('env', 'ENV', 'only flags present in this environment, and their state there', undefined, 'environments'),
  ],
  examples: [
    { line: 'flagctl list', summary: 'every flag' },
    { line: 'flagctl list --owner payments-team --tier medium,high', summary: 'what one team must be careful with' },
    { line: 'flagctl list --env production', summary: 'the state of production' },
    { line: "flagctl list --type=release --json | jq -r '.[].key'", summary: 'keys for a script' },
  ],
  formats: ['json'],
  readsRevisions: true,
  run: runList,
};

function filter(
  name: string,
  value: string,
  summary: string,
  choices?: readonly string[],
  completes?: 'owners' | 'environments',
) {
  return { name, value, summary, isList: true, ...(choices && { choices }), ...(completes && { completes }) };
}

async function runList({ workspace, options }: CommandInput): Promise<Report> {
  const result = await (await workspace()).load(options.text('rev'));
  if (!result.ok) return refusalReport(result.problems);
  const { ruleset } = result.loaded;
  const { flags, policy } = ruleset.documents;
  requireKnown('team', options.list('owner'), Object.keys(policy.teams));
  requireKnown('environment', options.list('env'), policy.environments);
  const rows = [...flags.values()]
    .map((stored) => stored.read())
    .filter((flag) => isWanted(flag, options))
    .map((flag) => rowOf(flag, environmentsFor(ruleset, options.list('env'))))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return { outcome: 'clean', sections: rows.length === 0 ? [] : [{ kind: 'table', table: tableOf(rows) }], json: rows };
}

function isWanted(
  { type, owner, riskTier, environments = {} }: FlagDocument,
  options: CommandInput['options'],
): boolean {
  const fits = (name: string, value: string): boolean => {
    const wanted = options.list(name);
    return wanted.length === 0 || wanted.includes(value);
  };
  const present = options.list('env');
  const isPresent = present.length === 0 || present.some((name) => Object.hasOwn(environments, name));
  return fits('type', type) && fits('owner', owner) && fits('tier', riskTier) && isPresent;
}

function environmentsFor({ documents: { policy } }: Ruleset, wanted: readonly string[]): readonly string[] {
  return policy.environments.filter((name) => wanted.length === 0 || wanted.includes(name));
}

function rowOf(flag: FlagDocument, names: readonly string[]): Row {
  const { key, type, owner, riskTier, expiresAt, description, environments = {} } = flag;
  const present = names.flatMap((name) => {
    const environment = Object.hasOwn(environments, name) ? environments[name] : undefined;
    return environment === undefined ? [] : [[name, { enabled: environment.enabled, state: stateWords(environment) }]];
  });
  return {
    key,
    type,
    owner,
    riskTier,
    expiresAt,
    description,
    environments: Object.fromEntries(present) as Row['environments'],
  };
}

const columns: readonly Column[] = [
  { heading: 'KEY' },
  { heading: 'TYPE' },
  { heading: 'OWNER', isElastic: true },
  { heading: 'TIER' },
  { heading: 'EXPIRES' },
  { heading: 'ENVIRONMENTS', isElastic: true },
];

function tableOf(rows: readonly Row[]) {
  const states = ({ environments }: Row): string =>
    Object.entries(environments)
      .map(([name, { state }]) => `${name} ${state}`)
      .join(', ');
  return {
    columns,
    rows: rows.map((row) => [row.key, row.type, row.owner, row.riskTier, row.expiresAt, states(row) || '–']),
  };
}
