/** Attacks on what the users that a change moves ask for. */
import { files, flagText, lowFlag, mediumFlag, production } from '../testing/company.js';
import { replayed } from '../testing/replayed.js';
import type { Attack } from './attack.js';
import { approve, BLAST_RADIUS, before, POLICY } from './previews.js';

const LOW_KEY = 'payments.checkout.confetti';
/** Counts users, and asks for no preview. */
const COUNTING = POLICY.replace(', preview: required', '');

/** The flag of the tier low with a rule. */
const ruleFor = (when: string): Record<string, string> => {
  const rules = `    rules:\n      - { name: some, when: ${when}, serve: true }\n`;
  return { [files.low]: flagText(LOW_KEY, { tier: 'low' }, production('10', { rules })) };
};

const killed = { enabled: false };
const everybody = '    rules:\n      - { name: all, when: { targetingKey: { exists: true } }, serve: true }\n';

export const userAttacks: readonly Attack[] = [
  {
    number: 82,
    name: 'A flag of the tier low moves every tenth user by a rule that names them',
    before,
    scene: async (scene) => {
      const rules = '    rules:\n      - { name: staff, when: { segment: employees }, serve: true }\n';
      await scene.push({ [files.low]: flagText(LOW_KEY, { tier: 'low' }, production('10', { rules })) });
      await approve(scene, 'pat');
    },
    preview: replayed,
    verdict: 'refused',
    tier: 'high',
    says: 'needs 2 approvals',
    remark: 'By files alone it would be low: a rule whose audience is named counts as no widening.',
  },
  {
    number: 82,
    name: 'The thresholds are lifted by the change that would reach them',
    before,
    scene: async (scene) => {
      const lifted = POLICY.replace(BLAST_RADIUS, 'blastRadius: { high: 100% }\n');
      await scene.push({ [files.policy]: lifted, [files.low]: lowFlag('25') });
      await approve(scene, 'pat');
    },
    preview: replayed,
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 82,
    name: 'The users move in a new environment, which the change itself takes out of the count',
    before,
    scene: async (scene) => {
      const policy = POLICY.replace('[production, staging]', '[production, staging, live]').replace(
        'staging: {}',
        'staging: {}, live: {}',
      );
      const live = `${production('10')}  live:\n    enabled: true\n    rollout: 90\n`;
      await scene.push({ [files.policy]: policy, [files.low]: flagText(LOW_KEY, { tier: 'low' }, live) });
      await approve(scene, 'pat');
    },
    preview: replayed,
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 82,
    name: 'A rule for all reads an attribute that applications send and no context has',
    before,
    scene: async (scene) => {
      await scene.push(ruleFor('{ appVersion: { exists: true } }'));
      await approve(scene, 'pat');
    },
    preview: replayed,
    verdict: 'refused',
    tier: 'high',
    codes: ['preview-cannot-tell'],
    remark: 'Samplers drop what no rule reads. What contexts cannot tell is in the interval.',
  },
  {
    number: 82,
    name: 'A rule for all leaves out the keys that only hashed samples have',
    before,
    scene: async (scene) => {
      await scene.push(ruleFor('{ not: { targetingKey: { startsWith: "hashed:" } } }'));
      await approve(scene, 'pat');
    },
    preview: (scene) => replayed(scene, { keyPrefix: 'hashed:' }),
    verdict: 'refused',
    tier: 'high',
    codes: ['preview-cannot-tell'],
  },
  {
    number: 82,
    name: 'A rule names two testers by their keys, and samples are hashed: honest',
    before,
    scene: async (scene) => {
      await scene.push(ruleFor('{ targetingKey: [tester-1, tester-2] }'));
      await approve(scene, 'pat');
    },
    preview: (scene) => replayed(scene, { keyPrefix: 'hashed:' }),
    verdict: 'passes',
    tier: 'low',
  },
  {
    number: 82,
    name: 'The preview is kept from being made, where the policy counts users and asks for none',
    before: { [files.policy]: COUNTING },
    scene: async (scene) => {
      const rules = '    rules:\n      - { name: staff, when: { segment: employees }, serve: true }\n';
      await scene.push({ [files.low]: flagText(LOW_KEY, { tier: 'low' }, production('10', { rules })) });
      await approve(scene, 'pat');
    },
    verdict: 'refused',
    tier: 'high',
    codes: ['users-unmeasured'],
    says: 'needs 2 approvals',
    remark: 'By many rules, or a broken source of contexts. What nobody measured counts as reached.',
  },
  {
    number: 82,
    name: 'There is no preview of an edit that serves everybody the same: honest',
    before: { [files.policy]: COUNTING },
    scene: async (scene) => {
      await scene.push({ [files.low]: lowFlag('10').replace('What it does.', 'What it did.') });
    },
    verdict: 'passes',
    tier: 'low',
  },
  {
    number: 83,
    name: 'A kill that moves most users has no preview: honest',
    before: { ...before, [files.medium]: mediumFlag('90') },
    scene: async (scene) => {
      await scene.push({ [files.medium]: flagText('payments.checkout.new-flow', {}, production('90', killed)) });
    },
    verdict: 'passes',
    isReducing: true,
    tier: 'medium',
  },
  {
    number: 83,
    name: 'A kill that moves most users is not raised by them: honest',
    before: { ...before, [files.medium]: mediumFlag('90') },
    scene: async (scene) => {
      await scene.push({ [files.medium]: flagText('payments.checkout.new-flow', {}, production('90', killed)) });
    },
    preview: replayed,
    verdict: 'passes',
    isReducing: true,
    tier: 'medium',
  },
  {
    number: 83,
    name: 'A kill of a flag, the lack of which another one needs, and which so gives that to everybody',
    before: {
      ...before,
      [files.growth]: flagText(
        'growth.web.banner',
        { tier: 'low', owner: 'growth-team' },
        `prerequisites: { payments.checkout.wallet: false }\n${production('100')}`,
      ),
    },
    scene: async (scene) => {
      await scene.push({
        [files.needed]: flagText('payments.checkout.wallet', {}, production('50', killed)),
      });
      await approve(scene, 'pat', 'pia', 'greta');
    },
    verdict: 'refused',
    isReducing: false,
    codes: ['preview-missing'],
  },
  {
    number: 83,
    name: 'A widening is dressed up as a kill, to need no preview',
    before,
    scene: async (scene) => {
      const dressed = production('0', { rules: everybody });
      await scene.push(
        { [files.medium]: flagText('payments.checkout.new-flow', {}, dressed) },
        'Kill\n\nReason: errors',
      );
      await approve(scene, 'pat', 'pia');
    },
    verdict: 'refused',
    isReducing: false,
    codes: ['preview-missing'],
  },
];
