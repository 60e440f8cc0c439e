import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FLOW, SEARCH, tellStory, textOf, type Story } from '../audit/testing/story.js';
import { call } from '../testing/call.js';
import { createFlagRepository } from '../testing/flag-repository.js';

let story: Story;

beforeAll(async () => {
  story = await tellStory();
});

afterAll(() => story.repository.dispose());

const audit = (words: readonly string[] = [], directory = story.repository.workDir) =>
  call(directory, ['audit', ...words]);

interface Trail {
  readonly changes: readonly { readonly commit: string; readonly flags: readonly { readonly key: string }[] }[];
}

/** The names of the commits that a query shows, in its order. */
async function shownBy(words: readonly string[]): Promise<string> {
  const { output, errors } = await audit([...words, '--json']);
  if (output === '') throw new Error(errors);
  const { changes } = JSON.parse(output) as Trail;
  return story.named(changes.map(({ commit }) => commit).join(' ')).replaceAll(/[<>]/g, '');
}

describe('audit', () => {
  it('shows everything, the newest first', async () => {
    const { exitCode, output, errors } = await audit();
    expect(exitCode).toBe(0);
    await expect(story.named(`${output}${errors}`)).toMatchFileSnapshot('golden/audit.txt');
  });

  it('prints Markdown', async () => {
    const { output } = await audit(['--format', 'markdown', '--since', '2026-11-20T13:40:00Z']);
    await expect(story.named(output)).toMatchFileSnapshot('golden/audit.md.txt');
  });

  it('prints CSV that no spreadsheet takes for formulas', async () => {
    const { output } = await audit(['--format', 'csv', '--since', '2026-11-20T13:40:00Z']);
    await expect(story.named(output).replaceAll('\r\n', '\n')).toMatchFileSnapshot('golden/audit.csv.txt');
    expect(output.split('\r\n').at(-1)).toBe('');
    expect(output).toContain(",'=cmd|calc (#20),");
  });

  it('prints JSON as its schema has it, the whole past', async () => {
    const { output } = await audit(['--json']);
    const schema = JSON.parse(await readFile('schema/check/audit.schema.json', 'utf8')) as object;
    const validate = new Ajv({ allErrors: true, strict: true }).compile(schema);
    const trail: unknown = JSON.parse(output);
    expect([validate(trail), validate.errors]).toEqual([true, null]);
    expect(validate({ ...(trail as object), more: 1 })).toBe(false);
  });

  const PRODUCTION = '--env production --since 2026-11-20T13:50:00Z --until 2026-11-20T14:10:00Z';
  const queries: readonly (readonly [words: string, commits: string])[] = [
    [PRODUCTION, 'revert rebased merge'],
    [`${PRODUCTION} --oldest-first`, 'merge rebased revert'],
    ['--since 2026-11-20T13:50:00Z --until 2026-11-20T14:10:00Z', 'comment revert rebased merge'],
    ['--since 2026-11-20T14:51:00+01:00 --until 2026-11-20T14:52:10+01:00', 'merge'],
    ['--until 2026-11-19', 'first'],
    ['--until 2026-01-01', 'first'],
    // Between its neighbours it may have been made.
    ['--since 2026-11-20T15:30:00Z --until 2026-11-20T15:40:00Z', 'backdated'],
    // Where its date says that it was made it was not.
    ['--since 2026-11-20T09:00:00Z --until 2026-11-20T11:00:00Z', ''],
    ['--author bob', 'kill merge'],
    ['--author DAN@example', 'squash'],
    ['--author nobody', ''],
    ['--env staging --since 2026-11-20', 'retire kill repair broken segment revert rebased merge squash'],
    ['platform.web.banner --since 2026-11-20', 'retire kill repair broken segment comment revert merge squash'],
    ['platform.api.rate-limit', 'first'],
    // What it was before it was renamed.
    ['platform.web.lookup', 'backdated rename segment first'],
    ['platform.web.search', 'rename segment first'],
    ['payments.checkout.new-flow --since 2026-11-20T14:25:00Z', 'kill repair broken'],
    ['payments.checkout.new-flow --env production --author dan', 'squash'],
    // Known by the ledger alone.
    ['payments.checkout.old-flow', ''],
    ['--debts', 'kill'],
  ];

  it.each(queries)('%s', async (words, commits) => {
    expect(await shownBy(words.split(' '))).toBe(commits);
  });

  it('shows of a change no more than the flag that is asked for, and both keys of one that is renamed', async () => {
    const { output } = await audit(['platform.web.search', '--json']);
    const { changes } = JSON.parse(output) as Trail;
    expect(changes.map(({ flags }) => flags.map(({ key }) => key))).toEqual([
      ['platform.web.lookup', 'platform.web.search'],
      ['platform.web.search'],
      ['platform.web.search'],
    ]);
  });

  it('says what a key was before, and what the ledger knows', async () => {
    expect((await audit(['platform.web.lookup'])).errors).toContain(
      'platform.web.lookup was platform.web.search before',
    );
    const { output, errors } = await audit(['payments.checkout.old-flow']);
    expect(output).toMatch(/^No change on origin\/main/);
    expect(errors).toContain('known by the ledger alone: retired at 2026-10-02');
  });

  it('stops at a revision', async () => {
    expect(await shownBy(['--rev', story.commits.get('merge') ?? ''])).toBe('merge squash first');
  });

  it('fails with --debts where a review is overdue', async () => {
    const { exitCode, output } = await audit(['--debts']);
    expect(exitCode).toBe(1);
    expect(output).toContain('overdue since 2026-11-21 03:00 UTC');
  });

  const refusals: readonly (readonly [words: string, message: RegExp])[] = [
    ['--since yesterday', /--since must be an instant such as 2026-11-20T13:50:00Z.* not "yesterday"/],
    ['--until 2026-02-30', /--until must be an instant/],
    ['--since 2026-11-21 --until 2026-11-20', /--since 2026-11-21T00.* is after --until 2026-11-20T23:59/],
    [
      'payments.checkout.nwe-flow',
      /there is no flag "payments\.checkout\.nwe-flow".*did you mean "payments\.checkout\.new-flow"\?/,
    ],
    ['platform.web.baner', /did you mean "platform\.web\.banner"\?/],
    ['../../etc/passwd', /there is no flag/],
    ['platform..web', /there is no flag/],
    ['--env prodution', /there is no environment "prodution"; did you mean "production"\?/],
    ['--rev nowhere', /there is no commit "nowhere"/],
    ['--author=', /--author is empty/],
  ];

  it.each(refusals)('%s', async (words, message) => {
    const { exitCode, output, errors } = await audit(words.split(' '));
    expect([exitCode, output]).toEqual([2, '']);
    expect(errors).toMatch(message);
  });
});

