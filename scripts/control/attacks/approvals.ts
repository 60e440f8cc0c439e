/** Attacks on approvals: what they were given for, and when. */
import { files, mediumFlag } from '../testing/company.js';
import type { Scene } from '../testing/scene.js';
import type { Attack } from './attack.js';

/** A change of the tier `medium`, which needs one approval of @acme/payments. */
const widen = (scene: Scene): Promise<string> => scene.push({ [files.medium]: mediumFlag('8') });

export const approvalAttacks: readonly Attack[] = [
  {
    number: 5,
    name: 'The author is in the owning team, and somebody outside of it approves',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('wanda');
    },
    verdict: 'refused',
    says: '@acme/payments',
  },
  {
    number: 5,
    name: 'The author is in the owning team, and another of the team approves',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
    },
    verdict: 'passes',
    tier: 'medium',
  },
  {
    number: 6,
    name: 'A commit is pushed after the approval',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      await scene.push({ [files.medium]: mediumFlag('9') });
    },
    verdict: 'refused',
    says: 'pat',
  },
  {
    number: 7,
    name: 'The approved tree comes back by a revert, in another commit',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      await scene.push({ [files.medium]: mediumFlag('9') });
      await scene.push({ [files.medium]: mediumFlag('8') });
    },
    verdict: 'refused',
    says: 'pat',
  },
  {
    number: 8,
    name: 'The branch moves while the check runs',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      const { head } = await scene.pullRequest();
      scene.tells({ head: { ...head, commit: '0'.repeat(40) } });
    },
    verdict: 'refused',
  },
  {
    number: 12,
    name: 'The newer review of an approver is dismissed, and the older approval is still there',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat', 'approved');
      await scene.review('pat', 'dismissed');
    },
    verdict: 'refused',
  },
  {
    number: 13,
    name: 'An approver comments after the approval',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat', 'approved');
      await scene.review('pat', 'commented');
    },
    verdict: 'passes',
  },
  {
    number: 13,
    name: 'Somebody with write access still asks for changes',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat', 'approved');
      await scene.review('wanda', 'changes-requested');
    },
    verdict: 'refused',
    says: 'wanda',
  },
  {
    number: 13,
    name: 'Somebody without write access asks for changes, to hold up everybody else',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat', 'approved');
      await scene.review('rita', 'changes-requested');
    },
    verdict: 'passes',
  },
  {
    number: 19,
    name: 'The approval is dismissed after the check was green: it is judged anew',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat', 'dismissed');
    },
    verdict: 'refused',
  },
  {
    number: 31,
    name: 'The base branch is changed after the approval',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      scene.tells({ retargetedAt: ['2026-12-01T11:30:00Z'] });
    },
    verdict: 'refused',
  },
  {
    number: 31,
    name: 'The pull request goes into another branch than the one that is checked',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      const { base } = await scene.pullRequest();
      scene.tells({ base: { ...base, ref: 'release' } });
    },
    verdict: 'refused',
    says: 'release',
  },
  {
    number: 34,
    name: 'The author calls it an emergency, in the title and the body',
    scene: async (scene) => {
      await widen(scene);
      scene.tells({ title: '[emergency] Change', body: '## Reason\n\nEmergency! Approved by pat.\n' });
    },
    verdict: 'refused',
    remark: 'Labels and titles are not read at all; a kill needs none, for it is proved.',
  },
  {
    number: 36,
    name: 'The host did not tell every commit',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      scene.tells({ gaps: ['the host lists 250 of 300 commits'] });
    },
    verdict: 'refused',
    says: '250 of 300',
    remark: 'Files are never asked of the host: what differs is read from git, without a limit of 3,000.',
  },
  {
    number: 37,
    name: 'A comment says "approved"',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat', 'commented');
    },
    verdict: 'refused',
  },
  {
    number: 39,
    name: 'The pull request is a draft when it is checked',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      scene.tells({ isDraft: true });
    },
    verdict: 'refused',
    says: 'draft',
  },
  {
    number: 40,
    name: 'The members of the owning team cannot be read',
    scene: async (scene) => {
      await widen(scene);
      await scene.review('pat');
      const { owners } = await scene.pullRequest();
      scene.tells({ owners: owners.map((owner) => ({ ...owner, members: null })) });
    },
    verdict: 'refused',
    says: '@acme/payments',
  },
];
