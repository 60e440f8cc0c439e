/** Where a fault is played: a repository, what stands between, and the applications that follow it. */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DirectoryProviderOptions, GitProviderOptions, GuidonProviderOptions } from '../index.js';
import type { FaultProxy } from '../repository/testing/fault-proxy.js';
import { basic } from '../repository/testing/git-http-server.js';
import { type FileChanges, TestRepository } from '../repository/testing/repository.js';
import { flag, policy } from '../testing/flag-files.js';
import { KEY, LocalApplication, type WatchedApplication } from './application.js';
import { ChildApplication, type ChildOptions } from './child.js';
import type { Transport } from './fault.js';
import { Served, TOKEN } from './served.js';
import type { Workshop } from './workshop.js';

/** Long enough for a scene to go on before it is over, and short enough to be waited for. */
export const LEASE_MS = 1_500;
/** Not over before the test is. */
export const LONG_LEASE_MS = 3_600_000;

/** Any of the options of a provider. */
export type Options = Partial<Omit<GitProviderOptions, 'url'> & Omit<DirectoryProviderOptions, 'directory'>> & {
  readonly url?: string;
  readonly directory?: string;
};

/** A flag that serves a text. */
export function serving(key: string, text: string): Record<string, string> {
  const on = (environment: string): string => `  ${environment}:\n    enabled: true\n\n    rollout: { named: 100 }\n`;
  const environments = `\nenvironments:\n${on('production')}${on('staging')}`;
  return flag(key, `variants: { named: "${text}", none: "" }\ndefault: none\n${environments}`);
}

/** The folder of one scene and all that happens in it. */
export class Stage {
  readonly applications: WatchedApplication[] = [];
  /** What undoes a scene's changes to the machine, the last first. */
  readonly undo: (() => unknown)[] = [];
  /** What must be seen nowhere. */
  readonly secrets: readonly string[] = [TOKEN, basic('x-access-token', TOKEN).slice('Basic '.length)];
  #served: Served | undefined;

  private constructor(
    readonly transport: Transport,
    readonly repository: TestRepository,
    private readonly workshop: Workshop,
  ) {}

  /** Sets everything up; the source has no revision yet. */
  static async create(transport: Transport, workshop: Workshop): Promise<Stage> {
    const stage = new Stage(transport, await TestRepository.create(), workshop);
    await mkdir(stage.cacheDir);
    if (transport !== 'file' && transport !== 'directory') {
      stage.#served = await Served.start(transport, stage.repository, workshop);
    }
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

  /** Of the transport of that name; the folder around it is part of it. */
  get directory(): string {
    return join(this.folder, 'live', 'flags');
  }

  /** The server; a file and a directory have none. */
  get served(): Served {
    if (this.#served !== undefined) return this.#served;
    throw new Error(`no network is between a provider and its ${this.transport}`);
  }

  get proxy(): FaultProxy {
    return this.served.proxy;
  }

  /** The application that was started last. */
  get application(): WatchedApplication {
    const application = this.applications.at(-1);
    if (application !== undefined) return application;
    throw new Error('no application was started');
  }

  /** Makes a revision that serves its own name, with changes beside; gives the commit. */
  async publish(name: string, changes: FileChanges = {}): Promise<string> {
    const files = { ...policy, ...serving(KEY, name), ...changes };
    if (this.transport !== 'directory') return this.repository.commit(files);
    for (const [path, content] of Object.entries(files)) await this.save(path, content);
    return '';
  }

  /** Writes a file of the directory, in one step as a careful editor does; null removes it. */
  async save(path: string, content: string | Uint8Array | null): Promise<void> {
    const file = join(dirname(this.directory), path);
    if (content === null) return rm(file, { force: true });
    await mkdir(dirname(file), { recursive: true });
    const beside = join(this.folder, 'saved');
    await writeFile(beside, content);
    await rename(beside, file);
  }

  /** Removes the branch from the remote, also where HEAD names it. */
  async deleteBranch(): Promise<void> {
    await this.repository.git(`--git-dir=${this.repository.remoteDir}`, 'update-ref', '-d', 'refs/heads/main');
  }

  /** Puts the source out of reach. */
  async sever(): Promise<void> {
    if (this.#served !== undefined) return this.proxy.set({ kind: 'refused' });
    const path = this.transport === 'file' ? this.repository.remoteDir : dirname(this.directory);
    await rename(path, `${path}.away`);
  }

  /** Ends {@link sever}, every fault of the proxy, and any doubt of the token. */
  async mend(): Promise<void> {
    for (const path of [dirname(this.directory), this.repository.remoteDir]) {
      await rename(`${path}.away`, path).catch(() => undefined);
    }
    if (this.#served === undefined) return;
    this.served.accepted = TOKEN;
    await this.proxy.set({ kind: 'none' });
  }

  /** What a provider of this stage is told, with changes. */
  options(changes: Options = {}): GuidonProviderOptions {
    const file = this.transport === 'file' ? { url: this.repository.url } : { directory: this.directory };
    return {
      ...(this.#served?.options() ?? file),
      environment: 'production',
      cacheDir: this.cacheDir,
      staleAfterMs: LONG_LEASE_MS,
      ...changes,
    };
  }

  /** Starts an application; resolves when its start has ended, however it did. */
  async start(changes: Options = {}): Promise<LocalApplication> {
    const application = new LocalApplication(this.options(changes));
    this.applications.push(application);
    await application.started;
    return application;
  }

  /** As {@link start}, in a process of its own. */
  async startChild(changes: Options = {}, how: ChildOptions = {}): Promise<ChildApplication> {
    const application = new ChildApplication(await this.workshop.bundle(), this.options(changes), how);
    this.applications.push(application);
    await application.started;
    return application;
  }

  /** Lets an application keep what is published, and ends it. */
  async keep(changes: Options = {}): Promise<void> {
    const application = await this.start(changes);
    await application.refresh();
    await application.persisted();
    await application.close();
  }

  /** The repository into which was fetched. */
  async mirrorDir(): Promise<string> {
    const name = (await readdir(this.cacheDir)).find((entry) => !entry.endsWith('.lkg'));
    if (name === undefined) throw new Error('nothing was fetched');
    return join(this.cacheDir, name);
  }

  /** The files of kept rulesets, the newest first. */
  async keptFiles(): Promise<readonly string[]> {
    const names = await readdir(this.cacheDir, { recursive: true });
    const kept = names.filter((name) => name.endsWith('.bundle'));
    return kept
      .sort()
      .reverse()
      .map((name) => join(this.cacheDir, name));
  }

  /** Ends everything and removes it. */
  async dispose(): Promise<void> {
    for (const application of this.applications) {
      await (application instanceof ChildApplication ? application.kill() : application.close());
    }
    await this.#served?.stop();
    for (const undo of this.undo.reverse()) await undo();
    await this.repository.dispose();
  }
}
