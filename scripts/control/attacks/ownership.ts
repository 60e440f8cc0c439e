/** Attacks on who must be asked: tiers, owners, CODEOWNERS, and the files that decide. */
import { companyFiles, files, flagText, highFlag, mediumFlag, neededFlag, production } from '../testing/company.js';
import type { Attack } from './attack.js';

const CODEOWNERS = companyFiles['CODEOWNERS'] ?? '';

export const ownershipAttacks: readonly Attack[] = [
  {
    number: 1,
    name: 'The tier is lowered together with the risky edit',
    scene: async (scene) => {
      await scene.push({ [files.high]: highFlag('canary', { tier: 'low' }) });
      await scene.review('pat');
    },
    verdict: 'refused',
    tier: 'high',
    says: '2',
  },
  {
    number: 1,
    name: 'The type is changed together with the risky edit: an ops flag would need no expiry',
    scene: async (scene) => {
      await scene.push({ [files.high]: highFlag('canary', { type: 'ops', expiresAt: 'never' }) });
      await scene.review('pat');
      await scene.review('pia');
    },
    verdict: 'refused',
    tier: 'high',
    codes: ['key-new-meaning'],
  },
  {
    number: 2,
    name: 'The flag is given to another team, which then approves',
    scene: async (scene) => {
      await scene.push({
        [files.medium]: mediumFlag('8', { owner: 'growth-team' }),
        CODEOWNERS: `${CODEOWNERS}/${files.medium} @acme/growth\n`,
      });
      await scene.review('greta');
      await scene.review('wanda');
    },
    verdict: 'refused',
    tier: 'high',
    says: '@acme/p',
  },
  {
    number: 3,
    name: 'A line is appended to CODEOWNERS that takes a file from everybody',
    scene: async (scene) => {
      await scene.push({ CODEOWNERS: `${CODEOWNERS}/flags/payments/checkout/\n` });
      await scene.review('olga');
      await scene.review('omar');
    },
    verdict: 'refused',
    codes: ['codeowners-mismatch'],
  },
  {
    number: 3,
    name: 'A second CODEOWNERS is added, which the host reads before the first',
    scene: async (scene) => {
      await scene.push({ '.github/CODEOWNERS': '* @acme/growth\n' });
      await scene.review('greta');
      await scene.review('wanda');
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 4,
    name: 'A line of CODEOWNERS is invalid: the host skips it, and another line decides',
    scene: async (scene) => {
      await scene.push({ CODEOWNERS: `${CODEOWNERS}/flags/payments/ payments-team\n` });
      await scene.review('olga');
      await scene.review('omar');
    },
    verdict: 'refused',
    codes: ['codeowners-invalid'],
  },
  {
    number: 4,
    name: 'The owner in CODEOWNERS is a team that the host does not know',
    scene: async (scene) => {
      await scene.push({ 'docs/notes.md': 'x\n', CODEOWNERS: `${CODEOWNERS}/docs/ @acme/ghosts\n` });
      await scene.review('olga');
      await scene.review('omar');
    },
    verdict: 'refused',
    says: '@acme/ghosts',
  },
  {
    number: 16,
    name: 'A workflow is changed together with a flag of a low tier',
    scene: async (scene) => {
      await scene.push({ '.github/workflows/flags.yml': 'on: []\n' });
      await scene.review('olga');
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 16,
    name: 'The policy asks for no approvals any more, in the change itself',
    scene: async (scene) => {
      const policy = (companyFiles[files.policy] ?? '').replace(/approvals: \d/g, 'approvals: 0');
      await scene.push({ [files.policy]: policy, [files.medium]: mediumFlag('8') });
    },
    verdict: 'refused',
    tier: 'high',
    says: '2',
  },
  {
    number: 17,
    name: "A job with the check's name is added",
    scene: async (scene) => {
      await scene.push({ '.github/workflows/mine.yml': 'name: two-person\n' });
      await scene.review('pat');
    },
    verdict: 'refused',
    tier: 'high',
    remark: 'The host itself must be told which App may report the check: `flagctl protection` looks.',
  },
  {
    number: 23,
    name: 'A flag file moves to another folder, where the owners are others',
    scene: async (scene) => {
      await scene.push({
        [files.medium]: null,
        'flags/growth/checkout/new-flow.yaml': mediumFlag('8', { owner: 'growth-team' }),
      });
      await scene.review('greta');
    },
    verdict: 'refused',
    codes: ['key-path-mismatch'],
  },
  {
    number: 23,
    name: 'A flag moves to another folder under another key, and the old one is forgotten',
    scene: async (scene) => {
      await scene.push({
        [files.medium]: null,
        'flags/growth/web/banner.yaml': (companyFiles[files.growth] ?? '').replace(/prerequisites.*\n/, ''),
        'flags/growth/checkout/flow.yaml': flagText(
          'growth.checkout.flow',
          { owner: 'growth-team', tier: 'low' },
          production('8'),
        ),
      });
      await scene.review('greta');
      await scene.review('pat');
    },
    verdict: 'refused',
    codes: ['key-not-retired'],
  },
  {
    number: 29,
    name: 'Only a segment is edited, which a flag of the tier high uses',
    scene: async (scene) => {
      await scene.push({ [files.employees]: (companyFiles[files.employees] ?? '').replace('@acme.example', 'e') });
      await scene.review('olga');
      await scene.review('omar');
    },
    verdict: 'refused',
    tier: 'high',
    says: '@acme/payments',
  },
  {
    number: 29,
    name: 'Only a flag is edited that another team needs as a prerequisite',
    scene: async (scene) => {
      await scene.push({ [files.needed]: neededFlag('55') });
      await scene.review('pat');
    },
    verdict: 'refused',
    tier: 'medium',
    says: '@acme/growth',
  },
];
