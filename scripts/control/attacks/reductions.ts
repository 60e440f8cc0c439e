/** Attacks by what calls itself a kill: hidden widening, others who depend on it, governance edited along. */
import { companyFiles, files, flagText, mediumFlag, production } from '../testing/company.js';
import type { Attack } from './attack.js';

const killed = { enabled: false };
const medium = (tail: string): string => flagText('payments.checkout.new-flow', { tier: 'medium' }, tail);
const RULE = '\n    rules:\n      - { name: berlin, when: { city: [Berlin] }, serve: true }\n';

export const reductionAttacks: readonly Attack[] = [
  {
    number: 32,
    name: 'A revert brings back what was killed: an ordinary change',
    scene: async (scene) => {
      await scene.main({ [files.medium]: medium(production('5', killed)) });
      await scene.push({ [files.medium]: mediumFlag('5') }, 'Revert "kill"\n\nReason: it was not this');
    },
    verdict: 'refused',
    tier: 'medium',
    isReducing: false,
    says: '1',
  },
  {
    number: 33,
    name: 'A kill: one approval fewer, which for this tier is none, and the owners are asked afterwards',
    scene: async (scene) => {
      await scene.push({ [files.medium]: medium(production('5', killed)) });
    },
    verdict: 'passes',
    tier: 'medium',
    isReducing: true,
  },
  {
    number: 33,
    name: 'A kill in a freeze, of an expired flag, while a stranger asks for changes',
    before: { [files.medium]: mediumFlag('5', { expiresAt: '2026-06-01' }) },
    scene: async (scene) => {
      await scene.push({
        [files.medium]: flagText(
          'payments.checkout.new-flow',
          { tier: 'medium', expiresAt: '2026-06-01' },
          production('5', killed),
        ),
      });
      await scene.review('wanda', 'changes-requested');
    },
    now: '2026-12-24T12:00:00Z',
    verdict: 'passes',
    isReducing: true,
  },
  {
    number: 33,
    name: 'A "kill" that raises the rollout under it, for whoever enables the flag again',
    scene: async (scene) => {
      await scene.push({ [files.medium]: medium(production('100', killed)) });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 33,
    name: 'A "kill" of the rollout that gives the new variant to a city',
    scene: async (scene) => {
      await scene.push({ [files.medium]: medium(production('0', { rules: RULE })) });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 33,
    name: 'A kill of a flag whose default another flag needs, which goes on by it',
    before: {
      [files.growth]: (companyFiles[files.growth] ?? '').replace('wallet: true', 'wallet: false'),
    },
    scene: async (scene) => {
      await scene.push({
        [files.needed]: flagText('payments.checkout.wallet', { tier: 'medium' }, production('50', killed)),
      });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 33,
    name: 'A kill that lowers the tier along, so that the next change is free',
    scene: async (scene) => {
      await scene.push({
        [files.medium]: flagText('payments.checkout.new-flow', { tier: 'low' }, production('5', killed)),
      });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 33,
    name: 'A kill that changes the salt along: everybody is bucketed anew when it is enabled again',
    scene: async (scene) => {
      await scene.push({ [files.medium]: medium(`salt: other\n${production('5', killed)}`) });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 33,
    name: 'A deletion is no kill: what the code does without the flag is not in review',
    scene: async (scene) => {
      await scene.push({
        [files.low]: null,
        [files.retired]: `${companyFiles[files.retired] ?? ''}- { key: payments.checkout.confetti, retiredAt: 2026-12-01, reason: Done. }\n`,
      });
      await scene.review('pat');
      await scene.review('olga');
    },
    verdict: 'passes',
    isReducing: false,
  },
  {
    number: 33,
    name: 'A kill in every environment, one of which reaches nobody: honest',
    before: { [files.medium]: medium(`${production('5')}  staging:\n    enabled: true\n`) },
    scene: async (scene) => {
      await scene.push({ [files.medium]: medium(`${production('5', killed)}  staging:\n    enabled: false\n`) });
    },
    verdict: 'passes',
    isReducing: true,
  },
];
