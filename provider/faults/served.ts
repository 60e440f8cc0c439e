/** A repository on a network: a real git server, and the proxy between it and the provider. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GitProviderOptions } from '../index.js';
import { FaultProxy } from '../repository/testing/fault-proxy.js';
import { basic, GitHttpServer } from '../repository/testing/git-http-server.js';
import type { TestRepository } from '../repository/testing/repository.js';
import { SshServer } from '../repository/testing/ssh-server.js';
import type { Certificates, Workshop } from './workshop.js';

/** The token of every scene. */
export const TOKEN = 'scene-token-5e1f/+=';

/** How a repository is served. */
export type NetworkTransport = 'http' | 'https' | 'ssh';

/** A running server behind its proxy. */
export class Served {
  /** The one token that a web server accepts. */
  accepted = TOKEN;

  private constructor(
    private readonly transport: NetworkTransport,
    private readonly repository: TestRepository,
    private readonly server: GitHttpServer | SshServer,
    readonly proxy: FaultProxy,
    private readonly ownCertificates: Certificates | undefined,
  ) {}

  static async start(transport: NetworkTransport, repository: TestRepository, workshop: Workshop): Promise<Served> {
    const certificates = transport === 'https' ? await workshop.certificates() : undefined;
    const authorize = (header: string | undefined): boolean => header === basic('x-access-token', served.accepted);
    const server =
      transport === 'ssh'
        ? await SshServer.start(join(repository.folder, 'ssh'))
        : await GitHttpServer.start({ root: dirname(repository.remoteDir), authorize });
    const proxy = await FaultProxy.start(server.port, certificates?.valid);
    const served: Served = new Served(transport, repository, server, proxy, certificates);
    if (transport === 'ssh') await served.pinHost(served.ssh.knownHostsFile);
    return served;
  }

  get ssh(): SshServer {
    if (this.server instanceof SshServer) return this.server;
    throw new Error(`${this.transport} has no ssh server`);
  }

  get certificates(): Certificates {
    if (this.ownCertificates !== undefined) return this.ownCertificates;
    throw new Error(`${this.transport} has no certificates`);
  }

  /** The known hosts of the provider. */
  get knownHostsFile(): string {
    return join(this.repository.folder, 'known_hosts');
  }

  /** Has the provider expect the host key that a file of the server's gives for it. */
  async pinHost(file: string): Promise<void> {
    const line = await readFile(file, 'utf8');
    await writeFile(this.knownHostsFile, line.replace(`:${this.server.port} `, `:${this.proxy.port} `));
  }

  /** What a provider is told. */
  options(): Pick<GitProviderOptions, 'url' | 'auth'> {
    const host = `127.0.0.1:${this.proxy.port}`;
    if (this.transport !== 'ssh') return { url: `${this.transport}://${host}/flags.git`, auth: TOKEN };
    const { username } = new URL(this.ssh.url('/'));
    const auth = { sshKeyFile: this.ssh.keyFile, knownHostsFile: this.knownHostsFile };
    return { url: `ssh://${username}@${host}${this.repository.remoteDir}`, auth };
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.server.stop();
  }
}
