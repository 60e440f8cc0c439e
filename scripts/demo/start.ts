/** `npm start`: a provider serves flags out of real git, shows them, and shows a committed change arriving. */
import { EventEmitter, once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { OpenFeature, ProviderEvents, type Client } from '@openfeature/server-sdk';
import { GuidonProvider } from '../../provider/index.js';
import { makeRemote, type DemoRemote } from './remote.js';
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

async function show(
  provider: GuidonProvider,
  remote: DemoRemote | undefined,
  environment: string,
  follow: boolean,
): Promise<void> {
  const client = OpenFeature.getClient();
  const flags = shownFlags(provider);
  console.log(
    `${provider.snapshot().keys.length} flags of ${environment} at ${provider.snapshot().revision.slice(0, 12)}\n`,
  );
  console.log(`${await renderTable(client, flags, samples)}\n`);
  if (remote !== undefined) await showChanges(provider, client, remote, environment);
  if (follow) await followChanges(client, provider, flags, remote);
}

function shownFlags(provider: GuidonProvider): readonly ShownFlag[] {
  const snapshot = provider.snapshot();
  return snapshot.keys.slice(0, MAX_SHOWN_FLAGS).flatMap((key) => {
    const kind = snapshot.kind(key);
    return kind === undefined ? [] : [{ key, kind }];
  });
}

/** Kills a flag and brings it back: once found by polling, once at once, as a webhook would have it. */
async function showChanges(
  provider: GuidonProvider,
  client: Client,
  remote: DemoRemote,
  environment: string,
): Promise<void> {
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
    console.log(`commit ${commit.slice(0, 12)} "${message}"`);
    console.log(`  ${key}: ${before.value} ${before.reason} → ${after.value} ${after.reason}`);
    console.log(
      `  push to value: ${Math.round(arrived - pushed)} ms after the push ended, ${Math.round(arrived - started)} ms after it began (${hint})\n`,
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

/** Prints the table again at each change, until the process is interrupted. */
async function followChanges(
  client: Client,
  provider: GuidonProvider,
  flags: readonly ShownFlag[],
  remote: DemoRemote | undefined,
): Promise<void> {
  const where = remote === undefined ? '' : `: edit ${join(remote.clone, 'flags')}, commit and push`;
  console.log(`Waiting for commits${where}. Ctrl-C ends.\n`);
  client.addHandler(ProviderEvents.ConfigurationChanged, async (details) => {
    const table = await renderTable(client, flags, samples);
    const { revision } = provider.snapshot();
    console.log(`${revision.slice(0, 12)} changed ${details?.flagsChanged?.join(', ')}\n\n${table}\n`);
  });
  await once(process, 'SIGINT');
}

await main();
