/** The steps of `hooks.feature`, and those of `evaluation_v2.feature` about hooks. */
import assert from 'node:assert/strict';
import type { EvaluationDetails, FlagValue } from '@openfeature/server-sdk';
import { recordingHook } from '../recording-hook.js';
import { step, type StepScene } from '../step.js';
import { parseValue } from '../world.js';

/** Hooks of a client; hooks of one evaluation. */
export const hookSteps = [
  step(/a client with added hook/, ({ world }) => {
    world.application.client.addHooks(recordingHook('client', world.hookCalls));
  }),
  step(/the "(before|error)" hook should have been executed/, ({ world }, stage) => {
    assert.equal(world.hookCalls.filter((call) => call.stage === stage).length, 1);
  }),
  step(/the "(.+)" hooks should be called with evaluation details/, ({ world, rows }, stages) => {
    for (const stage of stages.split(', ')) {
      const calls = world.hookCalls.filter((call) => call.stage === stage);
      assert.deepEqual(
        calls.map(({ details }) => details && summaryOf(details)),
        [expectationOf(rows)],
      );
    }
  }),

  step(/evaluation options containing specific hooks/, ({ world }) => {
    world.options = { hooks: ['first', 'second'].map((name) => recordingHook(name, world.hookCalls)) };
  }),
  step(/the flag was evaluated with details using the evaluation options/, ({ world }) => world.evaluate()),
  step(/the specified hooks should execute during evaluation/, ({ world }) => {
    assert.deepEqual(new Set(world.hookCalls.map(({ hook }) => hook)), new Set(['first', 'second']));
  }),
  step(/the hook order should be maintained/, ({ world }) => {
    const order = world.hookCalls.map(({ hook, stage }) => `${stage} ${hook}`);
    // 4.4.2: before hooks in the order that they are given in, the later stages in reverse.
    assert.deepEqual(order, [
      'before first',
      'before second',
      'after second',
      'after first',
      'finally second',
      'finally first',
    ]);
  }),
];

function summaryOf({
  flagKey,
  value,
  variant,
  reason,
  errorCode,
}: EvaluationDetails<FlagValue>): Record<string, unknown> {
  return { flag_key: flagKey, value, variant, reason, error_code: errorCode };
}

function expectationOf([, ...rows]: StepScene['rows']): Record<string, unknown> {
  const read = (type: string, value: string): unknown => (value === 'null' ? undefined : parseValue(type, value));
  return Object.fromEntries(rows.map(([type = '', key = '', value = '']) => [key, read(type, value)]));
}
