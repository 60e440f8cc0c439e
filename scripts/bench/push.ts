/** From the end of a push to the new value, over each transport, and the steps that this is made of. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { GuidonProvider, type GitProviderOptions } from '../../provider/index.js';
import { fetchRef, openRepository, readTree, type GitMirror } from '../../provider/repository/git.js';
import { load, type LoadedRepository } from '../../provider/repository/index.js';
import { GitHttpServer } from '../../provider/repository/testing/git-http-server.js';
import { TestRepository } from '../../provider/repository/testing/repository.js';
import { sshMissing, SshServer } from '../../provider/repository/testing/ssh-server.js';
import { benchFlags } from './cases.js';
import { flagPath, repositoryFiles, silentLogger } from './flag-repository.js';
import { benchEnvironment } from './guidon.js';
import { spreadOf } from './measure.js';
import type { PushRow } from './results.js';

const FLAGS = 1_000;
const PUSHES = 21;
const QUICK_PUSHES = 2;
/** Longer than any run, so that nothing is found by polling. */
const POLL_INTERVAL_MS = 3_600_000;

/** The flag that each push changes. */
const KEY = 'bench.case.static';

type Remote = Pick<GitProviderOptions, 'url' | 'auth'>;
/** What a refresh does, in order. */
const stepNames = ['fetch', 'list', 'load'] as const;
type Step = (typeof stepNames)[number];

/** How to reach the remote of a repository. */
interface Transport {
  readonly name: string;
  /** Why it can't be measured here. */
  readonly missing?: string | undefined;
  open(repository: TestRepository): Promise<{ readonly remote: Remote; readonly stop: () => Promise<void> }>;
}

const transports: readonly Transport[] = [
  { name: 'file', open: async ({ url }) => ({ remote: { url }, stop: async () => undefined }) },
  {
    name: 'smart HTTP',
    async open({ folder }) {
      const server = await GitHttpServer.start({ root: join(folder, 'remotes') });
      return { remote: { url: server.url('flags.git') }, stop: () => server.stop() };
    },
  },
  {
    name: 'SSH',
    missing: sshMissing,
    async open({ folder, remoteDir }) {
      const server = await SshServer.start(join(folder, 'ssh'));
      const auth = { sshKeyFile: server.keyFile, knownHostsFile: server.knownHostsFile };
      return { remote: { url: server.url(remoteDir), auth }, stop: () => server.stop() };
    },
  },
];

/** A row for each transport. */
export async function measurePush(isQuick: boolean, progress: (step: string) => void): Promise<readonly PushRow[]> {
  const rows: PushRow[] = [];
  for (const transport of transports) {
    progress(`from push to value over ${transport.name}`);
    if (transport.missing === undefined) rows.push(await measureTransport(transport, isQuick ? QUICK_PUSHES : PUSHES));
    else rows.push({ transport: transport.name, skipped: transport.missing });
  }
  return rows;
}

async function measureTransport(transport: Transport, pushes: number): Promise<PushRow> {
  const repository = await TestRepository.create();
  // Without the long list: it is a warning, and finding its place takes longer than all else.
  const files = repositoryFiles(benchFlags(FLAGS).filter(({ serves }) => serves !== 'rules'));
  await repository.commit(files);
  const { remote, stop } = await transport.open(repository);
  const provider = new GuidonProvider({
    ...remote,
    environment: benchEnvironment,
    pollIntervalMs: POLL_INTERVAL_MS,
    logger: silentLogger,
  });
  try {
    await provider.initialize();
    const steps = await Steps.open(join(repository.folder, 'mirror'), remote);
    const totals: number[] = [];
    for (let push = 0; push < pushes; push++) {
      const isOn = push % 2 !== 0;
      const text = String(files[flagPath(KEY)]).replace('rollout: 100', `rollout: ${isOn ? 100 : 0}`);
      await repository.commit({ [flagPath(KEY)]: text });
      totals.push(await timed(() => provider.refresh()));
      assert.equal(provider.snapshot().evaluate(KEY).value, isOn);
      await steps.follow();
    }
    return { transport: transport.name, flags: FLAGS, total: spreadOf(totals), parts: steps.parts };
  } finally {
    await provider.onClose();
    await stop();
    await repository.dispose();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** What a refresh does, one step after the other, in a mirror of its own. */
class Steps {
  readonly #times: Readonly<Record<Step, number[]>> = { fetch: [], list: [], load: [] };
  #loaded: LoadedRepository | undefined;

  private constructor(private readonly mirror: GitMirror) {}

  static async open(dir: string, remote: Remote): Promise<Steps> {
    const steps = new Steps(await openRepository({ dir, remote }));
    await steps.follow();
    // The first time is a cold start, which is another figure.
    for (const times of Object.values(steps.#times)) times.length = 0;
    return steps;
  }

  get parts(): readonly { readonly name: string; readonly milliseconds: ReturnType<typeof spreadOf> }[] {
    return stepNames.map((name) => ({ name, milliseconds: spreadOf(this.#times[name]) }));
  }

  async follow(): Promise<void> {
    const commit = await this.#time('fetch', () => fetchRef(this.mirror, 'HEAD'));
    const tree = await this.#time('list', () => readTree(this.mirror, commit, 'flags'));
    this.#loaded = await this.#time('load', async () => {
      const result = await load(tree, this.#loaded);
      assert(result.ok, 'the benchmark pushes no bad flag');
      // Compiles: a flag that did not change keeps its compiled form.
      result.loaded.ruleset.snapshot(benchEnvironment);
      return result.loaded;
    });
  }

  async #time<T>(step: Step, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work();
    this.#times[step].push(performance.now() - started);
    return result;
  }
}
