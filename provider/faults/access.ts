/** Faults of access: credentials are revoked, the server is not who it was, or has enough of us. */
import { writeFile } from 'node:fs/promises';
import { answered } from './answers.js';
import type { Fault } from './fault.js';
import { SHORT_LEASE, staleFirst, sufferUntilStale } from './scenes.js';
import type { Stage } from './stage.js';

/** Longer than three polls a second apart that back off. */
const SEVERAL_POLLS_MS = 4_000;

/** Must keep a provider that asks every second from asking at all. */
async function askForAnHour(stage: Stage, status: string): Promise<void> {
  await stage.publish('first');
  const application = await stage.start({ pollIntervalMs: 1_000, staleAfterMs: SEVERAL_POLLS_MS });
  await application.persisted();
  await stage.proxy.set(answered(status, ['Retry-After: 3600']));
  await application.refresh();
  const { connections } = stage.proxy;
  await application.heard('STALE');
  if (stage.proxy.connections !== connections) throw new Error('it was asked again within the hour');
}

/** The rows of this theme. */
export const accessFaults: readonly Fault[] = [
  {
    number: 30,
    name: 'The token is revoked (401)',
    over: ['http', 'https'],
    scene: (stage) => sufferUntilStale(stage, () => void (stage.served.accepted = 'another'), {}),
    sees: { ...staleFirst, error: 'the server wants valid credentials' },
    remark:
      'STALE at once and not at the end of the lease: waiting does not mend a token that never changes. Neither git nor ' +
      'ssh ever asks a terminal for another.',
  },
  {
    number: 30,
    name: 'The token may not read the repository any more (403)',
    over: ['http'],
    scene: (stage) => sufferUntilStale(stage, () => stage.proxy.set(answered('403 Forbidden')), {}),
    sees: { ...staleFirst, error: 'the server forbids access' },
  },
  {
    number: 30,
    name: 'The token is revoked, and a function gives the tokens: the next one may be good',
    over: ['http'],
    scene: async (stage) => {
      const { accepted } = stage.served;
      await sufferUntilStale(stage, () => void (stage.served.accepted = 'another'), {
        ...SHORT_LEASE,
        auth: () => accepted,
      });
    },
    sees: { ...staleFirst, error: 'the server wants valid credentials' },
  },
  {
    number: 30,
    name: 'The ssh key is revoked',
    over: ['ssh'],
    scene: (stage) => sufferUntilStale(stage, () => stage.served.ssh.revoke(), {}),
    sees: { ...staleFirst, error: 'the ssh key is refused' },
    mend: (stage) => stage.served.ssh.authorize(),
  },
  {
    number: 31,
    name: 'The host key is another one',
    over: ['ssh'],
    scene: (stage) => sufferUntilStale(stage, () => stage.served.pinHost(stage.served.ssh.strangeKnownHostsFile), {}),
    sees: { ...staleFirst, error: 'the host key is not among the known ones' },
    mend: (stage) => stage.served.pinHost(stage.served.ssh.knownHostsFile),
  },
  {
    number: 31,
    name: 'The host is not among the known ones at the first start',
    over: ['ssh'],
    scene: async (stage) => {
      await stage.publish('first');
      await writeFile(stage.served.knownHostsFile, '');
      await stage.start();
    },
    sees: { status: 'FATAL', events: ['ERROR'], serves: 'nothing', error: 'the host key is not among the known ones' },
    mend: (stage) => stage.served.pinHost(stage.served.ssh.knownHostsFile),
  },
  {
    number: 31,
    name: "The server's certificate has expired",
    over: ['https'],
    scene: (stage) => sufferUntilStale(stage, () => stage.proxy.identifyAs(stage.served.certificates.expired)),
    sees: { ...staleFirst, error: "the server's certificate is not trusted" },
    mend: async (stage) => stage.proxy.identifyAs(stage.served.certificates.valid),
  },
  {
    number: 33,
    name: 'The server limits the rate of requests, and says for how long (429 and Retry-After)',
    over: ['http'],
    scene: (stage) => askForAnHour(stage, '429 Too Many Requests'),
    sees: { ...staleFirst, error: 'the server limits the rate of requests' },
  },
  {
    number: 33,
    name: 'The server is overloaded, and says for how long (503 and Retry-After)',
    over: ['http'],
    scene: (stage) => askForAnHour(stage, '503 Service Unavailable'),
    sees: { ...staleFirst, error: 'the server has an error' },
  },
];
