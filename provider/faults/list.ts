/** All faults of the list. */
import type { Fault, Inapplicable } from './fault.js';
import { remoteFaults } from './remote.js';

/** The rows, in the order of their numbers. */
export const faults: readonly Fault[] = [...remoteFaults].sort((a, b) => a.number - b.number);
export const inapplicable: readonly Inapplicable[] = [];
