/** `npm start`: a provider serves flags out of real git, shows them, and shows a committed change arriving. */
import { EventEmitter, once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { OpenFeature, ProviderEvents, type Client } from '@openfeature/server-sdk';
import { GuidonProvider } from '../../provider/index.js';
import { makeRemote, type DemoRemote } from './remote.js';
import { Screen } from './screen.js';
import { renderTable, type Sample, type ShownFlag } from './table.js';

const USAGE = `Serves flags out of a git repository and shows their values as they change.

  npm start                                        this project's flags, out of a remote made for the occasion
  npm start -- --follow                            … and stays, for you to push commits to that remote
  npm start -- --url https://github.com/acme/flags.git --env production

Options: --url URL  --ref REF  --path FOLDER  --env ENVIRONMENT  --follow  --help
A private repository: its token in the environment variable GUIDON_TOKEN.`;

const POLL_INTERVAL_MS = 1_000;
const KEEP_ALIVE_MS = 60_000;
const MAX_SHOWN_FLAGS = 14;
/** A poll takes a second at most; a machine that needs this long has another trouble. */
const CHANGE_DEADLINE_MS = 30_000;

const samples: readonly Sample[] = [
  {
    name: 'employee',
    context: { targetingKey: 'u-1', email: 'ann@example.com', country: 'DE', appVersion: '4.3.0', plan: 'pro' },
  },
  {
    name: 'customer in Norway',
    context: { targetingKey: 'u-2', email: 'ola@mail.test', country: 'NO', appVersion: '4.1.0', plan: 'free' },
  },
  { name: 'anonymous', context: {} },
];

/** The way from the compiled file back to the package. */
const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      ref: { type: 'string' },
      path: { type: 'string', default: 'flags' },
      env: { type: 'string', default: 'production' },
      follow: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const remote = values.url === undefined ? await makeRemote(packageRoot, ['flags', 'CODEOWNERS']) : undefined;
  const token = process.env['GUIDON_TOKEN'];
  const provider = new GuidonProvider({
    url: values.url ?? (remote as DemoRemote).url,
    path: values.path,
    environment: values.env,
    pollIntervalMs: POLL_INTERVAL_MS,
    ...(values.ref === undefined ? {} : { ref: values.ref }),
    ...(token === undefined ? {} : { auth: token }),
  });
  // The provider's own timers are unref'd on purpose: serving flags never keeps an application alive.
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
  try {
    await OpenFeature.setProviderAndWait(provider);
    await show(provider, remote, values.env, values.follow || remote === undefined);
  } finally {
    clearInterval(keepAlive);
    await OpenFeature.close();
    await remote?.remove();
  }
}

/** What the demonstration works with once the provider serves. */
interface Stage {
  readonly provider: GuidonProvider;
  readonly client: Client;
  readonly screen: Screen;
  readonly environment: string;
}

async function show(
  provider: GuidonProvider,
  remote: DemoRemote | undefined,
  environment: string,
  follow: boolean,
): Promise<void> {
  const stage = { provider, client: OpenFeature.getClient(), screen: new Screen(process.stdout), environment };
  const draw = async (): Promise<void> => {
    const { keys, revision } = provider.snapshot();
    const title = `${keys.length} flags of ${environment} at ${revision.slice(0, 12)}`;
    stage.screen.show(`${title}\n\n${await renderTable(stage.client, shownFlags(provider), samples)}\n`);
  };
  await draw();
  stage.client.addHandler(ProviderEvents.ConfigurationChanged, draw);
  if (remote !== undefined) await showChanges(stage, remote);
  if (follow) await followChanges(stage, remote);
}

function shownFlags(provider: GuidonProvider): readonly ShownFlag[] {
  const snapshot = provider.snapshot();
  return snapshot.keys.slice(0, MAX_SHOWN_FLAGS).flatMap((key) => {
    const kind = snapshot.kind(key);
    return kind === undefined ? [] : [{ key, kind }];
  });
}

/** Kills a flag and brings it back: once found by polling, once at once, as a webhook would have it. */
async function showChanges({ provider, client, screen, environment }: Stage, remote: DemoRemote): Promise<void> {
  const context = samples[0]?.context ?? {};
  const evaluations = provider.snapshot().evaluateAll(context);
  const key = [...evaluations].find(([, { reason, value }]) => reason === 'TARGETING_MATCH' && value === true)?.[0];
  if (key === undefined) throw new Error('no flag is on for the employee, so there is nothing to kill');
  const file = `flags/${key.replaceAll('.', '/')}.yaml`;
  const switchTo = (from: string, to: string) => (text: string) =>
    text.replace(new RegExp(`(\\n  ${environment}:\\n    enabled: )${from}`), `$1${to}`);
  const steps = [
    { message: `kill: ${key}`, edit: switchTo('true', 'false'), hint: 'found by polling each second', refresh: false },
    {
      message: `revert: ${key} is back`,
      edit: switchTo('false', 'true'),
      hint: 'after refresh(), as a webhook calls it',
      refresh: true,
    },
  ];
  for (const { message, edit, hint, refresh } of steps) {
    const before = await client.getBooleanDetails(key, false, context);
    const changed = nextChange(client);
    const started = performance.now();
    const commit = await remote.push(file, edit, message);
    const pushed = performance.now();
    if (refresh) await provider.refresh();
    await changed;
    const arrived = performance.now();
    const after = await client.getBooleanDetails(key, false, context);
    const [sincePushEnded, sincePushBegan] = [arrived - pushed, arrived - started].map(Math.round);
    screen.log(
      `commit ${commit.slice(0, 12)} "${message}"
  ${key}: ${before.value} ${before.reason} → ${after.value} ${after.reason}
  push to value: ${sincePushEnded} ms after the push ended, ${sincePushBegan} ms after it began (${hint})\n`,
    );
  }
}

async function nextChange(client: Client): Promise<void> {
  const changes = new EventEmitter();
  const handler = (): boolean => changes.emit('change');
  client.addHandler(ProviderEvents.ConfigurationChanged, handler);
  try {
    await once(changes, 'change', { signal: AbortSignal.timeout(CHANGE_DEADLINE_MS) });
  } finally {
    client.removeHandler(ProviderEvents.ConfigurationChanged, handler);
  }
}

/** Stays until the process is interrupted; the table follows each change. */
async function followChanges({ client, provider, screen }: Stage, remote: DemoRemote | undefined): Promise<void> {
  const where = remote === undefined ? '' : `: edit ${join(remote.clone, 'flags')}, commit and push`;
  screen.log(`Waiting for commits${where}. Ctrl-C ends.\n`);
  client.addHandler(ProviderEvents.ConfigurationChanged, (details) => {
    screen.log(`${provider.snapshot().revision.slice(0, 12)} changed ${details?.flagsChanged?.join(', ')}`);
  });
  await once(process, 'SIGINT');
}

await main();
