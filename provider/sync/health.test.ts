import { describe, expect, it } from 'vitest';
import { transition, type HealthInput, type HealthState, type Transition } from './health.js';

const loaded: HealthInput = { kind: 'loaded', isChanged: false };
const changed: HealthInput = { kind: 'loaded', isChanged: true };
const later: HealthInput = { kind: 'failedLater' };
const never: HealthInput = { kind: 'failedNever' };
const old: HealthInput = { kind: 'tooOld', isServing: false };
const oldServing: HealthInput = { kind: 'tooOld', isServing: true };
const stop: HealthInput = { kind: 'stop' };

const to = (state: HealthState, emits: Transition['emits'] = []): Transition => ({ state, emits });

// The rows of the architecture's table "Health".
const rows: readonly [HealthState, HealthInput, Transition][] = [
  ['starting', loaded, to('current')],
  ['starting', changed, to('current')],
  ['starting', later, to('starting')],
  ['starting', never, to('failed')],
  ['starting', old, to('failed')],
  ['starting', oldServing, to('stale', ['stale'])],
  ['starting', stop, to('stopped')],
  ['current', loaded, to('current')],
  ['current', changed, to('current', ['changed'])],
  ['current', later, to('current')],
  ['current', never, to('stale', ['stale'])],
  ['current', old, to('stale', ['stale'])],
  ['current', oldServing, to('stale', ['stale'])],
  ['current', stop, to('stopped')],
  ['stale', loaded, to('current', ['ready'])],
  ['stale', changed, to('current', ['ready', 'changed'])],
  ['stale', later, to('stale')],
  ['stale', never, to('stale')],
  ['stale', old, to('stale')],
  ['stale', oldServing, to('stale')],
  ['stale', stop, to('stopped')],
  ['failed', loaded, to('current', ['ready'])],
  ['failed', changed, to('current', ['ready'])],
  ['failed', later, to('failed')],
  ['failed', never, to('failed')],
  ['failed', old, to('failed')],
  ['failed', oldServing, to('failed')],
  ['failed', stop, to('stopped')],
  ...[loaded, changed, later, never, old, oldServing, stop].map((input): [HealthState, HealthInput, Transition] => [
    'stopped',
    input,
    to('stopped'),
  ]),
];

describe('health', () => {
  it('has a row for every state and input', () => {
    expect(new Set(rows.map(([state, input]) => `${state} ${JSON.stringify(input)}`)).size).toBe(5 * 7);
  });

  it.each(rows)('%s, %o', (state, input, expected) => {
    expect(transition(state, input)).toEqual(expected);
  });
});
