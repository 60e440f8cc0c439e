import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlagChange } from '../../change/change.js';
import type { Verdict } from '../../control/verdict.js';
import { startHttpServer, type HttpServer, type Reply } from '../../host/testing/http-server.js';
import { TestClock } from '../../host/testing/test-clock.js';
import { inertChat, inertMarkdown } from '../inert-text.js';
import type { EvidenceRecord } from '../record.js';
import type { Recorded } from '../record-evidence.js';
import { notifyOwners } from './notify.js';
import { isWebhookUrl } from './webhook.js';

const COMMIT = 'c'.repeat(40);
const SECRET = '/services/T000/B000/verysecret';

let server: HttpServer;
let replies: Reply[];
let clock: TestClock;

beforeEach(async () => {
  replies = [];
  clock = new TestClock();
  server = await startHttpServer(() => replies.shift() ?? { status: 200, raw: 'ok' });
});

afterEach(() => server.close());

interface Told {
  readonly tier?: 'high' | 'medium';
  readonly owner?: string;
  readonly text?: string;
  readonly title?: string;
  readonly reason?: string;
  readonly url?: string;
  readonly part?: number;
}

function recorded({
  tier = 'high',
  owner = 'payments-team',
  text = 'rollout: 5 % → 25 %',
  title = 'Widen',
  ...more
}: Told = {}): Recorded {
  const flag = {
    key: 'payments.checkout.x',
    before: { owner },
    after: { owner },
    items: [{ environment: 'production', text }],
  };
  const { reason = 'The pilot went well', url = 'https://github.com/acme/flags/pull/7', part = 1 } = more;
  return {
    record: {
      commit: COMMIT,
      change: { part, parts: 1 },
      owners: [],
      pullRequest: { number: 7, title, url },
      verdict: { tier, outcome: 'passes', reason, approvers: ['pat', 'pia'] },
    } as unknown as EvidenceRecord,
    verdict: { tier, flags: [flag as unknown as FlagChange] } as unknown as Verdict,
  };
}

const always = (reply: Reply): readonly Reply[] => Array.from({ length: 9 }, () => reply);

const tell = (environment: Readonly<Record<string, string>>, ...list: readonly Recorded[]) =>
  notifyOwners({ recorded: list.length === 0 ? [recorded()] : list, environment, clock, progress: () => undefined });

const toServer = () => ({ GUIDON_WEBHOOK_URL: `${server.url}${SECRET}` });

