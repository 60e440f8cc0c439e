/** Changes in a repository that holds code beside its flags. */
import { companyFiles, files, mediumFlag } from '../testing/company.js';
import type { Attack } from './attack.js';

/** As the company's, but for the line that gives everything to somebody. */
const CODE_UNOWNED =
  (companyFiles['CODEOWNERS'] ?? '').replace('* @acme', '/flags/ @acme') + '/CODEOWNERS @acme/platform\n';

export const besideAttacks: readonly Attack[] = [
  {
    number: 76,
    name: 'A change of code alone, which nobody owns, in a repository that holds flags too: honest',
    before: { CODEOWNERS: CODE_UNOWNED, 'src/app.ts': 'one\n' },
    scene: async (scene) => {
      await scene.push({ 'src/app.ts': 'two\n' }, 'Code');
    },
    verdict: 'passes',
    tier: 'low',
  },
  {
    number: 76,
    name: 'Code that nobody owns comes along with a flag: only the flag needs its approval',
    before: { CODEOWNERS: CODE_UNOWNED, 'src/app.ts': 'one\n' },
    scene: async (scene) => {
      await scene.push({ 'src/app.ts': 'two\n', [files.medium]: mediumFlag('8') });
      await scene.review('pat');
    },
    verdict: 'passes',
    tier: 'medium',
  },
  {
    number: 76,
    name: 'CODEOWNERS takes the policy from everybody, whose file is not touched itself',
    before: { CODEOWNERS: CODE_UNOWNED, 'src/app.ts': 'one\n' },
    scene: async (scene) => {
      await scene.push({ CODEOWNERS: `${CODE_UNOWNED}/src/\n/${files.policy}\n`, 'src/app.ts': 'two\n' });
      for (const login of ['pat', 'pia', 'olga', 'omar']) await scene.review(login);
    },
    verdict: 'refused',
    tier: 'high',
    codes: ['file-without-owner'],
    says: 'flags/policy.yaml',
  },
  {
    number: 76,
    name: 'Files beside the flags that a floor of the policy names, approved by two who do not own them',
    before: {
      'deploy/settings': 'one\n',
      [files.policy]: `${companyFiles[files.policy] ?? ''}floors: [{ path: /deploy/, tier: high }]\n`,
    },
    scene: async (scene) => {
      await scene.push({ 'deploy/settings': 'two\n' });
      for (const login of ['pat', 'pia']) await scene.review(login);
    },
    verdict: 'refused',
    tier: 'high',
    codes: ['coverage-missing'],
    says: '@acme/platform',
  },
];
