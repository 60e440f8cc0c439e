/** Answers of web servers that are no answers to git. */
import type { NetworkFault } from '../repository/testing/fault-proxy.js';

/** A whole answer: its status, headers and body. */
export function answered(status: string, headers: readonly string[] = [], body = ''): NetworkFault {
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`, 'Connection: close', ...headers];
  return { kind: 'answered', text: [...head, '', body].join('\r\n') };
}
