import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlastRadius } from '../control/blast-radius.js';
import type { Finding } from '../control/finding.js';
import { companyFiles, files, flagText, lowFlag, mediumFlag, production } from '../control/testing/company.js';
import { ESTIMATE, moved, populationOf, previewFile, previewOf } from '../control/testing/preview.js';
import { disposeCompany, NOW, Scene } from '../control/testing/scene.js';
import { previewMarkdown } from '../impact/rendering/markdown.js';
import type { Preview } from '../impact/preview.js';
import { call, type CallResult } from '../testing/call.js';

const schema = JSON.parse(
  await readFile(new URL('../../schema/check/verdict.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** Asks for a preview of every change that is at least medium, and counts users in production. */
const POLICY = (companyFiles[files.policy] ?? '')
  .replace(
    'medium: { approvals: 1, reason: required }',
    'medium: { approvals: 1, reason: required, preview: required }',
  )
  .replace('freezes:', 'blastRadius: { medium: 1%, high: 10%, environments: { staging: {} } }\nfreezes:');

/** Of the tier medium. */
const widened = { [files.medium]: mediumFlag('15') };
const killed = { [files.medium]: flagText('payments.checkout.new-flow', {}, production('5', { enabled: false })) };

let scene: Scene;

beforeEach(async () => {
  scene = await Scene.create({ [files.policy]: POLICY });
});
afterEach(() => scene.repository.dispose());
afterAll(disposeCompany);

interface Verdict {
  readonly outcome: string;
  readonly tier: string;
  readonly tierReasons: readonly { readonly why: string }[];
  readonly approvals: { readonly needed: { readonly approvals: number } };
  readonly blastRadius?: BlastRadius;
  readonly findings: readonly Finding[];
  readonly flags: readonly { readonly tier: string }[];
}

async function check(preview: Preview | undefined, ...words: readonly string[]): Promise<CallResult> {
  const given = preview === undefined ? [] : ['--preview', await previewFile(scene, preview)];
  const both = ['--base', 'origin/main', '--head', 'change', '--now', NOW];
  return call(scene.repository.workDir, ['check', ...both, ...given, ...words]);
}

/** The verdict, which is as its schema says. */
async function verdictOn(preview: Preview | undefined): Promise<Verdict> {
  const { output, errors } = await check(preview, '--json');
  expect(errors).toBe('');
  const verdict = JSON.parse(output) as Verdict;
  expect({ isValid: validate(verdict), faults: validate.errors }).toEqual({ isValid: true, faults: null });
  return verdict;
}

const codesOf = ({ findings }: Verdict): readonly string[] =>
  findings.map(({ severity, code }) => `${severity} ${code}`);

describe('a tier that asks for a preview', () => {
  it('refuses a change without one, and says how to make it', async () => {
    const head = await scene.push(widened);
    const verdict = await verdictOn(undefined);
    expect(codesOf(verdict)).toEqual(['error preview-missing']);
    const [finding] = verdict.findings;
    expect(finding?.message).toContain('in production, and the tier `high` asks for a preview');
    expect(finding?.fix).toContain(
      `flagctl preview --base ${await scene.git('rev-parse', 'main')} --head ${head} --contexts`,
    );
  });

  it('takes one of exactly this change', async () => {
    await scene.push(widened);
    const verdict = await verdictOn(await previewOf(scene, [moved('production', 0.2)]));
    expect(verdict.outcome).toBe('passes');
    expect(codesOf(verdict)).toEqual([]);
    expect(verdict.tier).toBe('medium');
    expect(verdict.blastRadius?.environments).toMatchObject([{ environment: 'production', changed: { share: 0.002 } }]);
  });

  it('does not take an estimate', async () => {
    await scene.push(widened);
    const estimate = await previewOf(scene, [{ ...moved('production', 0), changed: undefined }], ESTIMATE);
    expect(codesOf(await verdictOn(estimate))).toEqual(['error preview-estimate']);
  });

  it('takes no file without a context for more than an estimate', async () => {
    await scene.push(widened);
    const nobody = { contexts: 0, share: 0, low: 0, high: 1, users: undefined };
    const empty = await previewOf(scene, [{ ...moved('production', 0), changed: nobody }], {
      population: populationOf({ plain: 0 }),
    });
    const verdict = await verdictOn(empty);
    expect(codesOf(verdict)).toEqual(['error preview-estimate']);
    expect(verdict.tier).toBe('high');
  });

  it('takes contexts that are made up with a warning, and hashed ones without', async () => {
    await scene.push(widened);
    const environments = [moved('production', 0.2)];
    const madeUp = await previewOf(scene, environments, { population: populationOf({ plain: 400, synthetic: 600 }) });
    const verdict = await verdictOn(madeUp);
    expect(verdict.outcome).toBe('passes');
    expect(codesOf(verdict)).toEqual(['warning preview-synthetic']);
    const hashed = await previewOf(scene, environments, { population: populationOf({ hashed: 1_000 }) });
    expect(codesOf(await verdictOn(hashed))).toEqual([]);
  });

  it('is not asked of a change that serves everybody the same', async () => {
    await scene.push({ [files.medium]: mediumFlag('5').replace('What it does.', 'What it did.') });
    expect(codesOf(await verdictOn(undefined))).toEqual([]);
  });

  it('is not asked of a kill', async () => {
    await scene.push(killed);
    expect(codesOf(await verdictOn(undefined))).toEqual([]);
  });

  it('is not asked of a flag that is off and retired', async () => {
    await scene.main(killed);
    await scene.git('fetch', '--quiet', 'origin');
    const entry = '- { key: payments.checkout.new-flow, retiredAt: 2026-12-01, reason: It was a pilot. }\n';
    await scene.push({ [files.medium]: null, [files.retired]: `${companyFiles[files.retired] ?? ''}${entry}` });
    expect(codesOf(await verdictOn(undefined))).toEqual([]);
    expect(codesOf(await verdictOn(await previewOf(scene, [])))).toEqual([]);
  });

  it('is not asked where the merge does not load: that says enough', async () => {
    await scene.push({ [files.medium]: mediumFlag('[') });
    expect(codesOf(await verdictOn(undefined))).not.toContain('error preview-missing');
  });

  it('is not asked of a lower tier', async () => {
    await scene.main({ [files.policy]: POLICY.replace(/blastRadius: .*\n/, '') });
    await scene.git('fetch', '--quiet', 'origin');
    await scene.push({ [files.low]: lowFlag('12') });
    expect(codesOf(await verdictOn(undefined))).toEqual([]);
  });
});

describe('what flagctl preview printed', () => {
  it('is taken as it is', async () => {
    await scene.push(widened);
    const contexts = join(scene.repository.folder, 'contexts.jsonl');
    const users = Array.from({ length: 2_000 }, (_, index) => `{"targetingKey":"user-${index}"}\n`);
    await writeFile(contexts, users.join(''));
    const both = ['--base', 'origin/main', '--head', 'change'];
    const words = ['preview', ...both, '--contexts', contexts, '--population', '1000000', '--json'];
    const { exitCode, output } = await call(scene.repository.workDir, words);
    expect(exitCode).toBe(0);
    const verdict = await verdictOn(JSON.parse(output) as Preview);
    expect(verdict.outcome).toBe('passes');
    // Ten points more, by the flag's own salt: about one in ten, and by the upper end more than that.
    expect(verdict.tier).toBe('high');
    expect(verdict.blastRadius).toMatchObject({
      population: { contexts: 2_000, users: 1_000_000 },
      environments: [{ environment: 'production', flags: 1 }],
    });
  });
});

describe('a preview of another change', () => {
  it.each(['base', 'head', 'merged'] as const)('is refused: another %s', async (name) => {
    await scene.push(widened);
    const other = 'a'.repeat(40);
    const preview = await previewOf(scene, [moved('production', 90)], { [name]: other });
    const verdict = await verdictOn(preview);
    expect(codesOf(verdict)).toEqual(['error preview-mismatch']);
    const [finding] = verdict.findings;
    expect(finding?.message).toContain('aaaaaaaaaa…');
    expect(finding?.message).toContain(`${(await previewOf(scene, []))[name].slice(0, 10)}…`);
    // Nothing of it counts, or is shown.
    expect(verdict.blastRadius).toBeUndefined();
    expect(verdict.tier).toBe('medium');
    expect((await check(preview, '--format', 'markdown')).output).not.toContain(previewMarkdown(preview).trim());
  });

  it('is refused where none is asked for, too', async () => {
    await scene.push({ [files.low]: lowFlag('12') });
    const verdict = await verdictOn(await previewOf(scene, [], { head: 'a'.repeat(40) }));
    expect(codesOf(verdict)).toEqual(['error preview-mismatch']);
  });

  it('is one that says nothing of an environment that the change moves', async () => {
    await scene.push(widened);
    const verdict = await verdictOn(await previewOf(scene, [moved('staging', 0.1)]));
    expect(codesOf(verdict)).toEqual(['error preview-mismatch']);
    expect(verdict.findings[0]?.message).toContain('it says nothing of production');
  });

  it('does not hold up a kill', async () => {
    await scene.push(killed);
    const verdict = await verdictOn(await previewOf(scene, [moved('production', 5)], { head: 'a'.repeat(40) }));
    expect(verdict.outcome).toBe('passes');
    expect(codesOf(verdict)).toEqual(['warning preview-mismatch']);
  });
});

describe('the users that a change moves', () => {
  it('raise its tier, and with it approvals and reason; the flag keeps its own', async () => {
    await scene.push({ [files.low]: lowFlag('12') }, 'Change');
    const verdict = await verdictOn(await previewOf(scene, [moved('production', 30)]));
    expect(verdict.tier).toBe('high');
    expect(verdict.tierReasons).toEqual([
      { tier: 'high', why: 'moves up to 30.5 % of users in production (policy: high from 10 %)' },
    ]);
    expect(verdict.approvals.needed.approvals).toBe(2);
    // No runbook and no stages: those are asked of flags.
    expect(codesOf(verdict)).toEqual(['error reason-missing']);
    expect(verdict.flags.map(({ tier }) => tier)).toEqual(['low']);
  });

  it('raise nothing in an environment without thresholds', async () => {
    await scene.push({ [files.low]: flagText('payments.checkout.confetti', { tier: 'low' }, staging('15')) });
    const verdict = await verdictOn(await previewOf(scene, [moved('production', 0), moved('staging', 90)]));
    expect(verdict.tier).toBe('low');
  });

  it('raise no kill', async () => {
    await scene.push(killed);
    const verdict = await verdictOn(await previewOf(scene, [moved('production', 90)]));
    expect(verdict.tier).toBe('medium');
    expect(verdict.approvals.needed.approvals).toBe(0);
    expect(verdict.blastRadius?.environments).toMatchObject([{ changed: { share: 0.9 } }]);
  });

  it('count by the thresholds of the base', async () => {
    const lifted = POLICY.replace('{ medium: 1%, high: 10%, environments: { staging: {} } }', '{ high: 100% }');
    await scene.push({ [files.policy]: lifted, [files.low]: lowFlag('12') });
    const { tierReasons } = await verdictOn(await previewOf(scene, [moved('production', 30)]));
    expect(tierReasons.map(({ why }) => why)).toContain(
      'moves up to 30.5 % of users in production (policy: high from 10 %)',
    );
  });

  it('count as too many where the policy counts users and nobody knows how many there are', async () => {
    await scene.main({ [files.policy]: POLICY.replace('high: 10%', 'high: 5000') });
    await scene.git('fetch', '--quiet', 'origin');
    await scene.push({ [files.low]: lowFlag('12') });
    const unknown = await verdictOn(await previewOf(scene, [moved('production', 0.1)]));
    expect(unknown.tier).toBe('high');
    expect(codesOf(unknown)).toEqual(['warning preview-users-unknown']);
    const users = 100_000;
    const known = { population: populationOf({ plain: 1_000 }, users) };
    const few = await verdictOn(await previewOf(scene, [moved('production', 0.1, users)], known));
    expect({ tier: few.tier, codes: codesOf(few) }).toEqual({ tier: 'low', codes: [] });
  });
});

describe('users that nobody measured', () => {
  /** Counts users, and asks for no preview. */
  const counting = POLICY.replace(', preview: required', '');
  const WHY = 'nobody measured how many users it moves in production (policy: high from 10 %)';

  beforeEach(async () => {
    await scene.main({ [files.policy]: counting });
    await scene.git('fetch', '--quiet', 'origin');
  });

  it('count as reached without a preview, and it says how to make one', async () => {
    const head = await scene.push({ [files.low]: lowFlag('11') });
    const verdict = await verdictOn(undefined);
    expect(verdict.tierReasons).toEqual([{ tier: 'high', why: WHY }]);
    expect(verdict.approvals.needed.approvals).toBe(2);
    expect(codesOf(verdict)).toEqual(['warning users-unmeasured']);
    const base = await scene.git('rev-parse', 'origin/main');
    expect(verdict.findings[0]?.fix).toContain(`flagctl preview --base ${base} --head ${head} --contexts`);
    const { output } = await check(undefined);
    expect(output.replaceAll(/\s+/g, ' ')).toContain(` tier high ${WHY} `);
    expect(output).toContain('flagctl preview --base');
  });

  it('count as reached by an estimate, too', async () => {
    await scene.push({ [files.low]: lowFlag('11') });
    const estimate = await previewOf(scene, [{ ...moved('production', 0), changed: undefined }], ESTIMATE);
    const verdict = await verdictOn(estimate);
    expect(verdict.tierReasons).toEqual([{ tier: 'high', why: WHY }]);
    expect(codesOf(verdict)).toEqual(['warning users-unmeasured']);
  });

  it('count as the highest threshold that there is', async () => {
    await scene.main({ [files.policy]: counting.replace(', high: 10%', '') });
    await scene.git('fetch', '--quiet', 'origin');
    await scene.push({ [files.low]: lowFlag('11') });
    expect((await verdictOn(undefined)).tierReasons).toEqual([
      { tier: 'medium', why: 'nobody measured how many users it moves in production (policy: medium from 1 %)' },
    ]);
  });

  it.each([
    ['of an edit that serves everybody the same', { [files.low]: lowFlag('10').replace('What it does.', 'It did.') }],
    [
      'of a kill',
      { [files.low]: flagText('payments.checkout.confetti', { tier: 'low' }, production('10', { enabled: false })) },
    ],
    [
      'in an environment without thresholds',
      {
        [files.low]: flagText(
          'payments.checkout.confetti',
          { tier: 'low' },
          `${production('10')}  staging:\n    enabled: true\n    rollout: 15\n`,
        ),
      },
    ],
    ['of a file that is no flag', { 'README.md': 'Flags of Acme Ltd.\n' }],
  ])('are none %s', async (_, changes) => {
    await scene.push(changes);
    const verdict = await verdictOn(undefined);
    expect({ tier: verdict.tier, codes: codesOf(verdict) }).toEqual({ tier: 'low', codes: [] });
  });

  it('are counted by a preview', async () => {
    await scene.push({ [files.low]: lowFlag('11') });
    const verdict = await verdictOn(await previewOf(scene, [moved('production', 0.1)]));
    expect({ tier: verdict.tier, codes: codesOf(verdict) }).toEqual({ tier: 'low', codes: [] });
  });
});

/** The flag as it is in production, and so far in staging. */
const staging = (percent: string): string =>
  `${production('10')}  staging:\n    enabled: true\n    rollout: ${percent}\n`;

describe('what is shown', () => {
  it('is a line for each environment, below the tier', async () => {
    await scene.push(widened);
    const users = 1_000_000;
    const preview = await previewOf(scene, [moved('production', 3.7, users), moved('staging', 31, users)], {
      population: populationOf({ plain: 1_000 }, users),
    });
    const { output } = await check(preview);
    expect(output).toContain(
      'users      production 3.7 % (3.2–4.2 %), 37,000 users\n           staging 31 % (30.5–31.5 %), 310,000 users\n',
    );
    expect(output.indexOf('\ntier ')).toBeLessThan(output.indexOf('\nusers '));
  });

  it('names a population that is made up', async () => {
    await scene.push(widened);
    const madeUp = { population: populationOf({ synthetic: 1_000 }) };
    const { output } = await check(await previewOf(scene, [moved('production', 3.7)], madeUp));
    expect(output).toContain('production 3.7 % (3.2–4.2 %) of a made-up population\n');
  });

  it('is the whole preview in a comment, once', async () => {
    await scene.push(widened);
    const finding: Finding = { code: 'rule-never', severity: 'warning', message: 'the rule eu matches nobody' };
    const preview = await previewOf(scene, [moved('production', 3.7)], { findings: [finding] });
    const { output } = await check(preview, '--format', 'markdown');
    expect(output).toContain(previewMarkdown({ ...preview, findings: [] }).trim());
    expect(output).not.toContain('- **Users:**');
    expect(output.split('the rule eu matches nobody')).toHaveLength(2);
  });

  it('has the findings of the preview, none of which refuses', async () => {
    await scene.push(widened);
    const finding: Finding = { code: 'rule-never', severity: 'error', message: 'the rule eu matches nobody' };
    const verdict = await verdictOn(await previewOf(scene, [moved('production', 0.2)], { findings: [finding] }));
    expect(verdict.outcome).toBe('passes');
    expect(codesOf(verdict)).toEqual(['warning rule-never']);
  });
});

describe('a file that is no preview', () => {
  it.each([
    ['that is not there', undefined, /can't read the preview from .*preview\.json/],
    ['that is empty', '', /the preview in .*preview\.json is not JSON: it ends too early/],
    [
      'of something else',
      '{"version":1}',
      /the preview in .* is not as schema\/check\/preview\.schema\.json describes/,
    ],
    ['with a prototype', '{"__proto__":{"version":1}}', /is not as schema\/check\/preview\.schema\.json describes/],
  ])('%s is told so', async (_, text, message) => {
    await scene.push(widened);
    const file = join(scene.repository.folder, 'preview.json');
    if (text !== undefined) await writeFile(file, text);
    const words = ['check', '--base', 'origin/main', '--head', 'change', '--preview', file];
    const { exitCode, errors, output } = await call(scene.repository.workDir, words);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toMatch(message);
  });
});
