/** The steps of `evaluation_v2.feature` and `metadata.feature`. */
import assert from 'node:assert/strict';
import type { JsonValue } from '@openfeature/server-sdk';
import { providerStates } from '../provider-states.js';
import { step, type StepScene } from '../step.js';
import { parseValue } from '../world.js';

/** A provider, a flag and a context; evaluating; what is to come of it. */
export const evaluationSteps = [
  ...Object.entries(providerStates).map(([state, reach]) =>
    step(RegExp(`an? ${state} provider`), ({ world }) => reach(world)),
  ),
  step(/the provider status should be "(.+)"/, ({ world }, status) => {
    assert.equal(world.application.client.providerStatus, status);
  }),
  step(/an? (\w+)-flag with key "(.+)" and a fallback value "(.+)"/, ({ world }, type, key, fallback) =>
    world.ask(type, key, parseValue(type, fallback)),
  ),
  step(/a context containing a key "(.+)", with type "(.+)" and with value "(.+)"/, ({ world }, key, type, value) => {
    world.context = { ...world.context, [key]: parseValue(type, value) };
  }),
  step(/a context containing a key "(.+)" with null value/, ({ world }, key) => {
    world.context = { ...world.context, [key]: null };
  }),

  step(/the flag was evaluated with details/, ({ world }) => world.evaluate()),
  step(/the resolved details value should be "(.*)"/, ({ world }, value) => {
    assert.deepEqual(world.details.value, parseValue(world.request.type, value));
  }),
  step(/the reason should be "(.+)"/, ({ world }, reason) => assert.equal(world.details.reason, reason)),
  step(/the error-code should be "(.+)"/, ({ world }, errorCode) => assert.equal(world.details.errorCode, errorCode)),
  step(/the flag key should be "(.+)"/, ({ world }, key) => assert.equal(world.details.flagKey, key)),
  step(/the variant should be "([^"]+)"/, ({ world }, variant) => assert.equal(world.details.variant, variant)),

  step(/the resolved metadata should contain/, ({ world, rows }) => {
    const { flagMetadata } = world.details;
    for (const [key, value] of metadataOf(rows)) assert.equal(flagMetadata[key], value);
  }),
  step(/the resolved metadata is empty/, ({ world }) => assert.deepEqual(world.details.flagMetadata, {})),

  step(/an evaluation context with modifiable data/, ({ world }) => {
    world.context = { email: 'ballmer@macrosoft.com', roles: ['admin'], address: { city: 'Redmond' } };
  }),
  step(/the original evaluation context should remain unmodified/, ({ world }) => {
    assert.deepEqual(world.context, { email: 'ballmer@macrosoft.com', roles: ['admin'], address: { city: 'Redmond' } });
  }),
  step(/the evaluation details should be immutable/, expectImmutableDetails),

  step(/the flag was evaluated with details asynchronously/, async ({ world }) => {
    const evaluated = world.evaluate().then(() => world.timeline.push('evaluated'));
    world.timeline.push('the caller went on');
    await evaluated;
  }),
  step(/the evaluation should complete without blocking/, ({ world }) => {
    assert.deepEqual(world.timeline, ['the caller went on', 'evaluated']);
  }),
];

function metadataOf([, ...rows]: StepScene['rows']): readonly (readonly [string, JsonValue])[] {
  return rows.map(([key = '', type = '', value = '']) => [key, parseValue(type, value)]);
}

/** The client's details are the caller's own copy; 1.4.15.1 wants their metadata immutable. */
async function expectImmutableDetails({ world }: StepScene): Promise<void> {
  const { details } = world;
  const original = structuredClone(details);
  assert.equal(Object.isFrozen(details.flagMetadata), true);
  Object.assign(details, { value: 'changed', variant: 'changed', reason: 'changed' });
  await world.evaluate();
  assert.deepEqual(world.details, original);
}
