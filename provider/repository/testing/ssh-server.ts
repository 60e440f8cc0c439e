/** Git over ssh on a free loopback port: a real sshd (Debian: openssh-server), one process a connection. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const SSHD = ['/usr/sbin/sshd', '/usr/bin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** Why tests with an ssh server can't run here; undefined where they can. */
export const sshMissing =
  SSHD === undefined ? 'sshd is not installed (Debian: apt-get install openssh-server)' : undefined;

async function generateKey(file: string): Promise<string> {
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}

/** A running ssh server and the files of a client. */
export class SshServer {
  readonly #server: Server;
  readonly #sessions = new Set<ChildProcess>();

  private constructor(
    private readonly folder: string,
    private readonly hostKey: string,
  ) {
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.serve(socket));
  }

  /**
   * Makes keys in `folder`, which must be empty, and starts the server on a free port of 127.0.0.1.
   * @param command what the server runs whatever a client asks for; free of double quotes
   */
  static async start(folder: string, command?: string): Promise<SshServer> {
    await mkdir(folder, { recursive: true });
    const server = new SshServer(folder, await generateKey(join(folder, 'host_key')));
    await generateKey(server.keyFile);
    await server.authorize(command);
    await generateKey(server.strangeKeyFile);
    await writeFile(join(folder, 'sshd_config'), server.configuration());
    // Only sshd run by root asks for it.
    if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true });
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    const strangeHostKey = await generateKey(join(folder, 'strange_host_key'));
    await writeFile(server.knownHostsFile, server.knownHost(server.hostKey));
    await writeFile(server.strangeKnownHostsFile, server.knownHost(strangeHostKey));
    return server;
  }

  /** Accepts the client's key; runs `command` where there is one, whatever the client asks for. */
  async authorize(command?: string): Promise<void> {
    const forced = command === undefined ? '' : `command="${command}" `;
    await writeFile(join(this.folder, 'authorized_keys'), forced + (await readFile(`${this.keyFile}.pub`, 'utf8')));
  }

  /** Accepts no key. */
  async revoke(): Promise<void> {
    await writeFile(join(this.folder, 'authorized_keys'), '');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The private key that the server accepts. */
  get keyFile(): string {
    return join(this.folder, 'user key');
  }

  /** A private key that the server does not know. */
  get strangeKeyFile(): string {
    return join(this.folder, 'strange_key');
  }

  /** Known hosts with the server's key. */
  get knownHostsFile(): string {
    return join(this.folder, 'known hosts');
  }

  /** Known hosts with another key for the server. */
  get strangeKnownHostsFile(): string {
    return join(this.folder, 'strange_known_hosts');
  }

  /** The URL of a repository by its absolute path. */
  url(path: string): string {
    return `ssh://${userInfo().username}@127.0.0.1:${this.port}${path}`;
  }

  /** Ends the server and its connections. */
  async stop(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
    const sessions = [...this.#sessions];
    await Promise.all(sessions.map((sshd) => (sshd.kill() ? once(sshd, 'close') : Promise.resolve([]))));
  }

  private knownHost(key: string): string {
    return `[127.0.0.1]:${this.port} ${key}\n`;
  }

  private configuration(): string {
    return [
      `HostKey "${join(this.folder, 'host_key')}"`,
      `AuthorizedKeysFile "${join(this.folder, 'authorized_keys')}"`,
      'AuthenticationMethods publickey',
      'PermitRootLogin prohibit-password',
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      '',
    ].join('\n');
  }

  /** sshd's inetd mode: the connection is its standard input and output, so that no port has to be guessed. */
  private serve(socket: Socket): void {
    const args = ['-i', '-e', '-f', join(this.folder, 'sshd_config')];
    const sshd = spawn(SSHD ?? 'sshd', args, { stdio: [socket, socket, 'ignore'] });
    this.#sessions.add(sshd);
    sshd.on('close', () => this.#sessions.delete(sshd));
    sshd.on('spawn', () => socket.destroy());
  }
}
