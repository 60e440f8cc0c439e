import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isolated } from '../../provider/repository/index.js';
import { parseCodeowners } from '../../provider/repository/codeowners.js';
import type { FileChanges, TestRepository } from '../../provider/repository/testing/repository.js';
import { createFlagRepository, flagFiles } from '../testing/flag-repository.js';
import { readSide, readSides, type Sides } from './side.js';

let repository: TestRepository;

beforeEach(async () => {
  repository = await createFlagRepository();
});

afterEach(() => repository.dispose());

const git = () => ({ gitDir: repository.remoteDir, name: 'flags' });

/** A base with these changes, and a head that forked before them. */
async function sides(ours: FileChanges, theirs: FileChanges): Promise<Sides> {
  await repository.git('checkout', '--quiet', '-b', 'topic');
  await repository.commit(theirs, 'Head');
  await repository.push('topic');
  const head = await repository.git('rev-parse', 'HEAD');
  await repository.git('checkout', '--quiet', 'main');
  const base = await repository.commit(ours, 'Base');
  return isolated(git(), {}, (store) => readSides(store, base, head, 'flags'));
}

const BANNER = 'flags/platform/web/banner.yaml';
const FLOW = 'flags/payments/checkout/new-flow.yaml';
const edited = (path: string, from: string, to: string) => ({ [path]: (flagFiles[path] ?? '').replace(from, to) });

describe('readSides', () => {
  it("reads the base tip and its merge with the head, which outlive the merge's objects", async () => {
    const both = await sides(
      edited(FLOW, 'rollout: 5', 'rollout: 6'),
      edited(FLOW, '    rollout: 100', '    rollout: 99'),
    );
    if (!both.ok) throw new Error('conflict');
    expect(both.files).toEqual([{ path: FLOW, status: 'modified' }]);
    const rolloutsOf = ({ loaded }: typeof both.base) => {
      const { environments = {} } = loaded?.ruleset.documents.flags.get('payments.checkout.new-flow')?.read() ?? {};
      return Object.values(environments).map(({ rollout }) => rollout);
    };
    expect(rolloutsOf(both.base)).toEqual([6, 100]);
    expect(rolloutsOf(both.result)).toEqual([6, 99]);
    // What is the same was not read again.
    expect(both.result.loaded?.files.get(BANNER)).toBe(both.base.loaded?.files.get(BANNER));
  });

  it('names conflicts', async () => {
    const both = await sides(edited(BANNER, 'calm: 25', 'calm: 26'), edited(BANNER, 'calm: 25', 'calm: 27'));
    expect(both).toMatchObject({ ok: false, conflicts: [BANNER] });
    expect(both.base.loaded).toBeDefined();
  });

  it('lists files of the whole repository by path, and says why a side does not load', async () => {
    const both = await sides(
      {},
      { 'flags/policy.yaml': 'x: 1\n', 'src/x.ts': 'x', '.github/a.yml': 'x', CODEOWNERS: null },
    );
    if (!both.ok) throw new Error('conflict');
    expect(both.files).toEqual([
      { path: '.github/a.yml', status: 'added' },
      { path: 'CODEOWNERS', status: 'deleted' },
      { path: 'flags/policy.yaml', status: 'modified' },
      { path: 'src/x.ts', status: 'added' },
    ]);
    expect(both.result.loaded).toBeUndefined();
    expect(both.result.problems.map(({ code }) => code)).toContain('unknown-key');
    expect([both.base.codeowners.size, both.result.codeowners.size]).toEqual([1, 0]);
  });
});

describe('the CODEOWNERS files of a side', () => {
  const paths = ['CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS'];

  it('are all read', async () => {
    const files = Object.fromEntries(paths.map((path) => [path, `* @acme/${path.length}\n`]));
    const { codeowners } = await readSide(git(), await repository.commit({ ...files, 'x/CODEOWNERS': 'x' }), 'flags');
    expect(Object.fromEntries(codeowners)).toEqual(files);
  });

  it('are invalid where they cannot be read as text', async () => {
    const commit = await repository.commitRaw([
      { mode: '120000', path: 'CODEOWNERS', target: '* @acme/attacker' },
      { mode: '100644', path: '.github/CODEOWNERS', target: Buffer.from('* @acme/a\xff', 'latin1') },
      { mode: '100644', path: 'docs/CODEOWNERS', target: '# x\n'.repeat(1_000_000) },
    ]);
    const { codeowners } = await readSide(git(), commit, 'flags');
    expect([...codeowners.keys()].sort()).toEqual([...paths].sort());
    for (const [path, text] of codeowners) expect(parseCodeowners(path, text).problems).toHaveLength(1);
  });
});
