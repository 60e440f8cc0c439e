/** Where a fault is played: a repository, what serves it, what stands between, and the application that follows it. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DirectoryProviderOptions, GitProviderOptions, GuidonProviderOptions } from '../index.js';
import { FaultProxy } from '../repository/testing/fault-proxy.js';
import { basic, GitHttpServer } from '../repository/testing/git-http-server.js';
import { type FileChanges, TestRepository } from '../repository/testing/repository.js';
import { SshServer } from '../repository/testing/ssh-server.js';
import { flag, policy } from '../testing/flag-files.js';
import { KEY, LocalApplication, type WatchedApplication } from './application.js';
import type { Certificates } from './certificates.js';
import { ChildApplication, type ChildOptions } from './child.js';
import type { Transport } from './fault.js';
import type { Workshop } from './workshop.js';

/** Long enough for a scene to go on before it is over, and short enough to be waited for. */
export const LEASE_MS = 700;
/** Not over before the test is. */
export const LONG_LEASE_MS = 3_600_000;

const TOKEN = 'scene-token-5e1f/+=';

/** Any of the options of a provider. */
export type Options = Partial<Omit<GitProviderOptions, 'url'> & Omit<DirectoryProviderOptions, 'directory'>> & {
  readonly url?: string;
  readonly directory?: string;
};

/** The files of a revision that serves its own name. */
export function revision(name: string): Record<string, string> {
  const serving = `\nenvironments:\n  production:\n    enabled: true\n\n    rollout: { named: 100 }\n`;
  return { ...policy, ...flag(KEY, `variants: { named: "${name}", none: "" }\ndefault: none\n${serving}`) };
}

/** The folder of one scene and all that happens in it. */
export class Stage {
  readonly applications: WatchedApplication[] = [];
  /** The token that the server accepts. */
  accepted = TOKEN;
  /** What must be seen nowhere. */
  readonly secrets: readonly string[] = [TOKEN, basic('x-access-token', TOKEN).slice('Basic '.length)];
  #server: GitHttpServer | SshServer | undefined;
  #proxy: FaultProxy | undefined;
  #certificates: Certificates | undefined;

  private constructor(
    readonly transport: Transport,
    readonly repository: TestRepository,
    private readonly workshop: Workshop,
  ) {}

