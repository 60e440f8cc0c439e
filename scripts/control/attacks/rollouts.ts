/** Attacks on how far and how fast: salami, skipped stages, freezes, stale branches. */
import { companyFiles, files, flagText, highFlag, lowFlag, mediumFlag, production } from '../testing/company.js';
import { NOW } from '../testing/scene.js';
import type { Attack } from './attack.js';

export const rolloutAttacks: readonly Attack[] = [
  {
    number: 30,
    name: 'Five small widenings in a week make one large one',
    scene: async (scene) => {
      for (const [index, percent] of ['14', '18', '22', '26'].entries()) {
        await scene.main({ [files.low]: lowFlag(percent) }, { date: `2026-11-2${index + 6}T10:00:00Z` });
      }
      await scene.push({ [files.low]: lowFlag('30') });
      await scene.review('pat');
    },
    verdict: 'refused',
    tier: 'high',
    says: '2',
  },
  {
    number: 30,
    name: 'The same steps over half a year: honest',
    scene: async (scene) => {
      for (const [index, percent] of ['14', '18', '22', '26'].entries()) {
        await scene.main({ [files.low]: lowFlag(percent) }, { date: `2026-0${index + 3}-01T10:00:00Z` });
      }
      await scene.push({ [files.low]: lowFlag('30') });
      await scene.review('pat');
    },
    verdict: 'passes',
    tier: 'low',
  },
  {
    number: 46,
    name: 'A flag of the tier high skips a stage',
    scene: async (scene) => {
      await scene.push({ [files.high]: highFlag('quarter') });
      await scene.review('pat');
      await scene.review('pia');
    },
    verdict: 'refused',
    tier: 'high',
    codes: ['staged-skip'],
  },
  {
    number: 46,
    name: 'A flag of the tier high goes to its next stage: honest',
    scene: async (scene) => {
      await scene.push({ [files.high]: highFlag('canary') });
      await scene.review('pat');
      await scene.review('pia');
    },
    verdict: 'passes',
    tier: 'high',
  },
  {
    number: 46,
    name: 'The plan is exchanged for a percentage',
    scene: async (scene) => {
      await scene.push({
        [files.high]: flagText('payments.settlement.new-ledger', { tier: 'high' }, production('50')),
      });
      await scene.review('pat');
      await scene.review('pia');
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 46,
    name: 'A rule beside the plan serves everybody',
    scene: async (scene) => {
      const rule = '    rules:\n      - { name: everybody, when: { targetingKey: { exists: true } }, serve: true }\n\n';
      await scene.push({ [files.high]: highFlag('internal').replace('    rollout:', `${rule}    rollout:`) });
      await scene.review('pat');
      await scene.review('pia');
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 47,
    name: 'A flag is widened in a freeze, and the freeze is moved away by the same change',
    scene: async (scene) => {
      await scene.push({
        [files.policy]: (companyFiles[files.policy] ?? '').replace('2026-12-20', '2026-12-30'),
        [files.low]: lowFlag('12'),
      });
      for (const login of ['pat', 'pia', 'olga', 'omar']) await scene.review(login);
    },
    now: '2026-12-24T12:00:00Z',
    verdict: 'refused',
    codes: ['freeze'],
  },
  {
    number: 48,
    name: 'A stale branch: what is judged is the merge into main as it is today',
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('8') });
      await scene.main({ [files.medium]: mediumFlag('6') }, { date: NOW });
      await scene.review('pat');
    },
    verdict: 'refused',
    codes: ['merge-conflict'],
  },
];
