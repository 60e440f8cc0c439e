import { describe, expect, it } from 'vitest';
import { HostError } from '../host-error.js';
import { startHttpServer, type Arrived, type HttpServer, type Reply } from '../testing/http-server.js';
import { TestClock } from '../testing/test-clock.js';
import { createTransport, type Send } from './transport.js';
import { listPages } from './pages.js';

const TOKEN = 'ghp_secretsecretsecret';
const OK: Reply = { status: 200, json: { ok: true } };

interface Call {
  readonly server: HttpServer;
  readonly send: Send;
  readonly clock: TestClock;
  readonly asked: readonly Arrived[];
}

async function withServer(
  answer: readonly Reply[] | ((request: Arrived, clock: TestClock) => Reply),
  body: (call: Call) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const clock = new TestClock();
  const replies = Array.isArray(answer) ? [...(answer as readonly Reply[])] : [];
  const server = await startHttpServer((request) =>
    typeof answer === 'function' ? answer(request, clock) : (replies.shift() ?? OK),
  );
  const authorization = { name: 'authorization', value: `Bearer ${TOKEN}`, secret: TOKEN };
  const send = createTransport({ host: 'GitHub', origin: server.url, authorization, clock, signal });
  try {
    await body({ server, send, clock, asked: server.arrived });
  } finally {
    await server.close();
  }
}

async function failureOf(promise: Promise<unknown>): Promise<HostError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof HostError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('a request is sent again', () => {
  const resetAt = String(Date.parse('2026-03-01T12:00:30Z') / 1_000);

  it.each<[title: string, replies: readonly Reply[], sleptMs: readonly number[]]>([
    ['not after a success', [OK], []],
    ['after 502', [{ status: 502, raw: '<html>' }], [1_000]],
    ['after 500, 503 and 504', [{ status: 500 }, { status: 503 }, { status: 504 }], [1_000, 2_000, 4_000]],
    ['after JSON that is cut off', [{ status: 200, raw: '{"ok": tr' }], [1_000]],
    ['after an answer without a body', [{ status: 200 }], [1_000]],
    ['after a connection that ends in the middle', [{ status: 200, json: { ok: true }, fault: 'cut' }], [1_000]],
    ['as late as 429 asks for', [{ status: 429, headers: { 'retry-after': '7' } }], [7_000]],
    ['as late as 403 asks for', [{ status: 403, headers: { 'retry-after': '9' } }], [9_000]],
    [
      'when the rate limit is reset',
      [{ status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetAt } }],
      [31_000],
    ],
    ['when GitLab resets', [{ status: 429, headers: { 'ratelimit-reset': resetAt } }], [31_000]],
    ['after a minute', [{ status: 403, json: { message: 'You have exceeded a secondary rate limit.' } }], [60_000]],
  ])('%s', async (_, replies, sleptMs) => {
    await withServer(replies, async ({ server, send, clock }) => {
      const answer = await send({ method: 'GET', url: `${server.url}/x` });
      expect(answer.json).toEqual({ ok: true });
      expect(clock.slept).toEqual(sleptMs);
    });
  });

  it.each(['POST', 'PATCH', 'PUT', 'DELETE'])('%s only where twice is as good as once', async (method) => {
    await withServer([{ status: 502 }], async ({ server, send, asked }) => {
      const sent = send({ method, url: `${server.url}/x`, body: '{}' });
      if (method === 'POST') expect((await failureOf(sent)).failure).toBe('unreachable');
      else await sent;
      expect(asked).toHaveLength(method === 'POST' ? 1 : 2);
    });
  });

  it('also POST after a rate limit, since nothing was done', async () => {
    await withServer([{ status: 429, headers: { 'retry-after': '1' } }], async ({ server, send, asked }) => {
      await send({ method: 'POST', url: `${server.url}/x`, body: '{"a":1}' });
      expect(asked.map(({ body }) => body)).toEqual([{ a: 1 }, { a: 1 }]);
    });
  });
});

