/** Attacks on the seams of the tier: what is judged rightly by itself, and together would need too little. */
import {
  companyFiles,
  files,
  flagText,
  highFlag,
  lowFlag,
  mediumFlag,
  neededFlag,
  production,
} from '../testing/company.js';
import type { FileChanges } from '../../../provider/repository/testing/repository.js';
import type { Attack } from './attack.js';

const killed = { enabled: false };
const policy = companyFiles[files.policy] ?? '';
const codeowners = companyFiles['CODEOWNERS'] ?? '';
const segment = (when: string, owner = 'payments-team'): string =>
  `owner: ${owner}\ndescription: Some people.\nwhen: ${when}\n`;
const pilots = 'flags/segments/pilots.yaml';
const ownPilots = { CODEOWNERS: `${codeowners}/${pilots} @acme/payments\n` };
const needing = (flag: string, key: string): string =>
  flag.replace('default: false', `default: false\nprerequisites: { ${key}: true }`);

/** A flag of the tier low with a rule that serves. */
const ruled = (when: string): string => {
  const rules = `\n    rules:\n      - { name: some, when: ${when}, serve: true }\n`;
  return flagText('payments.checkout.confetti', { tier: 'low' }, production('10', { rules }));
};

/** Pushed by somebody of the owning team, alone: enough for the tier low, and not for this. */
const alone = (number: number, name: string, before: FileChanges, changes: FileChanges): Attack => ({
  number,
  name,
  before,
  scene: async (scene) => {
    await scene.push(changes);
  },
  verdict: 'refused',
  tier: 'high',
});

export const seamAttacks: readonly Attack[] = [
  alone(
    64,
    'A floor of the policy by folder, which has segments in it that no flag uses yet',
    {
      ...ownPilots,
      [pilots]: segment('{ email: { endsWith: "@pilots.example" } }'),
      [files.policy]: `${policy}floors: [{ path: /flags/segments/, tier: high }]\n`,
    },
    { [pilots]: segment('{ targetingKey: { exists: true } }') },
  ),
  alone(
    64,
    'A flag is raised to a tier that the policy asks nothing of',
    { [files.policy]: policy.replace(/ {2}medium: .*\n {2}high: .*\n/, '  medium: { approvals: 2 }\n') },
    { [files.low]: lowFlag('12', { tier: 'high' }) },
  ),
  alone(
    64,
    'The cases that guard a flag of the tier high are taken away',
    {
      'flags/payments/settlement/new-ledger.cases.yaml':
        '- { name: nobody, environment: staging, context: {}, expect: { variant: false, reason: DISABLED } }\n',
    },
    { 'flags/payments/settlement/new-ledger.cases.yaml': null },
  ),
  {
    ...alone(64, 'A link takes the place of a folder of tools', { CODEOWNERS: '* @acme/payments @acme/growth\n' }, {}),
    scene: async (scene) => {
      await scene.push({});
      await scene.repository.commitRaw([{ mode: '120000', path: 'node_modules', target: 'flags' }], 'change');
    },
  },
  alone(
    65,
    'A rule keeps its name and its 100 %, and matches everybody',
    { [files.low]: ruled('{ age: { gt: 100 } }') },
    { [files.low]: ruled('{ age: { gt: 1 } }') },
  ),
  alone(
    65,
    'The segment of a rule that serves 100 % matches everybody',
    { ...ownPilots, [pilots]: segment('{ age: { gt: 100 } }'), [files.low]: ruled('{ segment: pilots }') },
    { [pilots]: segment('{ age: { gt: 1 } }') },
  ),
  alone(65, 'A rule names both values that there are', {}, { [files.low]: ruled('{ isSignedIn: [true, false] }') }),
  alone(
    66,
    'A flag at 100 % no longer needs one at 1 %',
    { [files.low]: needing(lowFlag('100'), 'payments.checkout.wallet'), [files.needed]: neededFlag('1') },
    { [files.low]: lowFlag('100') },
  ),
  {
    number: 66,
    name: 'A flag at 100 % no longer needs one that everybody has: honest',
    before: { [files.low]: needing(lowFlag('100'), 'payments.checkout.wallet'), [files.needed]: neededFlag('100') },
    scene: async (scene) => {
      await scene.push({ [files.low]: lowFlag('100') });
    },
    verdict: 'passes',
    tier: 'low',
  },
  alone(
    66,
    'A flag of the tier high stood at its last stage while the flag that it needs was off, which now is turned on',
    {
      [files.high]: needing(highFlag('all'), 'payments.checkout.confetti'),
      [files.low]: flagText('payments.checkout.confetti', { tier: 'low' }, production('10', killed)),
    },
    { [files.low]: lowFlag('10') },
  ),
  {
    number: 67,
    name: 'A segment behind a flag of another team, which is off, is widened without that team',
    before: {
      [files.growth]: flagText(
        'growth.web.banner',
        { owner: 'growth-team' },
        production('50', {
          ...killed,
          rules: '\n    rules:\n      - { name: staff, when: { segment: employees }, serve: true }\n',
        }),
      ),
      [files.high]: highFlag('off').replace('segment: employees', 'percent: 1'),
    },
    scene: async (scene) => {
      await scene.push({ [files.employees]: segment('{ email: { endsWith: "example" } }', 'platform-team') });
      await scene.review('olga');
    },
    verdict: 'refused',
    codes: ['coverage-missing'],
    says: '@acme/growth',
  },
  {
    number: 68,
    name: 'The reason is the question that the template of descriptions asks',
    before: { '.github/PULL_REQUEST_TEMPLATE.md': '## Reason\n\nWhy do we need this?\n' },
    scene: async (scene) => {
      await scene.push({ [files.medium]: mediumFlag('6') }, 'Change');
      scene.tells({ body: '## Reason\n\nWhy do we need this?\n' });
      await scene.review('pat');
    },
    verdict: 'refused',
    codes: ['reason-missing'],
  },
  {
    number: 68,
    name: 'CODEOWNERS begins with a byte order mark, so that its first line matches nothing on the host',
    scene: async (scene) => {
      await scene.push({ CODEOWNERS: `\u{feff}${codeowners}` });
      for (const login of ['pat', 'pia', 'olga', 'omar']) await scene.review(login);
    },
    verdict: 'refused',
    codes: ['codeowners-invalid'],
  },
  {
    number: 69,
    name: 'A repair of main in a freeze: honest',
    scene: async (scene) => {
      await scene.main({ [files.low]: lowFlag('10', { owner: 'nobody-team' }) });
      await scene.push({ [files.low]: lowFlag('10') });
      for (const login of ['pat', 'pia']) await scene.review(login);
    },
    now: '2026-12-24T12:00:00Z',
    verdict: 'passes',
    tier: 'high',
  },
];
