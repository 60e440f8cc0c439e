import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { call, type CallOptions } from '../testing/call.js';
import { createFlagRepository } from '../testing/flag-repository.js';

let repository: TestRepository;

beforeAll(async () => {
  repository = await createFlagRepository();
});

afterAll(() => repository.dispose());

const list = (words: readonly string[] = [], options: CallOptions = {}) =>
  call(repository.workDir, ['list', ...words], options);

describe('list', () => {
  it('shows every flag, sorted by key', async () => {
    const { exitCode, output } = await list();
    expect(exitCode).toBe(0);
    expect(output).toMatchInlineSnapshot(`
      "KEY                         TYPE        OWNER          TIER    EXPIRES     ENVIRONMENTS
      payments.checkout.new-flow  release     payments-team  medium  2027-03-01  production on 5% +2 rules, staging on 100%
      platform.api.rate-limit     ops         platform-team  high    never       production off
      platform.web.banner         experiment  platform-team  low     2027-01-31  staging on calm 25%/loud 25%
      platform.web.search         release     platform-team  low     2027-06-30  production on canary 5%
      "
    `);
  });

  it('shows one environment: the flags that are there, and their state', async () => {
    const { output } = await list(['--env', 'staging']);
    expect(output).toMatchInlineSnapshot(`
      "KEY                         TYPE        OWNER          TIER    EXPIRES     ENVIRONMENTS
      payments.checkout.new-flow  release     payments-team  medium  2027-03-01  staging on 100%
      platform.web.banner         experiment  platform-team  low     2027-01-31  staging on calm 25%/loud 25%
      "
    `);
  });

  it.each([120, 100, 80, 60, 40, 20])('fits a terminal of %i columns', async (columns) => {
    const { output } = await list([], { columns, environment: { NO_COLOR: '1' } });
    const lines = output.split('\n').slice(0, -1);
    expect(lines).toHaveLength(5);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });

  it('cuts the states before the keys', async () => {
    const { output } = await list([], { columns: 84, environment: { NO_COLOR: '1' } });
    expect(output).toMatchInlineSnapshot(`
      "KEY                         TYPE        OWNER        TIER    EXPIRES     ENVIRONMEN…
      payments.checkout.new-flow  release     payments-t…  medium  2027-03-01  production…
      platform.api.rate-limit     ops         platform-t…  high    never       production…
      platform.web.banner         experiment  platform-t…  low     2027-01-31  staging on…
      platform.web.search         release     platform-t…  low     2027-06-30  production…
      "
    `);
  });

  const filters: readonly (readonly [words: string, keys: readonly string[]])[] = [
    ['--type=release', ['payments.checkout.new-flow', 'platform.web.search']],
    ['--type ops,experiment', ['platform.api.rate-limit', 'platform.web.banner']],
    ['--type ops --type experiment', ['platform.api.rate-limit', 'platform.web.banner']],
    ['--owner payments-team', ['payments.checkout.new-flow']],
    ['--tier high,medium', ['payments.checkout.new-flow', 'platform.api.rate-limit']],
    ['--env production --type release --owner platform-team', ['platform.web.search']],
    ['--type permission', []],
  ];

  it.each(filters)('list %s', async (words, keys) => {
    const { exitCode, output } = await list([...words.split(' '), '--json']);
    expect(exitCode).toBe(0);
    expect((JSON.parse(output) as { key: string }[]).map(({ key }) => key)).toEqual(keys);
  });

  it('prints rows as JSON', async () => {
    const { output } = await list(['--json', '--tier', 'medium']);
    expect(JSON.parse(output)).toMatchInlineSnapshot(`
      [
        {
          "description": "Routes checkout through the rebuilt pipeline.",
          "environments": {
            "production": {
              "enabled": true,
              "state": "on 5% +2 rules",
            },
            "staging": {
              "enabled": true,
              "state": "on 100%",
            },
          },
          "expiresAt": "2027-03-01",
          "key": "payments.checkout.new-flow",
          "owner": "payments-team",
          "riskTier": "medium",
          "type": "release",
        },
      ]
    `);
  });

  it('prints nothing where nothing fits', async () => {
    expect(await list(['--type', 'permission'])).toEqual({ exitCode: 0, output: '', errors: '' });
  });

  it('shows the problems of a repository that does not load, with exit code 1', async () => {
    const broken = await createFlagRepository({ 'flags/platform/api/rate-limit.yaml': 'key: [' });
    try {
      const { exitCode, output } = await call(broken.workDir, ['list']);
      expect(exitCode).toBe(1);
      expect(output).toMatch(/flags\/platform\/api\/rate-limit\.yaml:1/);
      expect(output).toContain('The repository does not load');
      const { output: json } = await call(broken.workDir, ['list', '--json']);
      expect(JSON.parse(json)).toMatchObject({ problems: [{ file: 'flags/platform/api/rate-limit.yaml' }] });
    } finally {
      await broken.dispose();
    }
  });
});
