/** Attacks on the seams: each part of a change is judged rightly by itself, and together they would be too little. */
import { companyFiles, files, flagText, highFlag, lowFlag, mediumFlag, production } from '../testing/company.js';
import type { Attack } from './attack.js';

const killed = { enabled: false };
const medium = (tail: string): string => flagText('payments.checkout.new-flow', { tier: 'medium' }, tail);
const kill = { [files.medium]: medium(production('5', killed)) };
const segment = (when: string, owner = 'platform-team'): string =>
  `owner: ${owner}\ndescription: Some people.\nwhen: ${when}\n`;
const ruled = (when: string, tier = 'low'): string =>
  flagText(
    'payments.checkout.confetti',
    { tier },
    production('10', { rules: `\n    rules:\n      - { name: some, when: ${when}, serve: true }\n` }),
  );
const policy = companyFiles[files.policy] ?? '';
const cases = '- { name: nobody, environment: staging, context: {}, expect: { variant: false, reason: DISABLED } }\n';
const owners = companyFiles['CODEOWNERS'] ?? '';

export const seamAttacks: readonly Attack[] = [
  {
    number: 60,
    name: 'A floor by folder holds for a segment, too',
    before: { [files.policy]: `${policy}floors: [{ path: /flags/segments/, tier: high }]\n` },
    scene: async (scene) => {
      await scene.push({ [files.employees]: segment('{ email: { endsWith: "example" } }') });
      await scene.review('olga');
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 61,
    name: 'A kill that widens a segment along, which no flag uses yet',
    before: { 'flags/segments/pilots.yaml': segment('{ email: { endsWith: "@pilots.example" } }') },
    scene: async (scene) => {
      await scene.push({ ...kill, 'flags/segments/pilots.yaml': segment('{ targetingKey: { exists: true } }') });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 61,
    name: 'A kill that adds a segment along',
    scene: async (scene) => {
      await scene.push({ ...kill, 'flags/segments/pilots.yaml': segment('{ targetingKey: { exists: true } }') });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 62,
    name: 'A kill that edits the cases of another team along',
    before: { 'flags/growth/web/banner.cases.yaml': cases },
    scene: async (scene) => {
      await scene.push({ ...kill, 'flags/growth/web/banner.cases.yaml': null });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 63,
    name: 'A kill that widens the segment of a stage that another flag has not reached yet',
    before: {
      [files.low]: flagText(
        'payments.checkout.confetti',
        { tier: 'low' },
        '\nenvironments:\n  production:\n    enabled: true\n\n    rollout:\n      stage: off\n      stages:\n        - { name: internal, segment: pilots }\n        - { name: all, percent: 100 }\n',
      ),
      'flags/segments/pilots.yaml': segment('{ email: { endsWith: "@pilots.example" } }'),
    },
    scene: async (scene) => {
      await scene.push({ ...kill, 'flags/segments/pilots.yaml': segment('{ targetingKey: { exists: true } }') });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 64,
    name: 'A kill that writes comments into the flag of another team along',
    scene: async (scene) => {
      await scene.push({
        ...kill,
        [files.growth]: `# Nobody needs to review this.\n${companyFiles[files.growth] ?? ''}`,
      });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 65,
    name: 'A kill that raises a disabled rollout in an environment that it adds',
    scene: async (scene) => {
      await scene.push({
        [files.medium]: medium(`${production('5', killed)}  staging:\n    enabled: false\n    rollout: 100\n`),
      });
    },
    verdict: 'refused',
    isReducing: false,
  },
  {
    number: 66,
    name: 'A rule keeps its name and its 100 %, and its audience becomes everybody',
    before: { [files.low]: ruled('{ age: { gt: 100 } }') },
    scene: async (scene) => {
      await scene.push({ [files.low]: ruled('{ age: { gt: 1 } }') });
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 67,
    name: 'The segment of an open rule becomes wider',
    before: {
      'flags/segments/pilots.yaml': segment('{ age: { gt: 100 } }', 'payments-team'),
      CODEOWNERS: `${owners}/flags/segments/pilots.yaml @acme/payments\n`,
      [files.low]: ruled('{ segment: pilots }'),
    },
    scene: async (scene) => {
      await scene.push({ 'flags/segments/pilots.yaml': segment('{ age: { gt: 1 } }', 'payments-team') });
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 68,
    name: 'The cases that guard a flag of the tier high are taken away',
    before: { 'flags/payments/settlement/new-ledger.cases.yaml': cases },
    scene: async (scene) => {
      await scene.push({ 'flags/payments/settlement/new-ledger.cases.yaml': null });
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 69,
    name: 'A link takes the place of a folder of tools',
    before: {
      CODEOWNERS: '* @acme/payments\n',
      [files.employees]: segment('{ email: { endsWith: "@acme.example" } }', 'payments-team'),
      [files.growth]: null,
    },
    scene: async (scene) => {
      await scene.push({});
      await scene.repository.commitRaw([{ mode: '120000', path: 'node_modules', target: 'flags' }], 'change');
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 71,
    name: 'The reason is what the template of the base asks',
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
    number: 72,
    name: 'A rollout is raised while the flag is off, and the flag is enabled by a second change',
    before: { [files.low]: flagText('payments.checkout.confetti', { tier: 'low' }, production('10', killed)) },
    scene: async (scene) => {
      await scene.main(
        { [files.low]: flagText('payments.checkout.confetti', { tier: 'low' }, production('100', killed)) },
        { date: '2026-10-01T00:00:00Z' },
      );
      await scene.push({ [files.low]: lowFlag('100') });
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 73,
    name: 'A repair of main in a freeze',
    scene: async (scene) => {
      await scene.main({ [files.low]: lowFlag('10', { owner: 'nobody-team' }) });
      await scene.push({ [files.low]: lowFlag('10') });
      for (const login of ['pat', 'pia']) await scene.review(login);
    },
    now: '2026-12-24T12:00:00Z',
    verdict: 'passes',
    tier: 'high',
  },
  {
    number: 74,
    name: 'A segment behind a flag of another team that is off is widened without that team',
    before: {
      [files.growth]: flagText(
        'growth.web.banner',
        { tier: 'medium', owner: 'growth-team' },
        production('50', {
          ...killed,
          rules: '\n    rules:\n      - { name: staff, when: { segment: employees }, serve: true }\n',
        }),
      ),
      [files.high]: highFlag('off').replace('segment: employees', 'percent: 1'),
    },
    scene: async (scene) => {
      await scene.push({ [files.employees]: segment('{ email: { endsWith: "example" } }') });
      await scene.review('olga');
      await scene.review('pat');
    },
    verdict: 'refused',
    says: '@acme/growth',
  },
  {
    number: 75,
    name: 'A bot brings a newer tool: honest',
    scene: async (scene) => {
      await scene.push({ 'package.json': '{"name":"flags"}\n' }, 'Update a dependency', {
        author: 'renovate[bot] <renovate@acme.example>',
      });
      scene.tells({ author: 'renovate[bot]', pushers: ['renovate[bot]'], body: 'This updates a dependency.' });
      for (const login of ['pat', 'olga', 'omar']) await scene.review(login);
    },
    verdict: 'passes',
    tier: 'high',
  },
  {
    number: 76,
    name: 'A flag of the tier high goes through its plan while the flag that it needs is off, which then is turned on',
    before: {
      [files.high]: highFlag('internal').replace(
        'default: false',
        'default: false\nprerequisites: { payments.checkout.confetti: true }',
      ),
      [files.low]: flagText('payments.checkout.confetti', { tier: 'low' }, production('100', killed)),
    },
    scene: async (scene) => {
      await scene.main({
        [files.high]: highFlag('all').replace(
          'default: false',
          'default: false\nprerequisites: { payments.checkout.confetti: true }',
        ),
      });
      await scene.push({ [files.low]: lowFlag('100') });
      for (const login of ['pat', 'pia']) await scene.review(login);
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 77,
    name: 'A flag of the tier high goes through its plan while the flag that it needs is off',
    before: {
      [files.high]: highFlag('internal').replace(
        'default: false',
        'default: false\nprerequisites: { payments.checkout.confetti: true }',
      ),
      [files.low]: flagText('payments.checkout.confetti', { tier: 'low' }, production('100', killed)),
    },
    scene: async (scene) => {
      await scene.push({
        [files.high]: highFlag('all').replace(
          'default: false',
          'default: false\nprerequisites: { payments.checkout.confetti: true }',
        ),
      });
      for (const login of ['pat', 'pia']) await scene.review(login);
    },
    verdict: 'refused',
    tier: 'high',
  },
  {
    number: 78,
    name: 'A kill where the policy names keys otherwise: honest',
    before: {
      [files.policy]: `${policy}naming: { pattern: "[a-z]+[.][a-z]+" }\n`,
      [files.high]: null,
      [files.medium]: null,
      [files.low]: null,
      [files.needed]: null,
      [files.growth]: null,
      'flags/payments/pay.yaml': flagText('payments.pay', {}, production('5')),
    },
    scene: async (scene) => {
      await scene.push({ 'flags/payments/pay.yaml': flagText('payments.pay', {}, production('5', killed)) });
    },
    verdict: 'passes',
    isReducing: true,
  },
];
