import { OpenFeature } from '@openfeature/server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canListProcesses, processesWith } from '../repository/testing/processes.js';
import { CODE_DEFAULT, type EventName, type Sight } from './application.js';
import type { Expected, Fault } from './fault.js';
import { faults, inapplicable } from './list.js';
import { missing } from './needs.js';
import { Stage } from './stage.js';
import { Workshop } from './workshop.js';

/** How many faults the list has. */
const LENGTH = 55;

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

function expectSight(seen: Sight, expected: Expected): void {
  const { status, events, serves, error, rejected, log = '' } = expected;
  const servesOne = serves !== 'nothing';
  const { persisted = servesOne, fromLastKnownGood = false } = expected;
  expect(seen.providerStatus).toBe(status);
  expect(seen.events).toEqual(events);
  expect(seen.details).toMatchObject(
    servesOne
      ? { value: serves, reason: 'STATIC' }
      : {
          value: CODE_DEFAULT,
          reason: 'ERROR',
          errorCode: status === 'FATAL' ? 'PROVIDER_FATAL' : expect.stringContaining(''),
        },
  );
  expect(seen.status).toMatchObject({ persisted, fromLastKnownGood });
  expect(seen.status.lastError?.message).toEqual(error === undefined ? undefined : expect.stringContaining(error));
  expect(seen.status.rejected?.reason).toEqual(rejected === undefined ? undefined : expect.stringContaining(rejected));
  expect(seen.lines.join('\n')).toContain(log);
}

/** The newest revision, once it is published, in the same moment as the poll that brought it. */
async function expectRecovery(stage: Stage, { mend, sees }: Fault): Promise<void> {
  await (mend === undefined ? stage.mend() : mend(stage));
  await stage.publish('newest');
  const seen = await stage.application.refresh();
  const events = [...sees.events, ...recovery[sees.status]];
  expectSight(seen, { status: 'READY', events, serves: 'newest', persisted: seen.status.persisted });
}

async function expectNothingLeft(stage: Stage, persists: boolean): Promise<void> {
  const seen = await stage.application.close();
  expect(seen.status.persisted).toBe(persists);
  for (const secret of stage.secrets) expect(JSON.stringify(seen)).not.toContain(secret);
  if (canListProcesses) expect(await processesWith(stage.cacheDir)).toEqual([]);
}

describe('the fault suite', () => {
  it('has each fault of the list, either as rows or with the reason why not', () => {
    const [rows, reasons] = [faults, inapplicable].map((list) => new Set(list.map(({ number }) => number)));
    for (let number = 1; number <= LENGTH; number++) {
      expect([number, rows?.has(number) !== reasons?.has(number)]).toEqual([number, true]);
    }
    expect(Math.max(...rows!, ...reasons!)).toBe(LENGTH);
  });

  for (const fault of faults) {
    for (const transport of fault.over) {
      const needs = [
        ...(fault.needs ?? []),
        ...(transport === 'ssh' ? (['ssh'] as const) : []),
        ...(transport === 'https' ? (['openssl'] as const) : []),
      ];
      const lack = needs.map(missing).find((reason) => reason !== undefined);
      const title = `${fault.number}. ${fault.name} (${transport})${lack === undefined ? '' : `: ${lack}`}`;
      it.skipIf(lack !== undefined)(title, async () => {
        const stage = await Stage.create(transport, workshop);
        try {
          await fault.scene(stage);
          expectSight(await stage.application.look(), fault.sees);
          if (fault.isFinal === undefined) await expectRecovery(stage, fault);
          await expectNothingLeft(
            stage,
            fault.isFinal === undefined || (fault.sees.persisted ?? fault.sees.serves !== 'nothing'),
          );
        } finally {
          await stage.dispose();
        }
      });
    }
  }
});