describe('audit in other repositories', () => {
  it('knows environments of the past, and lists changes that were served late', async () => {
    const repository = await createFlagRepository();
    const policy = textOf('flags/policy.yaml');
    const fewer = (text: string) => text.replace(/ {2}staging:\n {4}enabled: true\n\n {4}rollout: .*\n/, '');
    await repository.commit({ 'flags/policy.yaml': 'x: 1\n' }, 'Break the policy');
    await repository.commit({ [FLOW]: textOf(FLOW).replace('rollout: 5\n', 'rollout: 6\n') }, 'Ramp');
    await repository.commit({ README: 'x' }, 'Nothing of flags');
    await repository.commit({ 'flags/policy.yaml': policy }, 'Mend the policy');
    const subjects = async (words: readonly string[]) => {
      const { output } = await audit([...words, '--json'], repository.workDir);
      return (JSON.parse(output) as { changes: { subject: string; comparedWith: string }[] }).changes.map(
        ({ subject }) => subject,
      );
    };
    expect(await subjects([])).toEqual(['Mend the policy', 'Ramp', 'Break the policy', 'Change']);
    expect(await subjects(['payments.checkout.new-flow'])).toEqual(['Mend the policy', 'Ramp', 'Change']);
    expect(await subjects(['platform.web.search'])).toEqual(['Change']);
    const banner = textOf('flags/platform/web/banner.yaml');
    const gone = {
      'flags/policy.yaml': policy.replace(', staging]', ']'),
      [FLOW]: fewer(textOf(FLOW)),
      'flags/platform/web/banner.yaml': banner.slice(0, banner.indexOf('\nenvironments')),
    };
    await repository.commit(gone, 'No staging');
    expect(await subjects(['--env', 'staging'])).toContain('No staging');
    await repository.dispose();
  });

  it('reads flags that came late, went and came again, and history before there were any', async () => {
    const repository = await createFlagRepository({ [SEARCH]: null });
    await repository.commit({ [SEARCH]: textOf(SEARCH) }, 'Come');
    await repository.commit({ [SEARCH]: null }, 'Go');
    await repository.commit({ [SEARCH]: textOf(SEARCH) }, 'Come again');
    const { output } = await audit(['platform.web.search'], repository.workDir);
    expect(output.match(/^2026.*/gm)?.map((line) => line.replace(/^.{34}/, ''))).toEqual(['Come again', 'Go', 'Come']);
    await repository.dispose();
  });

  it('refuses a shallow clone, and a folder without git or main', async () => {
    const { repository } = story;
    await repository.git('clone', '--quiet', '--depth=1', repository.url, join(repository.folder, 'shallow'));
    const shallow = await audit([], join(repository.folder, 'shallow'));
    expect(shallow).toMatchObject({ exitCode: 2, errors: expect.stringContaining('fetch-depth: 0') as string });
  });

  it('tells nothing of what was before the flags folder', async () => {
    const repository = await createFlagRepository();
    await repository.git('mv', 'flags', 'settings');
    await repository.commit({}, 'Move');
    const { output } = await audit(['--path', 'settings', '--json'], repository.workDir);
    expect((JSON.parse(output) as Trail).changes.map(({ flags }) => flags.length)).toEqual([4]);
    await repository.dispose();
  });
});

