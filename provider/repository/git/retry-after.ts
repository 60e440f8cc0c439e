/** How long a web server asks to be left alone, read from curl's trace: git itself does not tell. */
import { TRACE_DESCRIPTOR } from './process.js';

/** The last response of the trace begins here. Servers may write anything into a header, but not a line end. */
const STATUS_LINE = /<= Recv header: HTTP\/[\d.]+ (\d{3})/g;
const HEADER = /<= Recv header: ([A-Za-z-]+):[ \t]*(.*)/g;

/** More digits are more than thirty years: no server means it. */
const SECONDS = /^\d{1,9}$/;

/** RFC 9110, section 5.6.7: the form that servers must send. */
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Has git write the headers that it sends and receives, its own secrets masked, to where `runGit` collects them. */
export const HEADER_TRACE: Readonly<Record<string, string>> = {
  GIT_TRACE_CURL: String(TRACE_DESCRIPTOR),
  GIT_TRACE_CURL_NO_DATA: '1',
  GIT_TRACE_REDACT: '1',
};

function dateOf(text: string | undefined): number | undefined {
  if (text === undefined || !HTTP_DATE.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * The milliseconds that the last response asks to wait for, if it is a failure (RFC 9110, section 10.2.3); undefined
 * where it does not ask, or for no time that lies ahead.
 * @param trace what git wrote by {@link HEADER_TRACE}
 * @param nowMs when the response came, for servers that do not say it
 */
export function retryAfterOf(trace: string, nowMs: number): number | undefined {
  const last = [...trace.matchAll(STATUS_LINE)].at(-1);
  if (last === undefined || Number(last[1]) < 400) return undefined;
  const headers = new Map(
    [...trace.slice(last.index).matchAll(HEADER)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value.trim(),
    ]),
  );
  const value = headers.get('retry-after') ?? '';
  const until = dateOf(value);
  // By the server's own clock: ours may be wrong.
  const sent = dateOf(headers.get('date')) ?? nowMs;
  const waitMs = SECONDS.test(value) ? Number(value) * 1_000 : until === undefined ? 0 : until - sent;
  return waitMs > 0 ? waitMs : undefined;
}
