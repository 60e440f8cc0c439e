/** The steps of `evaluation_v2.feature` and `metadata.feature`. */
import type { JsonValue } from '@openfeature/server-sdk';
import { expect } from 'vitest';
import { providerStates } from '../provider-states.js';
import { step, type StepScene } from '../step.js';
import { parseValue } from '../world.js';

/** A provider, a flag and a context; evaluating; what is to come of it. */
export const evaluationSteps = [
  ...Object.entries(providerStates).map(([state, reach]) =>
    step(RegExp(`an? ${state} provider`), ({ world }) => reach(world)),
  ),
  step(/the provider status should be "(.+)"/, ({ world }, status) => {
    expect(world.application.client.providerStatus).toBe(status);
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
    expect(world.details.value).toEqual(parseValue(world.request.type, value));
  }),
  step(/the reason should be "(.+)"/, ({ world }, reason) => expect(world.details.reason).toBe(reason)),
  step(/the error-code should be "(.+)"/, ({ world }, errorCode) => expect(world.details.errorCode).toBe(errorCode)),
  step(/the flag key should be "(.+)"/, ({ world }, key) => expect(world.details.flagKey).toBe(key)),
  step(/the variant should be "([^"]+)"/, ({ world }, variant) => expect(world.details.variant).toBe(variant)),

  step(/the resolved metadata should contain/, ({ world, rows }) => {
    expect(world.details.flagMetadata).toMatchObject(metadataOf(rows));
  }),
  step(/the resolved metadata is empty/, ({ world }) => expect(world.details.flagMetadata).toEqual({})),

  step(/an evaluation context with modifiable data/, ({ world }) => {
    world.context = { email: 'ballmer@macrosoft.com', roles: ['admin'], address: { city: 'Redmond' } };
  }),
  step(/the original evaluation context should remain unmodified/, ({ world }) => {
    expect(world.context).toEqual({ email: 'ballmer@macrosoft.com', roles: ['admin'], address: { city: 'Redmond' } });
  }),
  step(/the evaluation details should be immutable/, expectImmutableDetails),

  step(/the flag was evaluated with details asynchronously/, async ({ world }) => {
    const evaluated = world.evaluate().then(() => world.timeline.push('evaluated'));
    world.timeline.push('the caller went on');
    await evaluated;
  }),
  step(/the evaluation should complete without blocking/, ({ world }) => {
    expect(world.timeline).toEqual(['the caller went on', 'evaluated']);
  }),
];

function metadataOf([, ...rows]: StepScene['rows']): Record<string, JsonValue> {
  return Object.fromEntries(rows.map(([key = '', type = '', value = '']) => [key, parseValue(type, value)]));
}

/** The client's details are the caller's own copy; the specification (1.4.14.1) wants their metadata immutable. */
async function expectImmutableDetails({ world }: StepScene): Promise<void> {
  const { details } = world;
  const original = structuredClone(details);
  expect(Object.isFrozen(details.flagMetadata)).toBe(true);
  Object.assign(details, { value: 'changed', variant: 'changed', reason: 'changed' });
  await world.evaluate();
  expect(world.details).toEqual(original);
}
