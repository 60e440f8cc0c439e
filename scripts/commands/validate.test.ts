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
    'flags/platform/api/rate-limit.yaml': flagFiles['flags/platform/api/rate-limit.yaml']?.replace('owner: platform-team', 'owner: nobody') ?? '',
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
    expect(output).toMatchInlineSnapshot(`
      "flags/payments/checkout/new-flow.yaml:9:1  error unknown-key
      unknown key \`enviroments\`; did you mean \`environments\`?
       8 |
       9 | enviroments:
         | ^^^^^^^^^^^
      10 |   production:
      found: \`enviroments\`
      expected: \`key\`, \`type\`, \`owner\`, \`riskTier\`, \`expiresAt\`, \`description\`, \`runbook\`, \`default\`, \`variants\`, \`prerequisites\`, \`bucketBy\`, \`salt\` or \`environments\`
      fix: rename it to \`environments\`

      flags/platform/api/rate-limit.yaml:3:8  error unknown-team
      there is no team \`nobody\`
      2 | type: ops
      3 | owner: nobody
        |        ^^^^^^
      4 | riskTier: high
      found: nobody
      expected: one of payments-team, platform-team
      fix: correct the name, or add the team

      flags/platform/web/50%,off.yaml:1:1  error unexpected-file
      this YAML file is none of the kinds that a flags folder holds
      1 | key: x
        | ^^^^^^
      found: a path that is no flag's key: \`platform.web.50%,off\`
      expected: a flag, its cases, a segment, a guardrail, policy.yaml or retired.yaml
      fix: move it to flags/<team>/<domain>/<purpose>.yaml (lower-case letters, digits and hyphens), or set \`naming\` in policy.yaml

      5 flags, 1 segment, 0 guardrails: 3 errors, 0 warnings
      "
    `);
  });

  it('prints the same problems as JSON', async () => {
    const { exitCode, output } = await validate(bad, ['--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchInlineSnapshot({ revision: expect.stringMatching(/^sha256:/) }, `
      {
        "counts": {
          "errors": 3,
          "flags": 5,
          "guardrails": 0,
          "segments": 1,
          "warnings": 0,
        },
        "problems": [
          {
            "code": "unknown-key",
            "column": 1,
            "endColumn": 12,
            "endLine": 9,
            "expected": "\`key\`, \`type\`, \`owner\`, \`riskTier\`, \`expiresAt\`, \`description\`, \`runbook\`, \`default\`, \`variants\`, \`prerequisites\`, \`bucketBy\`, \`salt\` or \`environments\`",
            "file": "flags/payments/checkout/new-flow.yaml",
            "fix": "rename it to \`environments\`",
            "found": "\`enviroments\`",
            "line": 9,
            "message": "unknown key \`enviroments\`; did you mean \`environments\`?",
            "severity": "error",
          },
          {
            "code": "unknown-team",
            "column": 8,
            "endColumn": 14,
            "endLine": 3,
            "expected": "one of payments-team, platform-team",
            "file": "flags/platform/api/rate-limit.yaml",
            "fix": "correct the name, or add the team",
            "found": "nobody",
            "line": 3,
            "message": "there is no team \`nobody\`",
            "severity": "error",
          },
          {
            "code": "unexpected-file",
            "column": 1,
            "endColumn": 7,
            "endLine": 1,
            "expected": "a flag, its cases, a segment, a guardrail, policy.yaml or retired.yaml",
            "file": "flags/platform/web/50%,off.yaml",
            "fix": "move it to flags/<team>/<domain>/<purpose>.yaml (lower-case letters, digits and hyphens), or set \`naming\` in policy.yaml",
            "found": "a path that is no flag's key: \`platform.web.50%,off\`",
            "line": 1,
            "message": "this YAML file is none of the kinds that a flags folder holds",
            "severity": "error",
          },
        ],
        "revision": StringMatching /\\^sha256:/,
      }
    `);
    expect(await validate(bad, ['--format', 'json'])).toEqual({ exitCode, output, errors: '' });
  });

  it('prints annotations of a workflow, escaped', async () => {
    const { exitCode, output } = await validate(bad, ['--format', 'github']);
    expect(exitCode).toBe(1);
    expect(output).toMatchInlineSnapshot(`
      "::error file=flags/payments/checkout/new-flow.yaml,line=9,col=1,endColumn=12,title=unknown-key::unknown key \`enviroments\`; did you mean \`environments\`?%0Afound: \`enviroments\`%0Aexpected: \`key\`, \`type\`, \`owner\`, \`riskTier\`, \`expiresAt\`, \`description\`, \`runbook\`, \`default\`, \`variants\`, \`prerequisites\`, \`bucketBy\`, \`salt\` or \`environments\`%0Afix: rename it to \`environments\`
      ::error file=flags/platform/api/rate-limit.yaml,line=3,col=8,endColumn=14,title=unknown-team::there is no team \`nobody\`%0Afound: nobody%0Aexpected: one of payments-team, platform-team%0Afix: correct the name, or add the team
      ::error file=flags/platform/web/50%25%2Coff.yaml,line=1,col=1,endColumn=7,title=unexpected-file::this YAML file is none of the kinds that a flags folder holds%0Afound: a path that is no flag's key: \`platform.web.50%25,off\`%0Aexpected: a flag, its cases, a segment, a guardrail, policy.yaml or retired.yaml%0Afix: move it to flags/<team>/<domain>/<purpose>.yaml (lower-case letters, digits and hyphens), or set \`naming\` in policy.yaml
      5 flags, 1 segment, 0 guardrails: 3 errors, 0 warnings
      "
    `);
  });

  it('prints SARIF', async () => {
    const { exitCode, output } = await validate(bad, ['--format=sarif']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(output)).toMatchInlineSnapshot(`
      {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "runs": [
          {
            "columnKind": "utf16CodeUnits",
            "results": [
              {
                "level": "error",
                "locations": [
                  {
                    "physicalLocation": {
                      "artifactLocation": {
                        "uri": "flags/payments/checkout/new-flow.yaml",
                        "uriBaseId": "%SRCROOT%",
                      },
                      "region": {
                        "endColumn": 12,
                        "endLine": 9,
                        "startColumn": 1,
                        "startLine": 9,
                      },
                    },
                  },
                ],
                "message": {
                  "text": "unknown key \`enviroments\`; did you mean \`environments\`?
      found: \`enviroments\`
      expected: \`key\`, \`type\`, \`owner\`, \`riskTier\`, \`expiresAt\`, \`description\`, \`runbook\`, \`default\`, \`variants\`, \`prerequisites\`, \`bucketBy\`, \`salt\` or \`environments\`
      fix: rename it to \`environments\`",
                },
                "ruleId": "unknown-key",
                "ruleIndex": 1,
              },
              {
                "level": "error",
                "locations": [
                  {
                    "physicalLocation": {
                      "artifactLocation": {
                        "uri": "flags/platform/api/rate-limit.yaml",
                        "uriBaseId": "%SRCROOT%",
                      },
                      "region": {
                        "endColumn": 14,
                        "endLine": 3,
                        "startColumn": 8,
                        "startLine": 3,
                      },
                    },
                  },
                ],
                "message": {
                  "text": "there is no team \`nobody\`
      found: nobody
      expected: one of payments-team, platform-team
      fix: correct the name, or add the team",
                },
                "ruleId": "unknown-team",
                "ruleIndex": 2,
              },
              {
                "level": "error",
                "locations": [
                  {
                    "physicalLocation": {
                      "artifactLocation": {
                        "uri": "flags/platform/web/50%25%2Coff.yaml",
                        "uriBaseId": "%SRCROOT%",
                      },
                      "region": {
                        "endColumn": 7,
                        "endLine": 1,
                        "startColumn": 1,
                        "startLine": 1,
                      },
                    },
                  },
                ],
                "message": {
                  "text": "this YAML file is none of the kinds that a flags folder holds
      found: a path that is no flag's key: \`platform.web.50%,off\`
      expected: a flag, its cases, a segment, a guardrail, policy.yaml or retired.yaml
      fix: move it to flags/<team>/<domain>/<purpose>.yaml (lower-case letters, digits and hyphens), or set \`naming\` in policy.yaml",
                },
                "ruleId": "unexpected-file",
                "ruleIndex": 0,
              },
            ],
            "tool": {
              "driver": {
                "name": "flagctl",
                "rules": [
                  {
                    "id": "unexpected-file",
                    "shortDescription": {
                      "text": "Unexpected file",
                    },
                  },
                  {
                    "id": "unknown-key",
                    "shortDescription": {
                      "text": "Unknown key",
                    },
                  },
                  {
                    "id": "unknown-team",
                    "shortDescription": {
                      "text": "Unknown team",
                    },
                  },
                ],
                "version": "0.1.0",
              },
            },
          },
        ],
        "version": "2.1.0",
      }
    `);
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
  const failures: readonly (readonly [what: string, expectation: string, found: string, expected: string, line: number])[] = [
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
    const flag = flagFiles['flags/platform/api/rate-limit.yaml']?.replace('{ normal: 600, strict: 60 }', '{ normal: { a: 1, b: [2] }, strict: {} }');
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
    const files = Array.from({ length: 1_000 }, (_, index) => [`flags/platform/web/flag-${index}.yaml`, 'key: [\n'] as const);
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
