/** The steps of `evaluation.feature`, each of which asks and evaluates in one line. */
import assert from 'node:assert/strict';
import { StandardResolutionReasons } from '@openfeature/server-sdk';
import { step, type StepScene } from '../step.js';
import { parseValue } from '../world.js';

/** In the feature's order. */
export const basicEvaluationSteps = [
  step(/an? (\w+) flag with key "(.+)" is evaluated with default value "?([^"]+)"?/, evaluateValue),
  step(/the resolved (boolean|string|integer|float) value should be "?([^"]+)"?/, expectValue),
  step(/an object flag with key "(.+)" is evaluated with a null default value/, async ({ world }, key) => {
    world.ask('object', key, null);
    await world.evaluateValue();
  }),
  step(
    /the resolved object (?:details )?value should be contain fields "showImages", "title", and "imagesPerPage", with values "(.+)", "(.+)" and (\d+), respectively/,
    ({ world }, showImages, title, imagesPerPage) => {
      assert.deepEqual(world.value, { showImages: showImages === 'true', title, imagesPerPage: Number(imagesPerPage) });
    },
  ),
  step(/an? (\w+) flag with key "(.+)" is evaluated with details and default value "?([^"]+)"?/, evaluate),
  step(
    /the resolved (\w+) details value should be "?([^"]+)"?, the variant should be "(.+)", and the reason should be "(.+)"/,
    (scene, type, value, variant, reason) => {
      expectValue(scene, type, value);
      expectDecision(scene, variant, reason);
    },
  ),
  step(/an object flag with key "(.+)" is evaluated with details and a null default value/, async ({ world }, key) => {
    world.ask('object', key, null);
    await world.evaluate();
  }),
  step(/the variant should be "(.+)", and the reason should be "(.+)"/, expectDecision),
  step(
    /context contains keys "fn", "ln", "age", "customer" with values "(.+)", "(.+)", (\d+), "(true|false)"/,
    ({ world }, fn, ln, age, customer) => {
      world.context = { fn, ln, age: Number(age), customer: customer === 'true' };
    },
  ),
  step(/a flag with key "(.+)" is evaluated with default value "(.+)"/, (scene, key, fallback) =>
    evaluateValue(scene, 'string', key, fallback),
  ),
  step(/the resolved string response should be "(.+)"/, (scene, value) => expectValue(scene, 'string', value)),
  step(/the resolved flag value is "(.+)" when the context is empty/, async (scene, value) => {
    scene.world.context = {};
    await scene.world.evaluateValue();
    expectValue(scene, 'string', value);
  }),
  step(
    /a non-existent string flag with key "(.+)" is evaluated with details and a fallback value "(.+)"/,
    (scene, key, fallback) => evaluate(scene, 'string', key, fallback),
  ),
  step(
    /a string flag with key "(.+)" is evaluated as an integer, with details and a fallback value (\d+)/,
    (scene, key, fallback) => evaluate(scene, 'integer', key, fallback),
  ),
  step(/the default (string|integer) value should be returned/, ({ world }, type) => {
    assert.equal(world.request.type, type);
    assert.equal(world.value, world.request.fallback);
  }),
  step(
    /the reason should indicate an error and the error code should indicate a (?:missing flag|type mismatch) with "(.+)"/,
    ({ world }, errorCode) => {
      assert.equal(world.details.reason, StandardResolutionReasons.ERROR);
      assert.equal(world.details.errorCode, errorCode);
    },
  ),
];

function evaluateValue({ world }: StepScene, type: string, key: string, fallback: string): Promise<void> {
  world.ask(type, key, parseValue(type, fallback));
  return world.evaluateValue();
}

function evaluate({ world }: StepScene, type: string, key: string, fallback: string): Promise<void> {
  world.ask(type, key, parseValue(type, fallback));
  return world.evaluate();
}

function expectValue({ world }: StepScene, type: string, value: string): void {
  assert.equal(world.value, parseValue(type, value));
}

function expectDecision({ world }: StepScene, variant: string, reason: string): void {
  assert.equal(world.details.variant, variant);
  assert.equal(world.details.reason, reason);
}
