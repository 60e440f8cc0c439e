/** Faults of the remote: it is down, something else answers, or it has lost what it served. */
import { answered } from './answers.js';
import type { Fault } from './fault.js';
import { errorWithNothing, readyFirst, SHORT_LEASE, staleFirst, startSevered, sufferUntilStale } from './scenes.js';
import type { Stage } from './stage.js';

const PAGE = '<html>\n<body>Please log in to the network.</body>\n</html>\n';

async function keepAndSever(stage: Stage): Promise<void> {
  await stage.publish('first');
  await stage.keep();
  await startSevered(stage, SHORT_LEASE);
  await stage.application.heard('STALE');
}

/** The rows of this theme. */
export const remoteFaults: readonly Fault[] = [
  {
    number: 1,
    name: 'The remote is down at the first start of all: nothing is kept',
    over: ['http', 'https', 'ssh'],
    scene: async (stage) => {
      await stage.publish('first');
      await startSevered(stage);
    },
    sees: { ...errorWithNothing, error: 'the server could not be reached' },
  },
  {
    number: 1,
    name: 'The same, and it comes back: nobody has to ask',
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
    number: 1,
    name: 'There is no such repository at the first start: a typing error, or a volume that is not mounted yet',
    over: ['file'],
    scene: async (stage) => {
      await stage.publish('first');
      await startSevered(stage);
    },
    sees: { status: 'FATAL', events: ['ERROR'], serves: 'nothing', error: 'there is no such repository' },
    remark: 'It is asked on, every five minutes and at each `refresh()`, and FATAL ends like ERROR does.',
  },
  {
    number: 2,
    name: 'The remote is down at the start, and an earlier process has kept its ruleset',
    over: ['http', 'ssh', 'file'],
    scene: keepAndSever,
    sees: { ...staleFirst, fromLastKnownGood: true, error: 'cannot fetch HEAD of ' },
  },
  {
    number: 2,
    name: 'The folder is not there at the start, and an earlier process has kept its ruleset',
    over: ['directory'],
    scene: keepAndSever,
    sees: { ...staleFirst, fromLastKnownGood: true, error: "can't read " },
  },
  {
    number: 2,
    name: 'The remote accepts the connection at the start and says nothing: the kept ruleset does not wait for it',
    over: ['http', 'ssh'],
    scene: async (stage) => {
      await stage.publish('first');
      await stage.keep();
      await stage.proxy.set({ kind: 'silent' });
      await stage.start();
    },
    sees: { ...readyFirst, fromLastKnownGood: true },
  },
  {
    number: 3,
    name: 'The remote goes down while flags serve',
    over: ['http', 'https', 'ssh'],
    scene: (stage) => sufferUntilStale(stage, () => stage.sever()),
    sees: { ...staleFirst, error: 'the server could not be reached' },
  },
  {
    number: 3,
    name: 'The repository vanishes while flags serve',
    over: ['file'],
    scene: (stage) => sufferUntilStale(stage, () => stage.sever()),
    sees: { ...staleFirst, error: 'there is no such repository' },
  },
  {
    number: 3,
    name: 'The folder vanishes while flags serve',
    over: ['directory'],
    scene: (stage) => sufferUntilStale(stage, () => stage.sever()),
    sees: { ...staleFirst, error: "can't read " },
  },
  {
    number: 15,
    name: 'The branch is deleted',
    over: ['http', 'ssh', 'file'],
    scene: async (stage) => {
      await stage.publish('first');
      await sufferUntilStale(stage, () => stage.deleteBranch(), { ...SHORT_LEASE, ref: 'main' });
    },
    sees: { ...staleFirst, error: 'the ref does not exist there' },
  },
  {
    number: 15,
    name: 'The branch that HEAD names is deleted',
    over: ['http', 'file'],
    scene: (stage) => sufferUntilStale(stage, () => stage.deleteBranch()),
    sees: { ...staleFirst, error: 'the ref does not exist there' },
  },
  {
    number: 48,
    name: 'A proxy answers with a page of HTML and status 200',
    over: ['http'],
    scene: (stage) =>
      sufferUntilStale(stage, () => stage.proxy.set(answered('200 OK', ['Content-Type: text/html'], PAGE))),
    sees: { ...staleFirst, error: 'what answers there is no git server' },
  },
  {
    number: 48,
    name: 'A proxy redirects to its log-in page',
    over: ['http'],
    scene: (stage) =>
      sufferUntilStale(stage, () => stage.proxy.set(answered('302 Found', ['Location: http://127.0.0.1:9/login']))),
    sees: { ...staleFirst, error: 'the server redirects elsewhere' },
  },
];
