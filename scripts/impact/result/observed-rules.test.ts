/** Whom rules decide for, whom they would, and what contexts have: of a change of one flag, through the whole replay. */
import { expect, it } from 'vitest';
import { flagFiles } from '../../testing/flag-repository.js';
import { sidesOf } from '../../change/testing/sides.js';
import { observedAttributes } from '../replay/attribute-kinds.js';
import type { ObservedRule } from '../findings/observed.js';
import { observedRules } from './observed-rules.js';
import { jobOf, planReplay } from '../replay/plan-replay.js';
import { prepare } from '../replay/prepared.js';
import { replayFiles } from '../replay/replay-files.js';
import { linesFile } from '../testing/rows.js';

const PATH = 'flags/platform/web/search.yaml';
const flag = (lines: string): string =>
  (flagFiles[PATH] as string).replace(/default: false[^]*/, `default: false\n${lines}`);

/** Replays the change of the flag from off to some lines. */
async function observe(lines: string, rows: readonly unknown[], batchRows = 3) {
  const before = { ...flagFiles, [PATH]: flag('') };
  const sides = await sidesOf(before, { ...flagFiles, [PATH]: flag(lines) });
  const loaded = { base: sides.base.loaded!, result: sides.result.loaded! };
  const job = jobOf(planReplay(sides, loaded), loaded, { by: [], reading: {} });
  const files = [linesFile(rows, batchRows)];
  const { tally } = await replayFiles({ job, files, threads: 1, progress: () => undefined });
  const rules = observedRules(prepare(job).rules, tally!).filter(({ key }) => key === 'platform.web.search');
  return { rules, attributes: observedAttributes(job.attributes, tally!.kinds) };
}

const words = ({ kind, name, hits, matches, takenBy }: ObservedRule): string =>
  `${kind} ${name}: ${hits} of ${matches}${[...takenBy].map(([taker, count]) => `, ${taker} takes ${count}`).join('')}`;

it('a rule is told apart from one that matches nobody, and from one whose matches others take', async () => {
  const { rules } = await observe(
    `environments:
  production:
    enabled: true

    rules:
      - { name: germans, when: { country: DE }, serve: true }
      - { name: french, when: { country: FR }, rollout: 50 }
      - { name: nobody, when: { country: XX }, serve: true }
      - { name: dach, when: { country: [DE, AT] }, serve: true }
      - { name: western, when: { country: [DE, FR] }, serve: true }

    rollout:
      stage: half
      stages:
        - { name: staff, segment: employees }
        - { name: half, percent: 50 }
`,
    [
      ...['DE', 'FR', 'DE', 'AT', 'FR', 'DE'].map((country) => ({ country, email: 'ann@example.com' })),
      { country: 'IT', targetingKey: 'u-1' },
    ],
  );
  expect(rules.map(words)).toEqual([
    'rule germans: 3 of 3',
    'rule french: 2 of 2',
    'rule nobody: 0 of 0',
    'rule dach: 1 of 1',
    'rule western: 0 of 5, germans takes 3, french takes 2',
    'stage staff: 0 of 6, germans takes 3, french takes 2, dach takes 1',
  ]);
});

it('a flag that is needed takes all that a rule matches', async () => {
  const { rules } = await observe(
    `prerequisites: { payments.checkout.new-flow: true }
environments:
  production:
    enabled: true

    rules:
      - { name: germans, when: { country: DE }, serve: true }
`,
    [{ country: 'DE' }, { country: 'FR', email: 'ann@example.com' }, { country: 'DE' }],
  );
  expect(rules.map(words)).toEqual(['rule germans: 0 of 2, prerequisites takes 2']);
});

it('a rule of a disabled environment is none', async () => {
  const { rules } = await observe(
    `environments:
  production:
    enabled: false

    rules:
      - { name: germans, when: { country: DE }, serve: true }
  staging:
    enabled: true

    rules:
      - { name: germans, when: { country: DE }, serve: true }
`,
    [{ country: 'DE' }],
  );
  expect(rules.map(({ environment }) => environment)).toEqual(['staging']);
});

it('values are counted by kind, of all attributes that conditions, segments and needed flags read', async () => {
  const { attributes } = await observe(
    `bucketBy: organisation.id
environments:
  production:
    enabled: true

    rules:
      - { name: staff, when: { any: [{ segment: employees }, { not: { plan: free } }] }, serve: true }

    rollout: 10
`,
    [
      { email: 'ann@example.com', plan: 1, organisation: { id: 'hashed:1' } },
      { email: null, plan: ['free'], organisation: { id: 7 } },
      { email: '', plan: { name: 'free' }, organisation: 'acme' },
      { plan: true, organisation: { id: 'hashes' } },
    ],
  );
  const told = attributes.map(({ path, kinds, hashed }) => [
    path,
    Object.fromEntries(Object.entries(kinds).filter(([, count]) => count > 0)),
    hashed,
  ]);
  expect(told).toEqual([
    ['email', { string: 2, null: 1, missing: 1 }, 0],
    ['organisation.id', { string: 2, number: 1, missing: 1 }, 1],
    ['plan', { number: 1, boolean: 1, list: 1, object: 1 }, 0],
  ]);
});
