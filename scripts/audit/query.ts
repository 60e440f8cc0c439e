/** What is asked of an audit. */
import { parseInstant } from '../../provider/engine/index.js';
import type { ParsedOptions } from '../command.js';
import { UsageError } from '../errors.js';
import type { Moment } from './moments.js';

/** What is asked for; what is left out limits nothing. */
export interface AuditQuery {
  readonly key: string | undefined;
  /** Milliseconds since 1970, both included. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly environments: readonly string[];
  readonly author: string | undefined;
  /** Only reviews that are still owed. */
  readonly isDebtsOnly: boolean;
  readonly isOldestFirst: boolean;
}

/** `2026-11-20`: as a last day it counts as a whole. */
const DAY_LENGTH = 10;
const DAY_MS = 86_400_000;

/** What somebody mistypes is no longer. */
const MAX_SHOWN = 100;

/** What a command line asks for. @throws UsageError for what is no instant, or where there can be no answer */
export function queryOf(options: ParsedOptions, key: string | undefined): AuditQuery {
  const query = {
    key,
    since: instantOf(options, 'since'),
    until: instantOf(options, 'until'),
    environments: options.list('env'),
    author: options.text('author'),
    isDebtsOnly: options.isSet('debts'),
    isOldestFirst: options.isSet('oldest-first'),
  };
  requireOrder(query);
  if (query.author?.trim() === '') throw new UsageError('--author is empty; give a part of a name or an address');
  return query;
}

/** @throws UsageError for what is no instant */
function instantOf(options: ParsedOptions, name: 'since' | 'until'): number | undefined {
  const text = options.text(name);
  if (text === undefined) return undefined;
  const milliseconds = parseInstant(text);
  const isDay = text.length === DAY_LENGTH;
  if (!Number.isNaN(milliseconds)) return isDay && name === 'until' ? milliseconds + DAY_MS - 1 : milliseconds;
  throw new UsageError(
    `--${name} must be an instant such as 2026-11-20T13:50:00Z, or a day such as 2026-11-20, not ${JSON.stringify(text.slice(0, MAX_SHOWN))}`,
  );
}

/** Whether a moment may lie in the time that is asked for. */
export function isWithin(moment: Moment | undefined, { since, until }: Pick<AuditQuery, 'since' | 'until'>): boolean {
  if (moment === undefined) return false;
  return (since === undefined || moment.until >= since) && (until === undefined || moment.at <= until);
}

function requireOrder({ since, until }: Pick<AuditQuery, 'since' | 'until'>): void {
  if (since === undefined || until === undefined || since <= until) return;
  const [from, to] = [since, until].map((instant) => new Date(instant).toISOString());
  throw new UsageError(`--since ${from} is after --until ${to}, so nothing can lie between; swap them`);
}
