/** A TCP server on a free loopback port that does to each connection what a test says. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A running server. */
export class RawServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(serve: (socket: Socket) => void) {
    // A half-open connection stays: the end of the client's half is no reason to end ours.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      serve(socket);
    });
  }

  /** Starts a server on a free port of 127.0.0.1. */
  static async start(serve: (socket: Socket) => void): Promise<RawServer> {
    const server = new RawServer(serve);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends the server and every connection. */
  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }
}

/** Sends the same bytes again and again, as fast as they are taken or at intervals, until the stream is closed. */
export function sendForever(stream: NodeJS.WritableStream, bytes: Uint8Array, intervalMs = 0): void {
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    // Waits for the other side to take it, so that the memory does not fill.
    stream.write(bytes, (error) => {
      if (error === undefined || error === null) timer = setTimeout(send, intervalMs);
    });
  };
  stream.on('close', () => clearTimeout(timer));
  stream.on('error', () => clearTimeout(timer));
  send();
}
