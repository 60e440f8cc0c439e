import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { call, type CallOptions } from '../testing/call.js';
import { createFlagRepository, flagFiles } from '../testing/flag-repository.js';

const newFlow = 'flags/payments/checkout/new-flow.yaml';
const newFlowCases = 'flags/payments/checkout/new-flow.cases.yaml';

let good: TestRepository;
let bad: TestRepository;

beforeAll(async () => {
  good = await createFlagRepository();
  bad = await createFlagRepository({
    [newFlow]: flagFiles[newFlow]?.replace('environments:', 'enviroments:') ?? '',
    'flags/platform/api/rate-limit.yaml':
      flagFiles['flags/platform/api/rate-limit.yaml']?.replace('owner: platform-team', 'owner: nobody') ?? '',
    'flags/platform/web/50%,off.yaml': 'key: x\n',
  });
});

afterAll(async () => {
  await good.dispose();
  await bad.dispose();
});

const validate = (repository: TestRepository, words: readonly string[] = [], options: CallOptions = {}) =>
  call(repository.workDir, ['validate', ...words], options);

describe('validate', () => {
  it('counts what is there', async () => {
    expect(await validate(good)).toEqual({
      exitCode: 0,
      output: '4 flags, 1 segment, 0 guardrails, 1 case: 0 errors, 0 warnings\n',
      errors: '',
    });
  });

  it('reports every problem', async () => {
    const { exitCode, output, errors } = await validate(bad);
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: '' });
    await expect(output).toMatchFileSnapshot('golden/validate.txt');
  });

  it('prints the same problems as JSON', async () => {
    const { exitCode, output } = await validate(bad, ['--json']);
    expect(exitCode).toBe(1);
    await expect(output.replace(/sha256:[0-9a-f]{64}/, 'sha256:…')).toMatchFileSnapshot('golden/validate.json.txt');
    expect(await validate(bad, ['--format', 'json'])).toEqual({ exitCode, output, errors: '' });
  });

  it('prints annotations of a workflow, escaped', async () => {
    const { exitCode, output } = await validate(bad, ['--format', 'github']);
    expect(exitCode).toBe(1);
    await expect(output).toMatchFileSnapshot('golden/validate.github.txt');
  });

  it('prints SARIF', async () => {
    const { exitCode, output } = await validate(bad, ['--format=sarif']);
    expect(exitCode).toBe(1);
    await expect(output).toMatchFileSnapshot('golden/validate.sarif.txt');
  });

  it('reads a revision', async () => {
    const commit = await bad.git('rev-parse', 'HEAD');
    const { exitCode, output } = await validate(bad, ['--rev', 'HEAD', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ revision: commit });
  });

  it('shows colours on a terminal', async () => {
    const { output } = await validate(bad, [], { columns: 100 });
    expect(output).toContain('\u001b[31merror');
  });
});

describe('warnings', () => {
  it.each([
    [[], 0],
    [['--strict'], 1],
  ] as const)('with %j give the exit code %i', async (words, expected) => {
    const warned = await createFlagRepository({
      'flags/platform/api/imported.yaml':
        'key: platform.api.imported\ntype: ops\nowner: platform-team\nriskTier: low\nexpiresAt: never\ndescription: d\n' +
        'default: null\nvariants: { true: true, false: false }\n',
    });
    try {
      const { exitCode, output } = await validate(warned, words);
      expect(output).toMatch(/warning default-null/);
      expect(output).toMatch(/: 0 errors, 1 warning\n$/);
      expect(exitCode).toBe(expected);
    } finally {
      await warned.dispose();
    }
  });
});

describe('cases', () => {
  const context = 'context: { targetingKey: u-1 }';
  const failures: readonly (readonly [
    what: string,
    expectation: string,
    found: string,
    expected: string,
    line: number,
  ])[] = [
    ['variant', '{ variant: true }', 'variant "false"', 'variant "true"', 4],
    ['value', '{ value: true }', 'value false', 'value true', 4],
    ['reason', '{ reason: STATIC }', 'reason "SPLIT"', 'reason "STATIC"', 4],
    ['rule', '{ rule: employees }', 'the rollout decided', 'rule "employees"', 4],
    ['stage', '{ stage: canary }', 'the rollout decided', 'stage "canary"', 4],
    ['absence of a variant', '{ variant: null }', 'variant "false"', 'variant null', 4],
  ];

  it.each(failures)('fail for another %s', async (_what, expectation, found, expected, line) => {
    const text = `- name: one that fails\n  environment: production\n  ${context}\n  expect: ${expectation}\n`;
    const repository = await createFlagRepository({ [newFlowCases]: text });
    try {
      const { exitCode, output } = await validate(repository, ['--json']);
      expect(exitCode).toBe(1);
      const { problems } = JSON.parse(output) as { problems: readonly Record<string, string>[] };
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ code: 'case-failed', file: newFlowCases, line });
      expect(problems[0]?.['found']).toContain(found);
      expect(problems[0]?.['expected']).toContain(expected);
      expect(problems[0]?.['message']).toContain('one that fails');
    } finally {
      await repository.dispose();
    }
  });

  it('hold for values in whatever order their keys have', async () => {
    const flag = flagFiles['flags/platform/api/rate-limit.yaml']?.replace(
      '{ normal: 600, strict: 60 }',
      '{ normal: { a: 1, b: [2] }, strict: {} }',
    );
    const repository = await createFlagRepository({
      'flags/platform/api/rate-limit.yaml': flag ?? '',
      'flags/platform/api/rate-limit.cases.yaml':
        '- { name: disabled, environment: production, context: {}, expect: { value: { b: [2], a: 1 }, reason: DISABLED } }\n',
    });
    try {
      expect(await validate(repository)).toMatchObject({ exitCode: 0, output: expect.stringContaining('2 cases') });
    } finally {
      await repository.dispose();
    }
  });
});

describe('a thousand problems', () => {
  let repository: TestRepository;

  beforeAll(async () => {
    const files = Array.from(
      { length: 1_000 },
      (_, index) => [`flags/platform/web/flag-${index}.yaml`, 'key: [\n'] as const,
    );
    repository = await createFlagRepository(Object.fromEntries(files));
  });

  afterAll(() => repository.dispose());

  it('are cut in text, with a note', async () => {
    const { exitCode, output } = await validate(repository);
    expect(exitCode).toBe(1);
    expect(output.match(/^flags\/platform\/web\/flag-\d+\.yaml:/gm)).toHaveLength(100);
    expect(output).toMatch(/\n… and [\d,]+ more problems; --json shows them all\n/);
  });

  it.each(['json', 'github', 'sarif'])('are all in %s', async (format) => {
    const { output } = await validate(repository, ['--format', format]);
    expect(new Set(output.match(/flag-\d+\.yaml/g))).toHaveProperty('size', 1_000);
  });
});