describe('a notification', () => {
  it('tells the owning team of a high change, in the JSON of Slack', async () => {
    expect(await tell(toServer())).toEqual([]);
    expect(server.arrived).toHaveLength(1);
    expect(server.arrived[0]).toMatchObject({
      method: 'POST',
      path: SECRET,
      headers: { 'content-type': 'application/json' },
      body: {
        text:
          'High-tier flag change merged (payments-team): #\u20607 Widen\n' +
          '• payments.checkout.x in production: rollout: 5 % → 25 %\n' +
          'Reason: The pilot went well\nApproved by: pat, pia',
        blocks: [
          { type: 'section', text: { type: 'plain_text', emoji: false } },
          { type: 'section', text: { type: 'plain_text', emoji: false } },
          { type: 'actions', elements: [{ type: 'button', url: 'https://github.com/acme/flags/pull/7' }] },
        ],
      },
    });
  });

  it('is not sent for lower tiers, nor twice for a pull request that was rebased', async () => {
    const first = recorded();
    const part = { ...first, record: { ...first.record, change: { base: null, result: COMMIT, part: 1, parts: 2 } } };
    expect(await tell(toServer(), recorded({ tier: 'medium' }), part)).toEqual([]);
    expect(server.arrived).toEqual([]);
  });

  it('goes to the webhook of each team, and one that has none is named', async () => {
    const environment = { GUIDON_WEBHOOK_URLS: JSON.stringify({ 'payments-team': `${server.url}/payments` }) };
    const findings = await tell(environment, recorded(), recorded({ owner: 'growth-team' }));
    expect(server.arrived.map(({ path }) => path)).toEqual(['/payments']);
    expect(findings).toMatchObject([{ code: 'notification-failed', severity: 'warning' }]);
    expect(findings[0]?.message).toContain('growth-team could not be told: no webhook is set');
  });

  it('is tried again after 5xx and 429, as long as the server asks, within limits', async () => {
    replies = [
      { status: 503 },
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 429, headers: { 'retry-after': '86400' } },
    ];
    expect(await tell(toServer())).toEqual([]);
    expect(server.arrived).toHaveLength(4);
    expect(clock.slept).toEqual([1_000, 7_000, 60_000]);
  });

  it.each([
    ['keeps failing', always({ status: 500 }), 4, 'it answers 500, 4 of 4 times'],
    ['refuses', [{ status: 404, raw: 'no_service' }], 1, 'it answers 404, 1 of 4 times'],
    ['breaks off', always({ status: 200, raw: 'x', fault: 'cut' }), 1, undefined],
    ['redirects elsewhere', [{ status: 307, headers: { location: 'https://evil.example/' } }], 1, 'it redirects'],
  ] as const)('that %s ends as a warning without the URL', async (_, all, count, expected) => {
    replies = [...all];
    const findings = await tell(toServer());
    expect(server.arrived).toHaveLength(count);
    expect(findings.map(({ severity }) => severity)).toEqual(expected === undefined ? [] : ['warning']);
    const said = JSON.stringify(findings);
    if (expected !== undefined) expect(said).toContain(expected);
    expect(said).not.toContain('verysecret');
    expect(said).not.toContain('evil');
  });

  it('to a server that is not there ends as a warning without the URL', async () => {
    await server.close();
    const said = JSON.stringify(await tell(toServer()));
    expect(said).toContain('it could not be reached');
    expect(said).not.toContain('verysecret');
  });

  it.each([
    ['GUIDON_WEBHOOK_URL', 'http://hooks.example.com/verysecret'],
    ['GUIDON_WEBHOOK_URL', 'ftp://127.0.0.1/verysecret'],
    ['GUIDON_WEBHOOK_URL', 'verysecret'],
    ['GUIDON_WEBHOOK_URLS', '{"payments-team": "verysecret'],
    ['GUIDON_WEBHOOK_URLS', '["https://hooks.example.com/verysecret"]'],
    ['GUIDON_WEBHOOK_URLS', '{"payments-team": "http://hooks.example.com/verysecret"}'],
  ])('is refused where %s is %s, without repeating it', async (name, value) => {
    const refusal = await tell({ [name]: value }).catch((error: unknown) => String(error));
    expect(refusal).toContain(`UsageError: ${name} is not`);
    expect(refusal).not.toContain('verysecret');
  });

  it('carries no mention, no channel and no link out of a file or a title', async () => {
    const evil =
      '<!channel> <@U1> @here #general <https://evil.example|click> [x](https://evil.example) www.evil.example & ~town';
    const told = recorded({ text: evil, title: evil, reason: evil, url: 'https://github.com/x|y> <!channel>' });
    expect(await tell(toServer(), told)).toEqual([]);
    const [arrived] = server.arrived;
    const { text, blocks } = arrived!.body as { text: string; blocks: readonly object[] };
    for (const said of [text, JSON.stringify(blocks)]) {
      expect(said).not.toMatch(/<|>|@\w|#\w|~\w|:\/\/|\]\(|www\.e/);
      expect(said).toContain('&lt;');
    }
    expect(blocks).toHaveLength(2);
  });
});

describe('text of strangers', () => {
  it.each([
    ['a\nb\u202ec', 'a b'],
    ['x'.repeat(30), `${'x'.repeat(20)}…`],
    ['a & b < c', 'a &amp; b &lt; c'],
  ])('%j is inert', (text, expected) => {
    expect(inertChat(text, 20)).toContain(expected);
    expect(inertChat(text, 20)).not.toContain('\u202e');
  });

  it('in Markdown is neither HTML nor a mention', () => {
    expect(inertMarkdown('<img> @acme/x [a](b) https://evil')).toBe(
      '&lt;img> @\u2060acme/x [a]\u2060(b) https:\u2060//evil',
    );
  });

  it.each([
    ['https://hooks.example.com/x', true],
    ['http://localhost:80/x', true],
    ['http://[::1]/x', true],
    ['http://127.0.0.1.evil.example/x', false],
    ['http://localhost@evil.example/x', false],
    ['file:///etc/passwd', false],
  ])('%s as a webhook: %s', (url, expected) => {
    expect(isWebhookUrl(url)).toBe(expected);
  });
});
