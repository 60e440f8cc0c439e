/** Every step of the specification's scenarios. */
import type { StepDefinition } from '../step.js';
import { basicEvaluationSteps } from './basic-evaluation.js';
import { contextMergingSteps } from './context-merging.js';
import { evaluationSteps } from './evaluation.js';
import { hookSteps } from './hooks.js';

/** All definitions; each line of a scenario matches one. */
export const stepDefinitions: readonly StepDefinition[] = [
  ...basicEvaluationSteps,
  ...evaluationSteps,
  ...hookSteps,
  ...contextMergingSteps,
];
