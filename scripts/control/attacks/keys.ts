/** Attacks on what is permanent: keys, types, defaults, kinds of value, and the ledger. */
import { companyFiles, files, flagText, mediumFlag, production } from '../testing/company.js';
import type { Scene } from '../testing/scene.js';
import type { Attack } from './attack.js';

const LEDGER = companyFiles[files.retired] ?? '';
const entry = (key: string): string => `- { key: ${key}, retiredAt: 2026-12-01, reason: It is at 100 %. }\n`;
const LOW_KEY = 'payments.checkout.confetti';

const limit = (usual: string): string =>
  flagText('payments.checkout.limit', { tier: 'low' }, `variants: { "false": ${usual}, high: 100 }\n`);

/** Every owner approves: what is refused then is refused by a rule. */
async function approveAll(scene: Scene): Promise<void> {
  for (const login of ['pat', 'pia', 'olga', 'omar', 'greta']) await scene.review(login);
}

function refused(number: number, name: string, changes: Readonly<Record<string, string | null>>, code: string): Attack {
  return {
    number,
    name,
    scene: async (scene) => {
      await scene.push(changes);
      await approveAll(scene);
    },
    verdict: 'refused',
    codes: [code],
  };
}

export const keyAttacks: readonly Attack[] = [
  refused(27, 'A flag is deleted, and nothing remembers its key', { [files.low]: null }, 'key-not-retired'),
  {
    number: 27,
    name: 'A key that main once had comes back, long after it was deleted',
    scene: async (scene) => {
      await scene.main({ [files.low]: null });
      await scene.push({ [files.low]: companyFiles[files.low] ?? '' });
      await approveAll(scene);
    },
    verdict: 'refused',
    codes: ['key-reused'],
  },
  refused(
    27,
    'A key of the ledger comes back',
    {
      'flags/payments/checkout/old-flow.yaml': flagText('payments.checkout.old-flow', { tier: 'low' }, ''),
    },
    'retired-key-used',
  ),
  {
    number: 27,
    name: 'A flag is deleted and entered in the ledger by the same change: honest',
    scene: async (scene) => {
      await scene.push({ [files.low]: null, [files.retired]: LEDGER + entry(LOW_KEY) });
      await scene.review('pat');
      await scene.review('olga');
    },
    verdict: 'passes',
    tier: 'low',
    isReducing: false,
    remark: 'The ledger has its own line in CODEOWNERS; one that names every team spares the second approval.',
  },
  refused(28, 'An entry of the ledger is removed', { [files.retired]: '[]\n' }, 'ledger-not-append-only'),
  refused(
    28,
    'An entry of the ledger is edited',
    { [files.retired]: LEDGER.replace('old-flow', 'old-flo') },
    'ledger-not-append-only',
  ),
  refused(28, 'The ledger is deleted', { [files.retired]: null }, 'ledger-not-append-only'),
  refused(
    28,
    'A key that never was is entered, so that nobody else can use it',
    { [files.retired]: LEDGER + entry('growth.web.next-year') },
    'ledger-key-unknown',
  ),
  refused(
    44,
    'The default becomes the other variant: the flag means the opposite to code that was never updated',
    { [files.low]: (companyFiles[files.low] ?? '').replace('default: false', 'default: true') },
    'key-new-meaning',
  ),
  {
    ...refused(
      44,
      "The default's value changes under the same name",
      { 'flags/payments/checkout/limit.yaml': limit('20') },
      'key-new-meaning',
    ),
    before: { 'flags/payments/checkout/limit.yaml': limit('10') },
  },
  refused(
    44,
    'The kind of its values changes',
    {
      [files.low]: flagText(
        LOW_KEY,
        { tier: 'low' },
        `variants: { "false": "no", "true": "yes" }\n${production('10')}`,
      ),
    },
    'key-new-meaning',
  ),
  {
    number: 45,
    name: 'A key looks like another one: a digit for a letter',
    scene: async (scene) => {
      await scene.push({
        'flags/payments/checkout/new-f1ow.yaml': mediumFlag('0').replace('new-flow', 'new-f1ow'),
      });
      await scene.review('pat');
    },
    verdict: 'passes',
    codes: ['key-look-alike'],
    remark: 'A warning for the reviewer: honest keys may look alike.',
  },
];
