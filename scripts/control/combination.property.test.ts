import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directions, type RiskTier } from '../../provider/engine/index.js';
import { compareSides } from '../change/compare.js';
import { sidesOf, type Files } from '../change/testing/sides.js';
import { pathsOf } from './paths.js';
import { judgeReduction } from './reduction.js';
import { companyFiles, files } from './testing/company.js';
import { demandsOf, tierOfChange } from './tier.js';

/** A replacement in a file; each edit of the list is about another place, so that none undoes another. */
interface Edit {
  readonly path: string;
  readonly from: string;
  readonly to: string;
  /** An edit elsewhere without which it would not load. */
  readonly along?: Edit;
}

const inFlag = (path: string): readonly Edit[] => [
  { path, from: 'enabled: true', to: 'enabled: false' },
  { path, from: 'description: What it does.', to: 'description: What it does now.' },
  { path, from: 'default: false', to: 'salt: another\ndefault: false' },
  { path, from: 'expiresAt: 2027-03-01', to: 'expiresAt: 2027-02-01' },
];

const edits: readonly Edit[] = [
  ...[files.low, files.medium, files.needed, files.growth, files.high].flatMap(inFlag),
  { path: files.low, from: 'rollout: 10', to: 'rollout: 5' },
  { path: files.medium, from: 'rollout: 5', to: 'rollout: 8' },
  { path: files.needed, from: 'rollout: 50', to: 'rollout: 40' },
  { path: files.growth, from: 'rollout: 50', to: 'rollout: 60' },
  { path: files.high, from: 'stage: internal', to: 'stage: off' },
  { path: files.high, from: 'riskTier: high', to: 'riskTier: low' },
  { path: files.medium, from: 'riskTier: medium', to: 'riskTier: low' },
  {
    path: files.low,
    from: 'owner: payments-team',
    to: 'owner: growth-team',
    along: { path: 'CODEOWNERS', from: '/flags/growth/', to: `/${files.low} @acme/growth\n/flags/growth/` },
  },
  { path: files.growth, from: 'prerequisites: { payments.checkout.wallet: true }', to: '' },
  { path: files.employees, from: '"@acme.example"', to: '"acme.example"' },
  { path: files.policy, from: 'approvals: 2', to: 'approvals: 0' },
  { path: 'CODEOWNERS', from: '* @acme/platform', to: '* @acme/growth' },
  { path: 'README.md', from: 'Flags', to: 'The flags' },
  { path: '.github/workflows/flags.yml', from: 'on:', to: 'name: x\non:' },
];

const ORDER: readonly RiskTier[] = ['low', 'medium', 'high'];

/** How much control a change gets. */
interface Control {
  readonly tier: number;
  readonly approvals: number;
  readonly isReducing: boolean;
  readonly isNothing: boolean;
}

function edited(chosen: readonly Edit[]): Files {
  const texts: Record<string, string> = { ...companyFiles };
  for (const { path, from, to } of chosen.flatMap((edit) => [
    edit,
    ...(edit.along === undefined ? [] : [edit.along]),
  ])) {
    const text = texts[path] ?? '';
    expect(text, `${path} holds "${from}"`).toContain(from);
    texts[path] = text.replace(from, to);
  }
  return texts;
}

async function controlOf(chosen: readonly Edit[]): Promise<Control> {
  const { base, result, files: changed } = await sidesOf(companyFiles, edited(chosen));
  if (base.loaded === undefined || result.loaded === undefined) throw new Error('an edit breaks the repository');
  const directions = new Directions(base.loaded.ruleset, result.loaded.ruleset);
  const flags = compareSides(base, result, changed, (key, environment) => directions.of(key, environment));
  const change = { base, result, files: changed, flags };
  const { policy } = base.loaded.ruleset.documents;
  const { flag: pathOf } = pathsOf('flags');
  const { tier } = tierOfChange(change, { policy, root: 'flags', pathOf, isRetirement: false });
  const latentDirectionOf = (key: string, environment: string) => directions.latentOf(key, environment);
  const { isReducing, because } = judgeReduction({ change, latentDirectionOf });
  const asked = demandsOf(policy, tier).approvals ?? 0;
  return {
    tier: ORDER.indexOf(tier),
    approvals: Math.max(0, asked - (isReducing ? 1 : 0)),
    isReducing,
    isNothing: because.length === 1 && because[0] === 'nobody is reduced',
  };
}

describe('edits made together', () => {
  it('get no less control than any of them deserves by itself', async () => {
    const single = new Map<Edit, Control>();
    for (const edit of edits) single.set(edit, await controlOf([edit]));
    // Else the property says nothing: there are edits of each kind.
    const known = [...single.values()];
    expect(new Set(known.map(({ tier }) => tier))).toEqual(new Set([0, 1, 2]));
    expect(known.filter(({ isReducing }) => isReducing).length).toBeGreaterThan(5);
    const reducers = edits.filter((edit) => single.get(edit)?.isReducing === true);
    const ofAll = fc.uniqueArray(fc.constantFrom(...edits), { minLength: 1, maxLength: 6 });
    const ofReducing = fc.uniqueArray(fc.constantFrom(...reducers), { minLength: 1, maxLength: 4 });
    let reducing = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(ofAll, ofReducing), async (chosen) => {
        const together = await controlOf(chosen);
        const each = chosen.map((edit) => single.get(edit) as Control);
        expect(together.tier).toBeGreaterThanOrEqual(Math.max(...each.map(({ tier }) => tier)));
        expect(together.approvals).toBeGreaterThanOrEqual(Math.max(...each.map(({ approvals }) => approvals)));
        if (!together.isReducing) return;
        reducing++;
        expect(each.every((one) => one.isReducing || one.isNothing)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(reducing).toBeGreaterThan(10);
  });
});
