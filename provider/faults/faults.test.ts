import { OpenFeature } from '@openfeature/server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi, type TestContext } from 'vitest';
import { canListProcesses, processesWith } from '../repository/testing/processes.js';
import { CODE_DEFAULT, type EventName, type Sight } from './application.js';
import type { Expected, Fault, Transport } from './fault.js';
import { faults, inapplicable, LIST_LENGTH } from './list.js';
import { missing, type Need } from './needs.js';
import { Stage } from './stage.js';
import { Workshop } from './workshop.js';

/** Far longer than anything takes. */
const LIMIT = { timeout: 30_000 };

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.create();
});
afterAll(async () => {
  await OpenFeature.close();
  await workshop.dispose();
});

/** What recovery adds to the events of each status. */
const recovery: Readonly<Record<Expected['status'], readonly EventName[]>> = {
  READY: ['CHANGED'],
  STALE: ['READY', 'CHANGED'],
  ERROR: ['READY'],
  FATAL: ['READY'],
};

const transportNeeds: Readonly<Partial<Record<Transport, Need>>> = { ssh: 'ssh', https: 'openssl' };

/** Several changes in a row as one, where the row does not count them. */
function counted(events: readonly EventName[], { isUncounted = false }: Expected): readonly EventName[] {
  return isUncounted ? events.filter((event, index) => event !== 'CHANGED' || events[index - 1] !== event) : events;
}

const part = (text: string | undefined): unknown => (text === undefined ? undefined : expect.stringContaining(text));

function expectSight(seen: Sight, expected: Expected): void {
  const { status, events, serves, error, rejected, fromLastKnownGood = false } = expected;
  const { lastError, rejected: found } = seen.status;
  expect({
    status: seen.providerStatus,
    events: counted(seen.events, expected),
    fromLastKnownGood: seen.status.fromLastKnownGood,
    error: lastError?.message,
    rejected: found?.reason,
  }).toEqual({
    status,
    events: counted(events, expected),
    fromLastKnownGood,
    error: part(error),
    rejected: part(rejected),
  });
  const errorCode = status === 'FATAL' ? 'PROVIDER_FATAL' : 'PROVIDER_NOT_READY';
  const nothing = { value: CODE_DEFAULT, reason: 'ERROR', errorCode };
  expect(seen.details).toMatchObject(serves === 'nothing' ? nothing : { value: serves, reason: 'STATIC' });
}

/** Writing goes on behind. */
async function expectPersisted(stage: Stage, { serves, persisted = serves !== 'nothing' }: Expected): Promise<void> {
  const look = async (): Promise<void> => expect((await stage.application.look()).status).toMatchObject({ persisted });
  await vi.waitFor(look, LIMIT);
}

/** The newest revision, once it is published, in the same moment as the poll that brought it. */
async function expectRecovery(stage: Stage, { mend, sees }: Fault): Promise<void> {
  await (mend === undefined ? stage.mend() : mend(stage));
  await stage.publish('newest');
  const events = [...sees.events, ...recovery[sees.status]];
  const newest: Expected = { ...sees, status: 'READY', events, serves: 'newest', fromLastKnownGood: false };
  const { error: _error, rejected: _rejected, persisted: _persisted, log: _log, ...recovered } = newest;
  expectSight(await stage.application.refresh(), recovered);
  await expectPersisted(stage, recovered);
}

async function expectNothingLeft(stage: Stage): Promise<void> {
  const seen = await stage.application.close();
  for (const secret of stage.secrets) expect(JSON.stringify(seen)).not.toContain(secret);
  if (canListProcesses) expect(await processesWith(stage.cacheDir)).toEqual([]);
}

async function play(fault: Fault, transport: Transport, { onTestFinished }: TestContext): Promise<void> {
  const stage = await Stage.create(transport, workshop);
  // Also where the scene never ends: what hangs must not go on beside the tests that follow.
  onTestFinished(() => stage.dispose());
  await fault.scene(stage);
  expectSight(await stage.application.look(), fault.sees);
  await expectPersisted(stage, fault.sees);
  if (fault.isFinal === undefined) await expectRecovery(stage, fault);
  await expectNothingLeft(stage);
}

describe('the list of faults', () => {
  it('is covered: each is in the suite, or has the reason why not', () => {
    const [rows, reasons] = [faults, inapplicable].map((list) => new Set(list.map(({ number }) => number)));
    const numbers = Array.from({ length: LIST_LENGTH }, (_, index) => index + 1);
    expect(numbers.filter((number) => rows?.has(number) === reasons?.has(number))).toEqual([]);
    expect(Math.max(...(rows ?? []), ...(reasons ?? []))).toBe(LIST_LENGTH);
  });
});

/**
 * Scenes are of processes, leases and real servers, several at once: a machine at its limit outruns one now and then. A
 * fault of the product comes again.
 */
const RETRIES = 1;
/** What moves the clock of a process ends or stops that process once in some hundred times, without a word. */
const FAKETIME_RETRIES = 2;

// Most of each scene is spent waiting: for a process, a lease, a deadline.
describe.concurrent('an application', () => {
  for (const fault of faults) {
    for (const transport of fault.over) {
      const needs = [transportNeeds[transport] ?? [], fault.needs ?? []].flat();
      const lack = needs.map(missing).find((reason) => reason !== undefined);
      const title = `${fault.number}. ${fault.name} (${transport})${lack === undefined ? '' : `: ${lack}`}`;
      const retry = needs.includes('faketime') ? FAKETIME_RETRIES : RETRIES;
      it.skipIf(lack !== undefined)(title, { retry }, (context) => play(fault, transport, context));
    }
  }
});
