import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isolated } from '../../provider/repository/index.js';
import { FLOW, tellStory, textOf, type Story } from './testing/story.js';
import { walk, type Effects } from './walk.js';

let story: Story;
let line: readonly string[];

beforeAll(async () => {
  story = await tellStory();
  // Two broken ones in a row, the second of which undoes what the first did to the flow.
  const broken = { 'flags/policy.yaml': 'x: 1\n' };
  await story.commit(
    'broken twice',
    '16:10:00',
    { ...broken, [FLOW]: textOf(FLOW).replace('rollout: 5\n', 'rollout: 7\n') },
    'x',
  );
  await story.commit('still broken', '16:20:00', { 'flags/policy.yaml': 'x: 2\n' }, 'x');
  await story.commit('not about flags', '16:25:00', { 'src/app.ts': 'export const x = 1;\n' }, 'x');
  await story.commit('mended', '16:30:00', { 'flags/policy.yaml': textOf('flags/policy.yaml') }, 'x');
  const { repository } = story;
  line = (await repository.git('rev-list', '--first-parent', '--reverse', 'main')).split('\n');
});

afterAll(() => story.repository.dispose());

const effectsOf = (indexes: readonly number[]): Promise<Effects> => {
  const repository = { gitDir: story.repository.remoteDir, name: 'flags' };
  return isolated(repository, {}, (store) =>
    walk({ store, root: 'flags', line, wanted: new Set(indexes), progress: () => undefined }),
  );
};

describe('walk', () => {
  it('finds of each commit by itself what it finds of all in a row', async () => {
    const all = await effectsOf(line.map((_, index) => index));
    expect(all.size).toBe(line.length);
    for (const [index, commit] of line.entries()) {
      expect([index, (await effectsOf([index])).get(commit)]).toEqual([index, all.get(commit)]);
    }
    const odd = await effectsOf(line.flatMap((_, index) => (index % 3 === 0 ? [index] : [])));
    for (const [commit, effect] of odd) expect(effect).toEqual(all.get(commit));
  });

  it('compares with what was served, however long nothing loaded', async () => {
    const mended = story.commits.get('mended') ?? '';
    const effect = (await effectsOf([line.indexOf(mended)])).get(mended);
    expect(effect).toMatchObject({ loads: true, comparedWith: story.commits.get('owner') });
    expect(effect?.flags.map(({ key, environments }) => [key, environments[0]?.words])).toContainEqual([
      'payments.checkout.new-flow',
      'reaches 0 % → 7 %',
    ]);
    expect(effect?.files.map(({ path }) => path)).toEqual([FLOW, 'flags/policy.yaml']);
  });

  it('asks for nothing where nothing is wanted', async () => {
    expect((await effectsOf([])).size).toBe(0);
  });
});