describe('a request is given up', () => {
  it('after four tries, and says what was asked', async () => {
    await withServer(
      () => ({ status: 502 }),
      async ({ server, send, asked }) => {
        const { message, failure } = await failureOf(send({ method: 'GET', url: `${server.url}/repos/x?secret=1` }));
        expect(message).toBe('GitHub was asked 4 times for GET /repos/x: it answers 502');
        expect(failure).toBe('unreachable');
        expect(asked).toHaveLength(4);
      },
    );
  });

  it('when the waits would take more than five minutes, and says when to come back', async () => {
    await withServer(
      () => ({ status: 429, headers: { 'retry-after': '200' } }),
      async ({ server, send, clock }) => {
        const failure = await failureOf(send({ method: 'GET', url: `${server.url}/x` }));
        expect(clock.slept).toEqual([200_000]);
        expect(failure.failure).toBe('rate-limited');
        expect(failure.retryAt).toBe('2026-03-01T12:06:40.000Z');
        expect(failure.message).toBe(
          'GitHub limits the rate of requests (GET /x); run this again after 2026-03-01T12:06:40.000Z',
        );
        // The budget is that of the whole run.
        expect((await failureOf(send({ method: 'GET', url: `${server.url}/x` }))).failure).toBe('rate-limited');
        expect(clock.slept).toEqual([200_000]);
      },
    );
  });

  it('when nothing more comes', async () => {
    await withServer(
      (_, clock) => {
        setImmediate(() => clock.expire());
        return { status: 200, fault: 'hang', raw: '{' };
      },
      async ({ server, send }) => {
        const { message } = await failureOf(send({ method: 'GET', url: `${server.url}/x` }));
        expect(message).toBe('GitHub was asked 4 times for GET /x: no whole answer within 60 s');
      },
    );
  });

  it('when the answer never ends', async () => {
    await withServer(
      () => ({ status: 200, fault: 'endless' }),
      async ({ server, send, asked }) => {
        const { message } = await failureOf(send({ method: 'GET', url: `${server.url}/x` }));
        expect(message).toBe('GitHub answers with more than 20971520 bytes, which is refused');
        expect(asked).toHaveLength(1);
      },
    );
  });

  it('when nobody listens', async () => {
    const clock = new TestClock();
    const server = await startHttpServer(() => OK);
    await server.close();
    const send = createTransport({ host: 'GitHub', origin: server.url, authorization: undefined, clock });
    const { message } = await failureOf(send({ method: 'GET', url: `${server.url}/x` }));
    expect(message).toBe('GitHub was asked 4 times for GET /x: no connection');
  });

  it('when the caller gives up', async () => {
    const controller = new AbortController();
    await withServer(
      () => {
        controller.abort(new Error('enough'));
        return { status: 200, fault: 'hang' };
      },
      async ({ server, send, asked }) => {
        await expect(send({ method: 'GET', url: `${server.url}/x` })).rejects.toThrow('enough');
        expect(asked).toHaveLength(1);
      },
      controller.signal,
    );
  });

  it.each<[status: number, failure: HostError['failure']]>([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'missing'],
    [410, 'missing'],
    [422, 'refused'],
  ])('at once where the host refuses: %s', async (status, failure) => {
    const told = `no\n\u202e ${TOKEN} ${'x'.repeat(500)}`;
    await withServer([{ status, json: { message: told } }], async ({ server, send, asked }) => {
      const found = await failureOf(send({ method: 'GET', url: `${server.url}/x` }));
      expect(found.failure).toBe(failure);
      expect(found.message).not.toContain(TOKEN);
      expect(found.message).toMatch(/^[ -~]{1,400}$/);
      expect(asked).toHaveLength(1);
    });
  });
});

describe('the token', () => {
  it('goes to the host in one header', async () => {
    await withServer([OK], async ({ server, send, asked }) => {
      await send({ method: 'GET', url: `${server.url}/x`, headers: { authorization: 'Bearer other' } });
      expect(asked[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    });
  });

  it.each([301, 302, 307, 308])('never follows a redirect %s to another host', async (status) => {
    const other = await startHttpServer(() => OK);
    try {
      await withServer([{ status, headers: { location: `${other.url}/x` } }], async ({ server, send }) => {
        const { message } = await failureOf(send({ method: 'GET', url: `${server.url}/x` }));
        expect(message).toMatch(/sends GET \/x on to another host \(127\.0\.0\.1:\d+\), which is not asked/);
        expect(message).not.toContain(TOKEN);
      });
      expect(other.arrived).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('never follows a page to another host', async () => {
    const other = await startHttpServer(() => ({ status: 200, json: [] }));
    try {
      const headers = { link: `<${other.url}/y>; rel="next"` };
      await withServer([{ status: 200, headers, json: [1] }], async ({ server, send }) => {
        await expect(listPages(send, `${server.url}/x`, {})).rejects.toThrow(/on to another host/);
      });
      expect(other.arrived).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe('a redirect on the same host', () => {
  it.each<[method: string, status: number, isFollowed: boolean]>([
    ['GET', 301, true],
    ['GET', 307, true],
    ['POST', 307, true],
    ['PATCH', 308, true],
    ['POST', 301, false],
    ['PATCH', 302, false],
  ])('%s %s', async (method, status, isFollowed) => {
    const body = method === 'GET' ? undefined : '{"a":1}';
    await withServer([{ status, headers: { location: '/repositories/1' } }], async ({ server, send, asked }) => {
      const sent = send({ method, url: `${server.url}/x`, body });
      if (!isFollowed) {
        expect((await failureOf(sent)).message).toMatch(/the repository has moved; use its new name/);
        return;
      }
      await sent;
      expect(asked.map((one) => [one.method, one.path, one.body])[1]).toEqual([
        method,
        '/repositories/1',
        body === undefined ? undefined : { a: 1 },
      ]);
    });
  });

  it('ends where it goes round in circles, or nowhere', async () => {
    await withServer(
      () => ({ status: 302, headers: { location: '/x' } }),
      async ({ server, send, asked }) => {
        expect((await failureOf(send({ method: 'GET', url: `${server.url}/x` }))).message).toMatch(/more than 3 times/);
        expect(asked).toHaveLength(4);
      },
    );
    await withServer([{ status: 302, headers: { location: 'http://' } }], async ({ server, send }) => {
      expect((await failureOf(send({ method: 'GET', url: `${server.url}/x` }))).message).toMatch(/to nowhere/);
    });
  });
});

describe('a list', () => {
  it('ends at its limit, also where it chains to itself', async () => {
    await withServer(
      ({ path }) => ({ status: 200, headers: { link: `<${path}>; rel="next"` }, json: [1] }),
      async ({ server, send, asked }) => {
        const found = await listPages(send, `${server.url}/x`, {});
        expect(found.isComplete).toBe(false);
        expect(found.items).toHaveLength(30);
        expect(asked).toHaveLength(30);
      },
    );
  });

  it('is one, or an error', async () => {
    await withServer([{ status: 200, json: { a: 1 } }], async ({ server, send }) => {
      await expect(listPages(send, `${server.url}/x`, {})).rejects.toThrow(/a list was expected of \/x/);
    });
  });
});
