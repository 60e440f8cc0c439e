/** Faults of the remote and of the way to it. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Expected, Fault } from './fault.js';
import { LEASE_MS, type Options, type Stage } from './stage.js';

/** The last good ruleset serves, and the lease has ended. */
const STALE: Pick<Expected, 'status' | 'events' | 'serves'> = {
  status: 'STALE',
  events: ['READY', 'STALE'],
  serves: 'first',
};

/** Serves a first revision, then suffers, polls and waits until the application hears that it is stale. */
async function sufferWhileServing(
  stage: Stage,
  suffer: () => Promise<unknown> | void,
  options: Options = { staleAfterMs: LEASE_MS },
): Promise<void> {
  await stage.publish('first');
  const application = await stage.start(options);
  await application.persisted();
  await suffer();
  await application.refresh();
  await application.heard('STALE');
}

const answer = (status: string, headers: readonly string[] = [], body = ''): string =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`, 'Connection: close', ...headers, '', body].join('\r\n');

const PAGE = '<html>\n<body>Please log in to the network.</body>\n</html>\n';

export const remoteFaults: readonly Fault[] = [
  {
    number: 1,
    name: 'The remote is down at the first start of all, with nothing kept',
    over: ['http', 'https', 'ssh'],
    scene: async (stage) => {
      await stage.publish('first');
      await stage.sever();
      await stage.start();
    },
    sees: { status: 'ERROR', events: ['ERROR'], serves: 'nothing', error: 'could not be reached' },
  },
  {
    number: 1,
    name: 'The same, where there is no such repository, as on a volume that is not mounted yet',
    over: ['file'],
    scene: async (stage) => {
      await stage.publish('first');
      await stage.sever();
      await stage.start();
    },
    sees: { status: 'FATAL', events: ['ERROR'], serves: 'nothing', error: 'there is no such repository' },
    remark: 'To a provider that is FATAL the next good poll comes as to any other: it asks on, every five minutes.',
  },
  {
    number: 1,
    name: 'The same, and it comes back without anybody asking',
    over: ['http'],
    scene: async (stage) => {
      await stage.publish('first');
      await stage.sever();
      const application = await stage.start({ pollIntervalMs: 1_000 });
      await stage.mend();
      await application.heard('READY');
    },
    sees: { status: 'READY', events: ['ERROR', 'READY'], serves: 'first' },
  },
  {
    number: 2,
    name: 'The remote is down at the start, and an earlier process has kept its ruleset',
    over: ['http', 'ssh', 'file', 'directory'],
    scene: async (stage) => {
      await stage.publish('first');
      await stage.keep();
      await stage.sever();
      const application = await stage.start({ staleAfterMs: LEASE_MS });
      await application.refresh();
      await application.heard('STALE');
    },
    sees: { ...STALE, fromLastKnownGood: true, error: '' },
  },
  {
    number: 3,
    name: 'The remote goes down while flags serve',
    over: ['http', 'https', 'ssh'],
    scene: (stage) => sufferWhileServing(stage, () => stage.sever()),
    sees: { ...STALE, error: 'could not be reached' },
  },
  {
    number: 3,
    name: 'The repository or the folder vanishes while flags serve',
    over: ['file', 'directory'],
    scene: (stage) => sufferWhileServing(stage, () => stage.sever()),
    sees: { ...STALE, error: '' },
  },
  {
    number: 15,
    name: 'The branch is deleted',
    over: ['http', 'ssh', 'file'],
    scene: (stage) =>
      sufferWhileServing(stage, () => stage.repository.git('push', '--quiet', 'origin', ':refs/heads/live'), {
        ref: 'live',
        staleAfterMs: LEASE_MS,
      }),
    sees: { ...STALE, error: 'the ref does not exist there' },
  },
  {
    number: 30,
    name: 'The token is revoked',
    over: ['http', 'https'],
    scene: (stage) =>
      sufferWhileServing(
        stage,
        () => {
          stage.accepted = 'another';
        },
        {},
      ),
    sees: { ...STALE, error: 'the server wants valid credentials' },
  },
];
void answer;
void PAGE;
void copyFile;
void writeFile;
void join;
