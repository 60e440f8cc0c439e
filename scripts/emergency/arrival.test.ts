import { dirname } from 'node:path';
import { OpenFeature, ProviderEvents, type Client } from '@openfeature/server-sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GuidonProvider } from '../../provider/index.js';
import { GitHttpServer } from '../../provider/repository/testing/git-http-server.js';
import { flagFiles } from '../testing/flag-repository.js';
import { Desk } from './testing/desk.js';

const SEARCH = 'platform.web.search';
const NEW_FLOW = 'payments.checkout.new-flow';
/** An employee, who is in every rollout here. */
const context = { targetingKey: 'u-1', email: 'ann@example.com' };

let desk: Desk;
let server: GitHttpServer;
let provider: GuidonProvider;
let client: Client;

beforeEach(async () => {
  desk = await Desk.create({ 'flags/policy.yaml': `${flagFiles['flags/policy.yaml']}reducing: { direct: true }\n` });
  await desk.remote('config', 'http.receivepack', 'true');
  server = await GitHttpServer.start({ root: dirname(desk.repository.remoteDir) });
  await desk.repository.git('config', 'remote.origin.url', server.url('flags.git'));
  provider = new GuidonProvider({
    url: server.url('flags.git'),
    environment: 'production',
    pollIntervalMs: 1_000,
  });
  await OpenFeature.setProviderAndWait('arrival', provider);
  client = OpenFeature.getClient('arrival');
});

afterEach(async () => {
  await OpenFeature.close();
  await server.stop();
  await desk.dispose();
});

const kill = (key: string) => desk.call(['kill', key, '--direct', '--reason', 'Checkout fails.']);

it('a kill reaches a running provider', async () => {
  for (const key of [NEW_FLOW, SEARCH]) expect(await client.getBooleanValue(key, false, context)).toBe(true);

  const refreshed = performance.now();
  expect(await kill(NEW_FLOW)).toMatchObject({ exitCode: 0 });
  const pushedMs = Math.round(performance.now() - refreshed);
  await provider.refresh();
  expect(await client.getBooleanDetails(NEW_FLOW, true, context)).toMatchObject({ value: false, reason: 'DISABLED' });
  const refreshedMs = Math.round(performance.now() - refreshed);

  const arrived = new Promise<void>((resolve) => {
    client.addHandler(ProviderEvents.ConfigurationChanged, (details) => {
      if (details?.flagsChanged?.includes(SEARCH) === true) resolve();
    });
  });
  const polled = performance.now();
  expect(await kill(SEARCH)).toMatchObject({ exitCode: 0 });
  await arrived;
  expect(await client.getBooleanDetails(SEARCH, true, context)).toMatchObject({ value: false, reason: 'DISABLED' });
  const polledMs = Math.round(performance.now() - polled);

  console.log(
    `from command to value in a running provider: ${refreshedMs} ms with a refresh (the command: ${pushedMs} ms), ` +
      `${polledMs} ms with a poll every 1,000 ms`,
  );
});
