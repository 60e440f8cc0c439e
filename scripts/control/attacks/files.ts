/** Attacks by what a file is, or seems to be: what no reviewer would see must not load. */
import { files, mediumFlag } from '../testing/company.js';
import type { Attack } from './attack.js';
import type { FileChanges } from '../../../provider/repository/testing/repository.js';

const other = (name: string): string => mediumFlag('100').replace('payments.checkout.new-flow', name);

/** Pushed with all approvals: none of it may pass. */
function refusedFile(number: number, name: string, changes: FileChanges, code: string): Attack {
  return {
    number,
    name,
    scene: async (scene) => {
      await scene.push(changes);
      for (const login of ['pat', 'pia', 'olga', 'omar', 'greta']) await scene.review(login);
    },
    verdict: 'refused',
    codes: [code],
  };
}

export const fileAttacks: readonly Attack[] = [
  refusedFile(
    24,
    'A flag file ends in .yml',
    { 'flags/payments/checkout/x.yml': other('payments.checkout.x') },
    'unexpected-file',
  ),
  refusedFile(
    24,
    'A flag file lies deeper than a key has parts',
    { 'flags/payments/checkout/a/b.yaml': other('payments.checkout.a.b') },
    'unexpected-file',
  ),
  {
    ...refusedFile(24, 'A flag file is a symbolic link', {}, 'symlink'),
    scene: async (scene) => {
      await scene.push({});
      await scene.repository.commitRaw(
        [{ mode: '120000', path: 'flags/payments/checkout/link.yaml', target: 'new-flow.yaml' }],
        'change',
      );
    },
  },
  {
    ...refusedFile(24, 'A folder of flags is a submodule', {}, 'symlink'),
    scene: async (scene) => {
      await scene.push({});
      const target = await scene.git('rev-parse', 'HEAD');
      await scene.repository.commitRaw([{ mode: '160000', path: 'flags/payments/loot', target }], 'change');
    },
  },
  {
    number: 24,
    name: 'A second folder differs from the flags folder in case alone',
    scene: async (scene) => {
      await scene.push({ 'Flags/policy.yaml': 'bucketing: flagd-v2\n' });
      await scene.review('olga');
    },
    verdict: 'refused',
  },
  refusedFile(
    25,
    'A key stands twice in a file',
    { [files.medium]: `${mediumFlag('5')}\nriskTier: low\n` },
    'yaml-duplicate-key',
  ),
  refusedFile(
    25,
    'An anchor lets one place of a file decide another',
    { [files.medium]: mediumFlag('&x 5') },
    'yaml-anchor',
  ),
  refusedFile(
    25,
    'A merge key brings what no diff shows',
    { [files.medium]: `${mediumFlag('5')}<<: { riskTier: low }\n` },
    'yaml-merge-key',
  ),
  refusedFile(
    25,
    'A second document hides behind the first',
    { [files.medium]: `${mediumFlag('5')}---\n${mediumFlag('100')}` },
    'yaml-multiple-documents',
  ),
  refusedFile(
    26,
    'A key has a Cyrillic letter',
    { 'flags/p\u0430yments/checkout/new-flow.yaml': other('p\u0430yments.checkout.new-flow') },
    'unexpected-file',
  ),
  refusedFile(
    26,
    'A key has a zero-width space',
    { 'flags/payments/checkout/new\u200b-flow.yaml': other('payments.checkout.new\u200b-flow') },
    'unexpected-file',
  ),
  refusedFile(
    26,
    'A key has a ligature',
    { 'flags/payments/checkout/con\uFB01rm.yaml': other('payments.checkout.con\uFB01rm') },
    'unexpected-file',
  ),
  refusedFile(
    26,
    'Two keys differ in case alone',
    { 'flags/payments/checkout/New-flow.yaml': other('payments.checkout.New-flow') },
    'case-twin',
  ),
  refusedFile(
    43,
    'A comment turns the direction of its line around, so that a diff shows something else',
    { [files.medium]: `${mediumFlag('5')}# \u202e001 :tuollor\n` },
    'invisible-character',
  ),
];
