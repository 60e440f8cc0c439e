/** Lists that come in pages, which the Link header (RFC 8288) chains. */
import { HostError } from '../host-error.js';
import type { Answer } from './answer.js';
import type { Send } from './transport.js';

/** A list; not complete where it goes on beyond the limit. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly isComplete: boolean;
}

/** Of 100 entries each: more than a pull request that anybody could review. */
const MAX_PAGES = 30;

/** The largest page that GitHub and GitLab give. */
export const PAGE_SIZE = 100;

/** The `next` of a Link header; undefined where there is none. */
export function nextPage(header: string | null): string | undefined {
  for (const link of (header ?? '').split(',')) {
    const [target = '', ...parameters] = link.split(';').map((part) => part.trim());
    if (parameters.includes('rel="next"') && target.startsWith('<') && target.endsWith('>')) return target.slice(1, -1);
  }
  return undefined;
}

function entriesOf(answer: Answer, asked: string): readonly unknown[] {
  if (Array.isArray(answer.json)) return answer.json;
  throw new HostError(`a list was expected of ${asked}, and something else came`, 'invalid');
}

/** Reads a list to its end, or to the limit. */
export async function listPages<T>(
  send: Send,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Listing<T>> {
  const items: T[] = [];
  let next: string | undefined = url;
  for (let page = 0; page < MAX_PAGES && next !== undefined; page += 1) {
    const answer: Answer = await send({ method: 'GET', url: next, headers });
    items.push(...(entriesOf(answer, new URL(next).pathname) as readonly T[]));
    const following = nextPage(answer.headers.get('link'));
    next = following === undefined ? undefined : new URL(following, next).href;
  }
  return { items, isComplete: next === undefined };
}
