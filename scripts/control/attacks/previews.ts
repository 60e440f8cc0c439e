/** Attacks on the preview: of another change, of less than the change does, or none. */
import { companyFiles, files, flagText, mediumFlag, production } from '../testing/company.js';
import { replayed } from '../testing/replayed.js';
import type { Scene } from '../testing/scene.js';
import type { Attack } from './attack.js';

/** Of {@link POLICY}. */
export const BLAST_RADIUS = 'blastRadius: { medium: 3%, high: 10%, environments: { staging: {} } }\n';

/** The company's, which asks for a preview from the tier medium on, and counts users. */
export const POLICY = (companyFiles[files.policy] ?? '')
  .replace('approvals: 1, reason: required', 'approvals: 1, reason: required, preview: required')
  .replace('freezes:', `${BLAST_RADIUS}freezes:`);

/** Files of main with that policy. */
export const before = { [files.policy]: POLICY };

/** Needs a flag of another team, which says how many users it reaches. */
const growth = flagText(
  'growth.web.banner',
  { tier: 'medium', owner: 'growth-team' },
  `prerequisites: { payments.checkout.wallet: true }\n${production('52')}`,
);

/** Reviews of the branch as it is now. */
export async function approve(scene: Scene, ...logins: readonly string[]): Promise<void> {
  for (const login of logins) await scene.review(login);
}

export const previewAttacks: readonly Attack[] = [
  {
    number: 80,
    name: 'A change that asks for a preview has none',
    before,
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('7') });
      await approve(scene, 'pat');
    },
    verdict: 'refused',
    codes: ['preview-missing'],
  },
  {
    number: 80,
    name: 'It has one, of exactly this change: honest',
    before,
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('7') });
      await approve(scene, 'pat');
    },
    preview: replayed,
    verdict: 'passes',
    tier: 'medium',
  },
  {
    number: 80,
    name: 'An estimate from the rules stands in for it',
    before,
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('7') });
      await approve(scene, 'pat');
    },
    preview: (scene) => replayed(scene, { isEstimate: true }),
    verdict: 'refused',
    codes: ['preview-estimate'],
  },
  {
    number: 80,
    name: 'A flag that is off is retired: honest, for nobody gets anything else',
    before: { ...before, [files.medium]: mediumFlag('5').replace('enabled: true', 'enabled: false') },
    scene: async (scene) => {
      const entry = '- { key: payments.checkout.new-flow, retiredAt: 2026-12-01, reason: It was a pilot. }\n';
      await scene.push({ [files.medium]: null, [files.retired]: `${companyFiles[files.retired] ?? ''}${entry}` });
      await approve(scene, 'pat', 'olga');
    },
    verdict: 'passes',
    tier: 'medium',
  },
  {
    number: 81,
    name: 'The preview is of a smaller commit of the same branch',
    before,
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('6') });
      await scene.push({ [files.medium]: mediumFlag('15') });
      await approve(scene, 'pat');
    },
    preview: (scene) => replayed(scene, { head: 'change~1' }),
    verdict: 'refused',
    codes: ['preview-mismatch'],
    says: 'its head is',
  },
  {
    number: 81,
    name: 'The preview is of before main moved on, with which the change moves more',
    before,
    scene: async (scene) => {
      await scene.push({ [files.growth]: growth });
      await approve(scene, 'greta');
    },
    preview: async (scene) => {
      const preview = await replayed(scene);
      await scene.main({ [files.needed]: flagText('payments.checkout.wallet', {}, production('90')) });
      await scene.git('fetch', '--quiet', 'origin');
      return preview;
    },
    verdict: 'refused',
    codes: ['preview-mismatch'],
    says: 'its base is',
  },
  {
    number: 81,
    name: 'An environment is left out of the preview',
    before,
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('15') });
      await approve(scene, 'pat');
    },
    preview: async (scene) => ({ ...(await replayed(scene)), environments: [] }),
    verdict: 'refused',
    codes: ['preview-mismatch'],
    says: 'says nothing of production',
    remark: 'Figures that are edited are met by who makes it: CI, never the author.',
  },
];
