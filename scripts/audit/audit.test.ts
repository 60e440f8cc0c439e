import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../output.js';
import { audit } from './audit.js';
import type { MergeEvidence } from './evidence.js';
import type { AuditQuery } from './query.js';
import { auditReport } from './report.js';
import { tellStory, textOf, type Story } from './testing/story.js';

let story: Story;

beforeAll(async () => {
  story = await tellStory();
  // Whoever owes a review gets no more time by it.
  const policy = `${textOf('flags/policy.yaml')}reducing: { direct: true, reviewWithin: 4w }\n`;
  await story.commit('longer', '16:50:00', { 'flags/policy.yaml': policy }, 'Give more time');
});

afterAll(() => story.repository.dispose());

const everything: AuditQuery = {
  key: undefined,
  since: undefined,
  until: undefined,
  environments: [],
  author: undefined,
  isDebtsOnly: false,
  isOldestFirst: false,
};

async function trailOf(
  records: Readonly<Record<string, MergeEvidence>>,
  query: Partial<AuditQuery>,
  now = '2026-11-20T17:00:00Z',
) {
  const evidence = new Map(Object.entries(records).map(([name, record]) => [story.commits.get(name) ?? '', record]));
  return audit({
    repository: { gitDir: story.repository.remoteDir, name: 'flags' },
    root: 'flags',
    tip: story.commits.get('longer') ?? '',
    branch: 'main',
    query: { ...everything, ...query },
    evidenceOf: (commit) => evidence.get(commit),
    now: new Date(now),
    progress: () => undefined,
  });
}

const at = (time: string) => Date.parse(`2026-11-20T${time}Z`);
const namesIn = ({ entries }: Awaited<ReturnType<typeof trailOf>>) =>
  story.named(entries.map(({ commit }) => commit.id).join(' ')).replaceAll(/[<>]/g, '');

describe('an audit with records of merges', () => {
  it('says what they say', async () => {
    const record: MergeEvidence = {
      pullRequest: 99,
      approvers: ['eve', 'dan'],
      tier: 'high',
      reason: 'as recorded',
      mergedAt: '2026-11-20T13:41:30Z',
    };
    const trail = await trailOf({ squash: record }, { until: at('13:50:00'), since: at('13:00:00') });
    expect(story.named(renderReport(auditReport(trail, everything), 'text', { columns: undefined, hasColour: false })))
      .toMatchInlineSnapshot(`
      "2026-11-20 13:41:30 UTC  <squash>  Ramp checkout to 25 % (#12)
        by        Ann <ann@example.com>, with Dan <dan@example.com>, committed by GitHub <noreply@github.com>
        request   #99
        approved  by eve, dan
        reason    as recorded
        tier      high by its record (medium by today's rules)
        payments.checkout.new-flow  payments-team · medium
          production: reaches 5 % → 25 %
            rollout 5 % → 25 %
        reaches 1 flag through flag \`payments.checkout.new-flow\`: \`platform.web.banner\`
          prerequisite \`payments.checkout.new-flow\` changed

      1 change on main, up to <longer>.
      "
    `);
  });

  it('believes the clock of the host', async () => {
    const query = { since: at('10:00:00'), until: at('15:25:00') };
    expect(namesIn(await trailOf({}, query))).toMatch(/^backdated retire /);
    expect(namesIn(await trailOf({ backdated: { mergedAt: '2026-11-20T15:30:00Z' } }, query))).toMatch(/^retire /);
  });

  const debts: readonly (readonly [
    what: string,
    records: Readonly<Record<string, MergeEvidence>>,
    now: string,
    summary: Readonly<Record<string, unknown>>,
    states: readonly (string | undefined)[],
  ])[] = [
    // The policy before the kill gives twelve hours.
    ['in time', {}, '2026-11-21T03:00:00Z', { owed: 1, overdue: 0 }, ['owed']],
    ['late', {}, '2026-11-21T03:00:01Z', { owed: 1, overdue: 1 }, ['overdue']],
    ['paid', { kill: { approvers: ['eve'] } }, '2026-11-22T00:00:00Z', { owed: 0, overdue: 0 }, []],
    ['recorded without approvals', { kill: { approvers: [] } }, '2026-11-20T17:00:00Z', { owed: 1 }, ['owed']],
  ];

  it.each(debts)('a review that is owed, %s', async (_what, records, now, summary, states) => {
    const trail = await trailOf(records, { isDebtsOnly: true }, now);
    expect(trail).toMatchObject(summary);
    expect(trail.entries.map(({ review }) => review?.state)).toEqual(states);
    expect(auditReport(trail, { isDebtsOnly: true }).outcome).toBe(states.includes('overdue') ? 'findings' : 'clean');
  });

  it('shows a review that was given', async () => {
    const { entries } = await trailOf({ kill: { approvers: ['eve'] } }, { author: 'bob' });
    expect(entries[0]?.review).toMatchObject({ state: 'given', approvers: ['eve'], by: story.commits.get('kill') });
  });
});

describe('what people wrote', () => {
  const evil = { name: '@SUM(1)\t"x",\r\n<img src=x>`[a](b)', email: '', date: undefined };

  it('stays within its cell and starts no formula', async () => {
    const { entries, ...trail } = await trailOf({}, { until: at('13:45:00'), since: at('13:00:00') });
    const [entry] = entries.map((one) => ({
      ...one,
      commit: { ...one.commit, author: evil, committer: evil, message: '-1+1' },
    }));
    if (entry === undefined) throw new Error('no entry');
    const { csv = '', markdown = '' } = auditReport({ ...trail, entries: [entry] }, everything);
    expect(csv).toContain(`,'-1+1,"'@SUM(1)\t""x"",\r\n<img src=x>\`[a](b)","'@SUM`);
    expect(markdown.split('\n')[2]).toMatch(
      /^- by: ``@SUM\(1\)U\+0009"x",U\+000DU\+000A<img src=x>`\[a\]\(b\)``, with /,
    );
  });

  it('is no Markdown where it is a path', async () => {
    const { entries, ...trail } = await trailOf({}, { until: at('13:45:00'), since: at('13:00:00') });
    const files = [{ path: 'flags/![x](https://example.com).md', status: 'added' as const }];
    const changed = entries.map((one) => ({ ...one, effect: { ...one.effect, files } }));
    const { markdown = '' } = auditReport({ ...trail, entries: changed }, everything);
    expect(markdown).toContain('- `flags/![x](https://example.com).md added`');
  });
});