describe('the memory of an audit', () => {
  it('gives the same answer, and is forgotten where it is damaged', async () => {
    const repository = await createFlagRepository();
    const ramp = (percent: number) => textOf(FLOW).replace('rollout: 5\n', `rollout: ${percent}\n`);
    const commits = Array.from({ length: 120 }, (_, index) => {
      const text = ramp(index % 100);
      const head = `commit refs/heads/main\ncommitter Ann <ann@example.com> ${1_790_000_000 + index} +0000\ndata 4\nRamp\n`;
      return `${head}${index === 0 ? 'from refs/heads/main^0\n' : ''}M 100644 inline ${FLOW}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
    });
    await repository.fastImport(commits.join(''));
    await repository.git('fetch', '--quiet', 'origin');
    const first = await audit(['--json'], repository.workDir);
    expect(JSON.parse(first.output)).toMatchObject({ changes: { length: 121 } });
    const folder = join(repository.workDir, '.git', 'guidon');
    const [name = ''] = await readdir(folder);
    const kept = await readFile(join(folder, name), 'utf8');
    expect(await audit(['--json'], repository.workDir)).toEqual(first);
    // That it is read at all: a lie whose digest is right is believed, and any other is not.
    const lie = kept.slice(0, -65).replace('"tier":"medium"', '"tier":"low"');
    await writeFile(join(folder, name), `${lie}${createHash('sha256').update(lie).digest('hex')}\n`);
    expect(await audit(['--json'], repository.workDir)).not.toEqual(first);
    for (const damaged of [kept.replace('"tier":"medium"', '"tier":"low"'), kept.slice(0, -100), '', '{}\n', '\0']) {
      await writeFile(join(folder, name), damaged);
      expect(await audit(['--json'], repository.workDir)).toEqual(first);
    }
    expect(await readFile(join(folder, name), 'utf8')).toBe(kept);
    await repository.dispose();
  });
});
