/** A TCP proxy on a free loopback port that does to connections what networks and broken servers do. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Certificate } from './certificate.js';

/** The start of a pack, which is where the objects are in an answer of git. */
const PACK = Buffer.from('PACK');

/** What becomes of connections. */
export type NetworkFault =
  /** They reach the server. */
  | { readonly kind: 'none' }
  /** Nobody listens. */
  | { readonly kind: 'refused' }
  /** They are accepted, and nothing is ever answered. */
  | { readonly kind: 'silent' }
  /** Every request gets this text, and the connection ends. */
  | { readonly kind: 'answered'; readonly text: string }
  /** The answer comes byte by byte. */
  | { readonly kind: 'dripping'; readonly everyMs: number }
  /**
   * The answer is as it should be up to so many bytes, or to the middle of the pack; then it ends, the connection is
   * reset, nothing more comes (not even an end, as of a host that was switched off), or one byte is another.
   */
  | {
      readonly kind: 'broken';
      readonly after: number | 'PACK';
      readonly by: 'end' | 'reset' | 'stall' | 'flip';
    };

/** How far behind its mark the pack is broken: behind its header, before its checksum. */
const INTO_PACK = 24;
/** Somebody else may have been given the port meanwhile, for a moment. */
const MAX_LISTENS = 50;

/** A running proxy. */
export class FaultProxy {
  /** How many connections there were. */
  connections = 0;
  /** Resolves when the fault that was set last has met a connection. */
  struck: Promise<void> = Promise.resolve();
  #strike: () => void = () => undefined;
  #fault: NetworkFault = { kind: 'none' };
  #server: Server | TlsServer;
  #port = 0;
  #certificate: Certificate | undefined;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly upstreamPort: number) {
    this.#server = createServer();
  }

  /** Starts a proxy before a port of 127.0.0.1; with a certificate it speaks TLS to its clients. */
  static async start(upstreamPort: number, certificate?: Certificate): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstreamPort);
    proxy.#certificate = certificate;
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Every connection that is open is reset; the next ones meet this fault. */
  async set(fault: NetworkFault): Promise<void> {
    const wasListening = this.#fault.kind !== 'refused';
    this.#fault = fault;
    this.struck = new Promise((resolve) => (this.#strike = resolve));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    if (fault.kind === 'refused' && wasListening) await this.#unlisten();
    if (fault.kind !== 'refused' && !wasListening) await this.#listen();
  }

  /** Shows clients another certificate. */
  identifyAs(certificate: Certificate): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(certificate);
  }

  /** Ends the proxy and every connection. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#fault.kind !== 'refused') await this.#unlisten();
  }

  async #listen(): Promise<void> {
    for (let listens = 1; ; listens++) {
      const serve = (socket: Socket): void => this.#serve(socket);
      this.#server = this.#certificate === undefined ? createServer(serve) : createTlsServer(this.#certificate, serve);
      // A client that does not trust the certificate breaks off.
      this.#server.on('tlsClientError', () => undefined);
      try {
        this.#server.listen(this.#port, '127.0.0.1');
        await once(this.#server, 'listening');
        this.#port = (this.#server.address() as AddressInfo).port;
        return;
      } catch (error) {
        if (listens === MAX_LISTENS) throw error;
      }
    }
  }

  async #unlisten(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #serve(client: Socket): void {
    this.connections++;
    this.#keep(client);
    const fault = this.#fault;
    if (fault.kind !== 'broken') this.#strike();
    if (fault.kind === 'silent') client.resume();
    else if (fault.kind === 'answered') client.once('data', () => client.end(fault.text));
    else this.#connect(client, fault);
  }

  #connect(client: Socket, fault: NetworkFault): void {
    const server = connect(this.upstreamPort, '127.0.0.1');
    this.#keep(server);
    client.pipe(server);
    client.on('close', () => server.destroy());
    if (fault.kind === 'dripping') return drip(server, client, fault.everyMs);
    if (fault.kind === 'broken') server.on('data', breaking(fault, client, server, this.#strike));
    else server.pipe(client);
    // A host that was switched off sends no end either.
    if (fault.kind === 'broken' && fault.by !== 'flip') return;
    server.on('close', () => client.destroySoon());
  }
}

function drip(server: Socket, client: Socket, everyMs: number): void {
  const waiting: number[] = [];
  server.on('data', (bytes: Buffer) => void waiting.push(...bytes));
  const timer = setInterval(() => {
    const byte = waiting.shift();
    if (byte !== undefined) client.write(Buffer.of(byte));
  }, everyMs);
  client.on('close', () => clearInterval(timer));
}

/** What to do with each part of an answer that is to be broken. */
function breaking(
  { after, by }: Extract<NetworkFault, { kind: 'broken' }>,
  client: Socket,
  server: Socket,
  strike: () => void,
): (bytes: Buffer) => void {
  let passed = 0;
  let breaksAt = after === 'PACK' ? Number.POSITIVE_INFINITY : after;
  return (bytes) => {
    const mark = after === 'PACK' ? bytes.indexOf(PACK) : -1;
    if (mark >= 0 && breaksAt === Number.POSITIVE_INFINITY) breaksAt = passed + mark + INTO_PACK;
    const offset = breaksAt - passed;
    passed += bytes.length;
    if (offset >= bytes.length || (offset < 0 && by === 'flip')) return void client.write(bytes);
    // Behind the break nothing comes any more.
    if (offset < 0) return;
    strike();
    if (by === 'flip') {
      bytes[offset] = (bytes[offset] ?? 0) ^ 0xff;
      return void client.write(bytes);
    }
    client.write(bytes.subarray(0, offset), () => breakOff(by, client));
    if (by !== 'stall') server.destroy();
  };
}

function breakOff(by: 'end' | 'reset' | 'stall', client: Socket): void {
  if (by === 'end') client.end();
  if (by === 'reset') client.resetAndDestroy();
}
