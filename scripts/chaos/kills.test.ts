import { join } from 'node:path';
import { expect, it } from 'vitest';
import { killAtRandom } from './kills.js';

/** `npm run chaos` takes a thousand. */
const KILLS = 15;
// A process of its own runs the product as it was built.
const victim = join(import.meta.dirname, '../../dist/scripts/chaos/victim.js');

it('serves after every kill what was kept before it', { timeout: KILLS * 10_000 }, async () => {
  const { coldStarts, followed, faults } = await killAtRandom({ victim, kills: KILLS, random: Math.random });
  expect(faults).toEqual([]);
  expect(coldStarts).toBeGreaterThan(0);
  expect(followed).toBeGreaterThan(KILLS);
});
