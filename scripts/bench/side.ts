/** The process of one side at one number of flags: a side's garbage and compiled code are its own, and no other's cost. */
import { Socket } from 'node:net';
import { benchCases, benchContexts, benchFlags, type BenchCase, type CaseName } from './cases.js';
import { guidon } from './guidon.js';
import { bytesPerCall, nanosecondsPerCall, warmUp } from './measure.js';
import type { OpenPeer, Peer } from './peer.js';
import { peerModule } from './prepare.js';
import type { SideAnswer, SideRequest } from './side-protocol.js';
import { Turn } from './turn.js';

const connections: string[] = [];

/** The benchmark is offline, and so is every SDK in it: a connection is noted, and never made. */
function refuseConnections(): void {
  Socket.prototype.connect = function refuse(this: Socket, ...args: readonly unknown[]): Socket {
    const { host, port, path } = Object(args.flat()[0]) as Readonly<Record<string, string | number | null | undefined>>;
    connections.push(`${host ?? 'localhost'} ${port ?? path}`);
    process.nextTick(() => this.destroy(new Error('the benchmark is offline')));
    return this;
  };
}

async function findPeer(file: string): Promise<Peer> {
  if (file === 'guidon') return guidon;
  const { peer } = (await import(peerModule(file))) as { readonly peer: Peer };
  return peer;
}

/** One side, open. */
class Side {
  readonly #turns = new Map<CaseName, Turn>();
  readonly #contexts: readonly unknown[];

  constructor(
    private readonly peer: Peer,
    private readonly open: OpenPeer,
    private readonly flagCount: number,
  ) {
    this.#contexts = benchContexts.map((context) => open.context(context));
  }

  async answer(request: SideRequest): Promise<unknown> {
    switch (request.request) {
      case 'describe': {
        const { title, packageName, note, notes, cannot } = this.peer;
        return { title, packageName, note, notes, cannot };
      }
      case 'values':
        // A turn of its own, so that asking twice begins twice at the beginning.
        return this.#newTurn(request.case).values();
      case 'warmUp':
        return warmUp(this.#turn(request.case).loop, request.effort);
      case 'slice':
        return nanosecondsPerCall(this.#turn(request.case).loop, request.times);
      case 'bytes':
        return bytesPerCall(this.#turn(request.case).loop);
      case 'close':
        await this.open.close();
        // Nothing else may keep the process alive; whoever started it waits for its end.
        setImmediate(() => process.disconnect());
        return connections;
    }
  }

  #turn(name: CaseName): Turn {
    const turn = this.#turns.get(name) ?? this.#newTurn(name);
    this.#turns.set(name, turn);
    return turn;
  }

  #newTurn(name: CaseName): Turn {
    const benchCase = benchCases.find((one) => one.name === name) as BenchCase;
    return new Turn(this.open, benchCase, this.#contexts, this.flagCount);
  }
}

async function main([file = '', flagCount = '']: readonly string[]): Promise<void> {
  refuseConnections();
  const peer = await findPeer(file);
  const side = new Side(peer, await peer.open(benchFlags(Number(flagCount))), Number(flagCount));
  const send = (answer: SideAnswer): unknown => process.send?.(answer);
  process.on('message', (request: SideRequest) => {
    side.answer(request).then(
      (answer) => send({ answer }),
      (error: Error) => send({ error: String(error.stack ?? error) }),
    );
  });
}

await main(process.argv.slice(2));
