import { test } from 'vitest';
import { parse } from './parse.js';
import { renderProblem } from './problem.js';
import { readFileSync } from 'node:fs';
test('x', () => {
  const cases = JSON.parse(readFileSync('/tmp/yx/cases.json','utf8'));
  let out='';
  for (const c of cases) { const r = parse('f.yaml', new TextEncoder().encode(c)); out += `===== ${JSON.stringify(c)}\n` + (r.ok ? 'OK ' + JSON.stringify(r.value) : r.problems.map(renderProblem).join('\n--\n')) + '\n'; }
  console.log(out);
});
