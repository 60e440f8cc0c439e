import { expect, it } from 'vitest';
// The killed processes run the built product, and the killer stands beside it.
import { killAtRandom } from '../../dist/scripts/chaos/kills.js';

/** The script takes a thousand. */
const KILLS = Number(process.env['GUIDON_KILLS'] ?? 15);

it('serves after every kill what was kept before it', { timeout: KILLS * 10_000 }, async () => {
  const { coldStarts, followed, faults } = await killAtRandom({ kills: KILLS, random: Math.random });
  expect(faults).toEqual([]);
  expect(coldStarts).toBeGreaterThan(0);
  expect(followed).toBeGreaterThan(KILLS);
});
