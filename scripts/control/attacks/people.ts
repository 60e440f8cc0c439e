/** Attacks on who counts as whom: authors who approve themselves, bots, second accounts. */
import { files, mediumFlag, signatureOf } from '../testing/company.js';
import type { Scene } from '../testing/scene.js';
import type { Attack } from './attack.js';

/** A change of the tier `medium`, which needs one approval of @acme/payments. */
const widen = (scene: Scene): Promise<string> => scene.push({ [files.medium]: mediumFlag('8') });

export const peopleAttacks: readonly Attack[] = [
  ...(['author', 'committer'] as const).map((role): Attack => ({
    number: 9,
    name: `The approver is the ${role} of a commit`,
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('8') }, 'Change\n\nReason: it is time', {
        author: signatureOf('mallory'),
        [role]: signatureOf('pat'),
      });
      await scene.review('pat');
    },
    verdict: 'refused',
    says: 'pat',
  })),
  {
    number: 9,
    name: 'The approver is a co-author, in another case and not at the end of the message',
    scene: async (scene) => {
      const message = 'Change\n\nco-AUTHORED-by: Pat <pat@acme.example>\n\nReason: it is time\n\nThat is all.';
      await scene.push({ [files.medium]: mediumFlag('8') }, message);
      await scene.review('pat');
    },
    verdict: 'refused',
    says: 'pat',
  },
  {
    number: 10,
    name: 'A bot rebases the branch, and the commits name it alone; the one who pushed them before approves',
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('8') }, 'Change\n\nReason: it is time', {
        author: signatureOf('mallory'),
        committer: signatureOf('renovate[bot]'),
      });
      scene.tells({ pushers: ['mallory', 'pat', 'renovate[bot]'] });
      await scene.review('pat');
    },
    verdict: 'refused',
    says: 'pat',
  },
  {
    number: 11,
    name: 'A commit has an address that belongs to nobody',
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('8') }, 'Change\n\nReason: it is time', {
        author: 'Pat <pat@elsewhere.example>',
      });
      await scene.review('pat');
    },
    verdict: 'refused',
    says: 'pat@elsewhere.example',
  },
  {
    number: 11,
    name: 'A co-author has an address that belongs to nobody',
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('8') }, 'Change\n\nReason: it is\nCo-authored-by: X <x@y.example>');
      await scene.review('pat');
    },
    verdict: 'refused',
    says: 'x@y.example',
  },
  {
    number: 14,
    name: 'A bot approves',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('renovate[bot]');
    },
    verdict: 'refused',
    says: 'renovate[bot]',
  },
  {
    number: 15,
    name: 'The approver has lost write access since',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      const { accounts } = await scene.pullRequest();
      scene.tells({
        accounts: accounts.map((account) => (account.login === 'pat' ? { ...account, permission: 'read' } : account)),
      });
    },
    verdict: 'refused',
    says: 'pat',
  },
  {
    number: 15,
    name: 'The approver has left the team since',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      const { owners } = await scene.pullRequest();
      scene.tells({
        owners: owners.map((owner) => (owner.handle === '@acme/payments' ? { ...owner, members: ['pia'] } : owner)),
      });
    },
    verdict: 'refused',
    says: '@acme/payments',
  },
  {
    number: 41,
    name: 'One person approves under two spellings of a login, where two people are needed',
    scene: async (scene) => {
      await scene.push({ 'flags/policy.yaml': `${await scene.git('show', 'main:flags/policy.yaml')}# A comment.\n` });
      await scene.review('olga');
      await scene.review('OLGA');
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 42,
    name: 'A commit pretends to be made by the host: its committer is "GitHub", and nobody has verified it',
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('8') }, 'Change\n\nReason: it is time', {
        author: signatureOf('mallory'),
        committer: 'GitHub <noreply@github.com>',
      });
      await scene.review('pat');
    },
    verdict: 'refused',
    says: 'noreply@github.com',
  },
];
