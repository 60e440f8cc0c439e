/** Attacks by what goes along with a proved kill, which needs less than the rest of its change would. */
import { companyFiles, files, flagText, highFlag, production } from '../testing/company.js';
import type { FileChanges } from '../../../provider/repository/testing/repository.js';
import type { Attack } from './attack.js';

const killed = { enabled: false };
const medium = (tail: string): string => flagText('payments.checkout.new-flow', { tier: 'medium' }, tail);
const kill = { [files.medium]: medium(production('5', killed)) };
const segment = (when: string): string => `owner: platform-team\ndescription: Some people.\nwhen: ${when}\n`;
const pilots = 'flags/segments/pilots.yaml';
const somePilots = { [pilots]: segment('{ email: { endsWith: "@pilots.example" } }') };
const everybody = { [pilots]: segment('{ targetingKey: { exists: true } }') };
const waiting = flagText(
  'payments.checkout.confetti',
  { tier: 'low' },
  `
environments:
  production:
    enabled: true

    rollout:
      stage: off
      stages:
        - { name: internal, segment: pilots }
        - { name: all, percent: 100 }
`,
);
const growthCases = 'flags/growth/web/banner.cases.yaml';
const EVERYBODY = '{ any: [{ targetingKey: { exists: true } }, { targetingKey: { exists: false } }] }';
const STOP = `\n    rules:\n      - { name: stop, when: ${EVERYBODY}, serve: false }\n`;

const VIP = '      - { name: vip, when: { email: { endsWith: ".example" } }, serve: true }\n';
const stopped = (more: string): string => `  staging:\n    enabled: true${STOP}${more}\n    rollout: 0\n`;

/** A kill of the tier medium, which alone would pass at once, pushed without any approval. */
const killAlong = (number: number, name: string, changes: FileChanges, before: FileChanges = {}): Attack => ({
  number,
  name,
  before,
  scene: async (scene) => {
    await scene.push({ ...kill, ...changes });
  },
  verdict: 'refused',
  isReducing: false,
});

export const alongAttacks: readonly Attack[] = [
  killAlong(60, 'A kill that widens a segment along, which no flag uses yet', everybody, somePilots),
  killAlong(60, 'A kill that widens the segment of a stage that another flag has not reached yet', everybody, {
    ...somePilots,
    [files.low]: waiting,
  }),
  killAlong(
    61,
    'A kill that takes away the cases of a flag of another team',
    { [growthCases]: null },
    {
      [growthCases]:
        '- { name: nobody, environment: staging, context: {}, expect: { variant: false, reason: DISABLED } }\n',
    },
  ),
  killAlong(61, 'A kill that writes comments into the flag of another team', {
    [files.growth]: `# Nobody needs to review this.\n${companyFiles[files.growth] ?? ''}`,
  }),
  killAlong(62, 'A kill that adds an environment with a wide rollout, which is off there', {
    [files.medium]: medium(`${production('5', killed)}  staging:\n    enabled: false\n    rollout: 100\n`),
  }),
  killAlong(62, 'A kill with a rule that stops everybody, behind which the rollout rises for whoever enables it', {
    [files.medium]: medium(production('100', { ...killed, rules: STOP })),
  }),
  killAlong(
    62,
    'A kill that adds a rule in another environment, behind one that stops everybody there',
    { [files.medium]: medium(`${production('5', killed)}${stopped(VIP)}`) },
    { [files.medium]: medium(`${production('5')}${stopped('')}`) },
  ),
  {
    number: 62,
    name: 'A kill that takes the environment away, and its plan with the guardrails along',
    scene: async (scene) => {
      await scene.push({ [files.high]: highFlag('internal').replace(/\nenvironments:[^]*/, '') });
      await scene.review('pat');
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 63,
    name: 'A kill while the members of the owning team cannot be read: honest',
    scene: async (scene) => {
      await scene.push(kill);
      scene.tells({ owners: [{ handle: '@acme/payments', members: null }] });
    },
    verdict: 'passes',
    isReducing: true,
  },
  {
    number: 63,
    name: 'A kill where the policy names keys otherwise: honest',
    before: {
      [files.policy]: `${companyFiles[files.policy] ?? ''}naming: { pattern: "[a-z]+[.][a-z]+" }\n`,
      ...Object.fromEntries(
        [files.high, files.medium, files.low, files.needed, files.growth].map((path) => [path, null]),
      ),
      'flags/payments/pay.yaml': flagText('payments.pay', {}, production('5')),
    },
    scene: async (scene) => {
      await scene.push({ 'flags/payments/pay.yaml': flagText('payments.pay', {}, production('5', killed)) });
    },
    verdict: 'passes',
    isReducing: true,
  },
  {
    number: 63,
    name: 'A segment that a reached stage uses becomes narrower: honest',
    before: { [files.employees]: segment('{ email: { endsWith: ["@acme.example", "@partner.example"] } }') },
    scene: async (scene) => {
      await scene.push({ [files.employees]: segment('{ email: { endsWith: "@acme.example" } }') });
      await scene.review('olga');
    },
    verdict: 'passes',
    isReducing: true,
  },
];
