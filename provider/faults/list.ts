/** All faults of the list, and why some of them can't happen here. */
import { accessFaults } from './access.js';
import { connectionFaults } from './connection.js';
import { contentFaults } from './content.js';
import { diskFaults } from './disk.js';
import type { Fault, Inapplicable } from './fault.js';
import { historyFaults } from './history.js';
import { keptFaults } from './kept.js';
import { objectFaults } from './objects.js';
import { remoteFaults } from './remote.js';

/** How many the list has. */
export const LIST_LENGTH = 55;

const themes: readonly (readonly Fault[])[] = [
  remoteFaults,
  accessFaults,
  connectionFaults,
  historyFaults,
  objectFaults,
  contentFaults,
  keptFaults,
  diskFaults,
];

/** The rows, in the order of their numbers. */
export const faults: readonly Fault[] = themes.flat().toSorted((a, b) => a.number - b.number);

/** What is not among the rows. */
export const inapplicable: readonly Inapplicable[] = [];
