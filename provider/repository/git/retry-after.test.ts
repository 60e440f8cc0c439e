import { describe, expect, it } from 'vitest';
import { retryAfterOf } from './retry-after.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const TIME = '18:48:05.740362 http.c:684              ';

/** A trace as git writes it: each response a list of lines. */
const traceOf = (...responses: string[][]): string =>
  responses
    .flatMap((lines) => [
      `${TIME}=> Send header: GET / HTTP/1.1`,
      ...lines.map((line) => `${TIME}<= Recv header: ${line}`),
    ])
    .join('\n');

const after = (value: string, ...others: string[]): string =>
  traceOf(['HTTP/1.1 429 Too Many Requests', ...others, `Retry-After: ${value}`, '']);

describe('retryAfterOf', () => {
  it.each([
    ['seconds', after('120'), 120_000],
    ['spaces around', after('  7 '), 7_000],
    ['a date', after('Sun, 01 Mar 2026 12:01:30 GMT'), 90_000],
    [
      "a date by the server's clock",
      after('Mon, 02 Mar 2026 09:00:10 GMT', 'Date: Mon, 02 Mar 2026 09:00:00 GMT'),
      10_000,
    ],
    ['another status', traceOf(['HTTP/2 503', 'retry-after: 5']), 5_000],
    [
      'the last of two responses',
      traceOf(['HTTP/1.1 503 x', 'Retry-After: 1'], ['HTTP/1.1 429 x', 'Retry-After: 2']),
      2_000,
    ],
    ['more than a day', after('999999999'), 999_999_999_000],
  ])('reads %s', (_, trace, waitMs) => {
    expect(retryAfterOf(trace, NOW)).toBe(waitMs);
  });

  it.each([
    ['no trace', ''],
    ['no header', traceOf(['HTTP/1.1 429 Too Many Requests'])],
    ['a header that was sent', `${TIME}<= Recv header: HTTP/1.1 503 x\n${TIME}=> Send header: Retry-After: 9`],
    ['a header of an earlier response', traceOf(['HTTP/1.1 503 x', 'Retry-After: 9'], ['HTTP/1.1 503 x'])],
    ['a response that is no failure', traceOf(['HTTP/1.1 200 OK', 'Retry-After: 9'])],
    ['a header without its response', `${TIME}<= Recv header: Retry-After: 9`],
    ['a similar header', traceOf(['HTTP/1.1 503 x', 'X-Retry-After: 9'])],
    ...['', '0', '-1', '1.5', '1e3', '0x10', 'soon', '9'.repeat(10), '5 minutes', 'Infinity', 'NaN'].map((value) => [
      `the value ${JSON.stringify(value)}`,
      after(value),
    ]),
    ['a date that has passed', after('Sun, 01 Mar 2026 11:59:59 GMT')],
    ['a date that is none', after('Sun, 99 Mar 2026 12:00:00 GMT')],
    ['a date in another form', after('2026-03-01T13:00:00Z')],
  ])('takes nothing from %s', (_, trace) => {
    expect(retryAfterOf(trace, NOW)).toBeUndefined();
  });

  it('takes bounded time for whatever a server sends', () => {
    const hostile = '<= Recv header: HTTP/1.1 503 '.repeat(600).slice(0, 16 * 1024);
    expect(retryAfterOf(hostile, NOW)).toBeUndefined();
    expect(retryAfterOf(`<= Recv header: ${'a-'.repeat(8_000)}`, NOW)).toBeUndefined();
  });
});