  /** Sets everything up; the source has no revision yet. */
  static async create(transport: Transport, workshop: Workshop): Promise<Stage> {
    const stage = new Stage(transport, await TestRepository.create(), workshop);
    await mkdir(stage.cacheDir);
    if (transport === 'ssh') stage.#server = await SshServer.start(join(stage.folder, 'ssh'));
    if (transport === 'http' || transport === 'https') {
      const authorize = (header: string | undefined): boolean => header === basic('x-access-token', stage.accepted);
      stage.#server = await GitHttpServer.start({ root: dirname(stage.repository.remoteDir), authorize });
    }
    if (transport === 'https') stage.#certificates = await workshop.certificates();
    if (stage.#server !== undefined) {
      stage.#proxy = await FaultProxy.start(stage.#server.port, stage.#certificates?.valid);
    }
    if (stage.#server instanceof SshServer) await stage.#learnHost(stage.#server);
    return stage;
  }

  /** Everything is below it. */
  get folder(): string {
    return this.repository.folder;
  }

  /** For what is fetched and for what is kept. */
  get cacheDir(): string {
    return join(this.folder, 'cache');
  }

  /** The directory of the transport of that name. */
  get directory(): string {
    return join(this.folder, 'live', 'flags');
  }

  /** Between the provider and its server. */
  get proxy(): FaultProxy {
    if (this.#proxy === undefined) throw new Error(`no network is between a provider and its ${this.transport}`);
    return this.#proxy;
  }

  get http(): GitHttpServer {
    if (this.#server instanceof GitHttpServer) return this.#server;
    throw new Error(`${this.transport} has no web server`);
  }

  get ssh(): SshServer {
    if (this.#server instanceof SshServer) return this.#server;
    throw new Error(`${this.transport} has no ssh server`);
  }

  get certificates(): Certificates {
    if (this.#certificates === undefined) throw new Error(`${this.transport} has no certificates`);
    return this.#certificates;
  }

  /** The known hosts of the ssh client. */
  get knownHostsFile(): string {
    return join(this.folder, 'known_hosts');
  }

  /** The application that was started last. */
  get application(): WatchedApplication {
    const application = this.applications.at(-1);
    if (application === undefined) throw new Error('no application was started');
    return application;
  }

  /** Makes these the newest files, beside those that are there; gives the revision. */
  async publish(name: string, changes: FileChanges = {}): Promise<string> {
    const files = { ...revision(name), ...changes };
    if (this.transport !== 'directory') return this.repository.commit(files);
    for (const [path, content] of Object.entries(files)) await this.#save(path, content);
    return '';
  }

  /** Puts the source out of reach. */
  async sever(): Promise<void> {
    if (this.transport === 'directory') await rename(dirname(this.directory), `${dirname(this.directory)}.away`);
    else if (this.transport === 'file') await rename(this.repository.remoteDir, `${this.repository.remoteDir}.away`);
    else await this.proxy.set({ kind: 'refused' });
  }

  /** Ends {@link sever} and every fault of the proxy. */
  async mend(): Promise<void> {
    for (const path of [dirname(this.directory), this.repository.remoteDir]) {
      await rename(`${path}.away`, path).catch(() => undefined);
    }
    await this.#proxy?.set({ kind: 'none' });
  }

  /** What a provider of this stage is told, with changes. */
  options(changes: Options = {}): GuidonProviderOptions {
    const given = {
      ...(this.transport === 'directory' ? { directory: this.directory } : this.#remote()),
      environment: 'production',
      cacheDir: this.cacheDir,
      staleAfterMs: LONG_LEASE_MS,
      ...changes,
    };
    return given as GuidonProviderOptions;
  }

  /** Starts an application, without waiting for it. */
  begin(changes: Options = {}): LocalApplication {
    const application = new LocalApplication(this.options(changes));
    this.applications.push(application);
    return application;
  }

  /** Starts an application; resolves when its start has ended, however it did. */
  async start(changes: Options = {}): Promise<LocalApplication> {
    const application = this.begin(changes);
    await application.started;
    return application;
  }

  /** As {@link begin}, in a process of its own. */
  async beginChild(changes: Options = {}, how: ChildOptions = {}): Promise<ChildApplication> {
    const application = new ChildApplication(await this.workshop.bundle(), this.options(changes), how);
    this.applications.push(application);
    return application;
  }

  /** Lets an application keep what is published, and ends it. */
  async keep(changes: Options = {}): Promise<void> {
    const application = await this.start(changes);
    await application.persisted();
    await application.close();
  }

  /** The files of rulesets that are kept, the newest first. */
  async keptFiles(): Promise<readonly string[]> {
    const names = await readdir(this.cacheDir, { recursive: true });
    const kept = names.filter((name) => name.endsWith('.bundle')).sort();
    return kept.reverse().map((name) => join(this.cacheDir, name));
  }

  /** Ends everything and removes it. */
  async dispose(): Promise<void> {
    for (const application of this.applications) {
      await (application instanceof ChildApplication ? application.kill() : application.close());
    }
    await this.#proxy?.stop();
    await this.#server?.stop();
    await this.repository.dispose();
  }

  #remote(): Pick<GitProviderOptions, 'url' | 'auth'> {
    const { transport, repository } = this;
    if (transport === 'file') return { url: repository.url };
    const host = `127.0.0.1:${this.proxy.port}`;
    if (this.#server instanceof SshServer) {
      const { username } = new URL(this.#server.url('/'));
      const auth = { sshKeyFile: this.#server.keyFile, knownHostsFile: this.knownHostsFile };
      return { url: `ssh://${username}@${host}${repository.remoteDir}`, auth };
    }
    return { url: `${transport}://${host}/flags.git`, auth: TOKEN };
  }

  async #learnHost(server: SshServer): Promise<void> {
    const line = await readFile(server.knownHostsFile, 'utf8');
    await writeFile(this.knownHostsFile, line.replace(`:${server.port} `, `:${this.proxy.port} `));
  }

  /** In one step, as a careful editor does. */
  async #save(path: string, content: string | Uint8Array | null): Promise<void> {
    const file = join(dirname(this.directory), path);
    if (content === null) return rm(file, { force: true });
    await mkdir(dirname(file), { recursive: true });
    const beside = join(this.folder, 'saved');
    await writeFile(beside, content);
    await rename(beside, file);
  }
}
