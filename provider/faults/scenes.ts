/** What many scenes have in common. */
import type { Expected } from './fault.js';
import { LEASE_MS, type Options, type Stage } from './stage.js';

/** The first revision serves on, and the lease has ended. */
export const staleFirst = {
  status: 'STALE',
  events: ['READY', 'STALE'],
  serves: 'first',
} as const satisfies Expected;

/** The first revision serves on, within its lease. */
export const readyFirst = { status: 'READY', events: ['READY'], serves: 'first' } as const satisfies Expected;

/** The second revision came, and nothing else. */
export const changedToSecond = {
  status: 'READY',
  events: ['READY', 'CHANGED'],
  serves: 'second',
} as const satisfies Expected;

/** The second revision came, and may have had others before it. */
export const changedOnceOrMore: Expected = { ...changedToSecond, isUncounted: true };

/** Nothing was ever loaded. */
export const errorWithNothing = { status: 'ERROR', events: ['ERROR'], serves: 'nothing' } as const satisfies Expected;

/** Part of every message: what it says is up to the source, and not what the scene is about. */
export const ANY_ERROR = '';

/** What is told to a provider whose lease ends while the scene is watched. */
export const SHORT_LEASE: Options = { staleAfterMs: LEASE_MS };

/** Serves a first revision, suffers and polls. */
export async function sufferWhileServing(stage: Stage, suffer: () => unknown, options: Options = {}): Promise<void> {
  await stage.publish('first');
  const application = await stage.start(options);
  await application.persisted();
  await suffer();
  await application.refresh();
}

/** As {@link sufferWhileServing}, until the application hears that it is stale. */
export async function sufferUntilStale(
  stage: Stage,
  suffer: () => unknown,
  options: Options = SHORT_LEASE,
): Promise<void> {
  await sufferWhileServing(stage, suffer, options);
  await stage.application.heard('STALE');
}

/** A first revision serves from disk, for the remote is out of reach; polls once. */
export async function startSevered(stage: Stage, options: Options = {}): Promise<void> {
  await stage.sever();
  const application = await stage.start(options);
  await application.refresh();
}
