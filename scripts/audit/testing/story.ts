/** A flag repository with a past: everything that can happen to a main branch, once. */
import type { Authorship, FileChanges, TestRepository } from '../../../provider/repository/testing/repository.js';
import { createFlagRepository, flagFiles } from '../../testing/flag-repository.js';

export const FLOW = 'flags/payments/checkout/new-flow.yaml';
export const BANNER = 'flags/platform/web/banner.yaml';
export const SEARCH = 'flags/platform/web/search.yaml';
const LOOKUP = 'flags/platform/web/lookup.yaml';
const POLICY = 'flags/policy.yaml';
const SEGMENT = 'flags/segments/employees.yaml';

const ann = 'Ann <ann@example.com>';
const bob = 'Bob <bob@example.com>';
const github = 'GitHub <noreply@github.com>';

/** The text of a file of the repository. */
export const textOf = (path: string): string => flagFiles[path] ?? '';

/** The flow's file with another share in production. */
export const flowAt = (percent: number): FileChanges => ({
  [FLOW]: textOf(FLOW).replace('rollout: 5\n', `rollout: ${percent}\n`),
});

/** A repository whose commits have names. */
export class Story {
  readonly commits = new Map<string, string>();

  private constructor(readonly repository: TestRepository) {}

  static async begin(): Promise<Story> {
    const story = new Story(await createFlagRepository());
    story.commits.set('first', await story.repository.git('rev-parse', 'HEAD'));
    return story;
  }

  /** Commits on main at a time of 20 November 2026. */
  async commit(
    name: string,
    time: string,
    changes: FileChanges,
    message: string,
    by: Authorship = {},
  ): Promise<string> {
    const date = time.length > 8 ? time : `2026-11-20T${time}Z`;
    const id = await this.repository.commitAs(changes, message, { author: ann, date, ...by });
    this.commits.set(name, id);
    return id;
  }

  /** A branch with a commit for each of these changes, which are left to be merged. */
  async branch(name: string, changes: readonly FileChanges[], author = bob): Promise<void> {
    const { repository } = this;
    await repository.git('checkout', '--quiet', '-b', name);
    for (const [index, change] of changes.entries()) {
      await repository.commitAs(change, `Work ${index} of ${name}`, { author, date: '2026-11-20T09:00:00Z' }, name);
    }
    await repository.git('checkout', '--quiet', 'main');
  }

  /** A name for each hash, so that they can be compared. */
  named(text: string): string {
    let result = text;
    for (const [name, id] of this.commits)
      result = result.replaceAll(id, `<${name}>`).replaceAll(id.slice(0, 10), `<${name}>`);
    return result;
  }
}

/** The whole past. */
export async function tellStory(): Promise<Story> {
  const story = await Story.begin();
  const { repository } = story;
  await story.commit(
    'squash',
    '13:40:00',
    flowAt(25),
    'Ramp checkout to 25 % (#12)\n\nReason: the canary is healthy\nReviewed-by: Eve <eve@example.com>\nCo-authored-by: Dan <dan@example.com>',
    { committer: github },
  );
  await story.branch('pilot', [flowAt(30), flowAt(50)]);
  await repository.git('merge', '--quiet', '--no-ff', '--no-commit', 'pilot');
  await story.commit('merge', '13:52:10', {}, 'Merge pull request #13 from acme/pilot\n\nMore of it', {
    committer: github,
  });
  await story.commit(
    'rebased',
    '13:55:00',
    { [POLICY]: `${textOf(POLICY)}reducing: { direct: true, reviewWithin: 12h }\n` },
    'Allow direct kills',
  );
  await story.commit(
    'revert',
    '14:05:00',
    flowAt(25),
    `Revert "Merge pull request #13 from acme/pilot" (#14)\n\nThis reverts commit ${story.commits.get('merge')}, reversing\nchanges made to ${story.commits.get('squash')}.`,
  );
  await story.commit(
    'comment',
    '14:10:00',
    { [BANNER]: `# For the start page.\n${textOf(BANNER)}` },
    'Say what it is for',
  );
  await story.commit('code', '14:11:00', { 'src/app.ts': 'export {};\n' }, 'Code of the shop');
  await story.commit(
    'segment',
    '14:20:00',
    { [SEGMENT]: textOf(SEGMENT).replace('@example.com', '@example.org') },
    "Merge branch 'mail' into 'main'\n\nOther mail\n\nSee merge request acme/flags!15",
  );
  await story.commit('broken', '14:30:00', { ...flowAt(60), [BANNER]: 'key: [\n' }, 'Ramp, and a slip (#16)');
  await story.commit('repair', '14:40:00', { [BANNER]: textOf(BANNER) }, 'Mend the banner (#17)');
  const killed = (flowAt(60)[FLOW] as string).replace(
    'production:\n    enabled: true',
    'production:\n    enabled: false',
  );
  await story.commit(
    'kill',
    '15:00:00',
    { [FLOW]: killed },
    'kill payments.checkout.new-flow in production\n\nReason: it fails\nReview: owed',
    { author: bob },
  );
  const search = textOf(SEARCH);
  await story.commit(
    'rename',
    '15:10:00',
    { [SEARCH]: null, [LOOKUP]: search.replace('platform.web.search', 'platform.web.lookup') },
    'Call it by its name (#18)',
  );
  const ledger = textOf('flags/retired.yaml');
  await story.commit(
    'retire',
    '15:20:00',
    {
      [BANNER]: null,
      'flags/retired.yaml': `${ledger}- { key: platform.web.banner, retiredAt: 2026-11-20, reason: Nobody looked. }\n`,
    },
    'Retire the banner (#19)',
  );
  await story.commit(
    'backdated',
    '10:00:00',
    { [LOOKUP]: search.replace('platform.web.search', 'platform.web.lookup').replace('percent: 5 ', 'percent: 50 ') },
    '=cmd|calc (#20)',
  );
  await story.commit('owner', '16:00:00', { CODEOWNERS: `${textOf('CODEOWNERS')}# reviewed\n` }, 'Note on owners');
  return story;
}
