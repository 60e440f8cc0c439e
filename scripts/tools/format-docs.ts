/** The generated parts of schema/README.md: what the schemas say of each property, and a fixture for each problem. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { problemCodes, type ProblemCode } from '../../provider/repository/index.js';
import { schemaTables } from './schema-tables.js';

/** In the order in which an author meets them; the terms that they share have no properties. */
const KINDS = ['flag', 'rollout', 'condition', 'segment', 'guardrail', 'policy', 'cases', 'retired', 'population'];

/** Codes of findings that loading does not make, and that no fixture shows for that reason. */
const WITHOUT_FIXTURE: Partial<Record<ProblemCode, string>> = {
  'case-failed': 'a case of a `.cases.yaml` gets something else than it expects; from `flagctl validate`',
  'not-formatted': 'a file is not in the one style; from `flagctl fmt --check`',
};

/** Which of several fixtures is told, where the first by name is not the one that authors meet. */
const SHOWN: Partial<Record<ProblemCode, string>> = {
  'encoding-invalid': 'latin-1',
  'file-too-large': 'over-one-mebibyte',
  'invisible-character': 'zero-width-space',
  'nesting-too-deep': '33',
  'ambiguous-scalar': 'yes',
  'unknown-key': 'flag',
  'missing-key': 'flag',
  'wrong-type': 'enabled',
  'invalid-value': 'type',
  'out-of-range': 'description-long',
  'invalid-name': 'rule',
  'invalid-duration': 'hold',
  'key-invalid': 'space',
  'weight-out-of-range': 'over-100',
  'weight-too-precise': 'number',
  'weights-over-100': 'sum',
  'rollout-ambiguous': 'number',
  'attribute-invalid': 'empty-part',
  'bucket-by-invalid': 'empty-part',
  'unknown-flag': 'prerequisite',
  'unknown-segment': 'rule',
  'unknown-variant': 'map',
  'unknown-environment': 'flag',
  unreachable: 'rule',
};

/** A problem in the text that `renderProblem` gives. */
const RENDERED = /^.+:\d+:\d+ {2}(error|warning) ([a-z0-9-]+)\n(.+)$/gm;

/** The page with its generated parts made anew. @param root the project's root @throws Error where marks are missing */
export function withGeneratedParts(page: string, root: string): string {
  const schemas = join(root, 'schema');
  const tables = KINDS.map((kind) => schemaTables(schemas, `${kind}.schema.json`));
  const withProperties = replacePart(page, 'properties', tables.join('\n\n'));
  return replacePart(withProperties, 'problems', problemTable(join(schemas, 'fixtures/invalid')));
}

/** The table of problem codes; a code without a fixture is an error. */
export function problemTable(fixtures: string): string {
  const names = readdirSync(fixtures).sort();
  const rows = problemCodes.map((code) => {
    const text = WITHOUT_FIXTURE[code];
    if (text !== undefined) return `| \`${code}\` | ${text} | |`;
    const name = names.find((candidate) => candidate.startsWith(`${code}--${SHOWN[code] ?? ''}`));
    const expected = name === undefined ? '' : readFileSync(join(fixtures, name, 'expected.txt'), 'utf8');
    const [, severity, , message] = [...expected.matchAll(RENDERED)].find(([, , found]) => found === code) ?? [];
    if (name === undefined || message === undefined) throw new Error(`no fixture shows the problem ${code}`);
    const note = severity === 'warning' ? ' (a warning)' : '';
    return `| \`${code}\` | ${escaped(message)}${note} | [${name.slice(code.length + 2)}](fixtures/invalid/${name}) |`;
  });
  return ['| Code | Says, for example | Fixture |', '|---|---|---|', ...rows].join('\n');
}

/** What Markdown would take for markup, escaped outside of code. */
function escaped(text: string): string {
  const parts = text.split(/(`[^`]*`)/);
  return parts.map((part) => (part.startsWith('`') ? part : part.replaceAll(/[<*_|]/g, '\\$&'))).join('');
}

function replacePart(page: string, name: string, part: string): string {
  const [startMark, endMark] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [start, end] = [page.indexOf(startMark), page.indexOf(endMark)];
  if (start < 0 || end < start) throw new Error(`the page must hold ${startMark} and, after it, ${endMark}`);
  // Aligned columns would touch every row of a table whenever its longest text changes.
  const block = `\n\n<!-- prettier-ignore-start -->\n\n${part}\n\n<!-- prettier-ignore-end -->\n\n`;
  return page.slice(0, start + startMark.length) + block + page.slice(end);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const path = join('schema', 'README.md');
  writeFileSync(path, withGeneratedParts(readFileSync(path, 'utf8'), '.'));
}
