/** All faults of the list, and why some of them can't happen here. */
import { accessFaults } from './access.js';
import { clockFaults } from './clock.js';
import { configurationFaults } from './configuration.js';
import { connectionFaults } from './connection.js';
import { contentFaults } from './content.js';
import { diskFaults } from './disk.js';
import { entryFaults } from './entries.js';
import type { Fault } from './fault.js';
import { folderFaults } from './folder.js';
import { historyFaults } from './history.js';
import { keptFaults } from './kept.js';
import { objectFaults } from './objects.js';
import { processFaults } from './processes.js';
import { remoteFaults } from './remote.js';
import { stormFaults } from './storms.js';

export { inapplicable } from './inapplicable.js';

/** How many the list has. */
export const LIST_LENGTH = 55;

const themes: readonly (readonly Fault[])[] = [
  remoteFaults,
  clockFaults,
  keptFaults,
  diskFaults,
  historyFaults,
  objectFaults,
  contentFaults,
  entryFaults,
  accessFaults,
  connectionFaults,
  processFaults,
  stormFaults,
  folderFaults,
  configurationFaults,
];

/** The rows, in the order of their numbers. */
export const faults: readonly Fault[] = themes.flat().toSorted((a, b) => a.number - b.number);
