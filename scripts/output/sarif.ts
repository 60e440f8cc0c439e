/** Problems as SARIF 2.1.0, which code scanning takes. */
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Problem, ProblemCode } from '../../provider/repository/index.js';
import { flagctlVersion } from '../version.js';
import { messageOf } from './github.js';

/** What GitHub takes of one run: its "SARIF support for code scanning", limits. */
const MAX_RESULTS = 25_000;

/** A log of one run; each problem code that occurs is a rule. */
export function sarifLog(problems: readonly Problem[]): Log {
  const shown = problems.slice(0, MAX_RESULTS);
  const codes = [...new Set(shown.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'flagctl', version: flagctlVersion(), rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: shown.map((problem) => resultOf(problem, codes.indexOf(problem.code))),
      },
    ],
  };
}

function ruleOf(code: ProblemCode): ReportingDescriptor {
  const words = code.replaceAll('-', ' ');
  return { id: code, shortDescription: { text: `${words.charAt(0).toUpperCase()}${words.slice(1)}` } };
}

function resultOf(problem: Problem, ruleIndex: number): Result {
  const { code, severity, file, line, column, endLine, endColumn } = problem;
  const region = { startLine: line, startColumn: column, endLine, endColumn };
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: messageOf(problem) },
    locations: [{ physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region } }],
  };
}
