import { test } from 'vitest';
import { load, readWorkingTree } from '../../provider/repository/index.js';
import { compileToFlagd } from './compile.js';
import { writeFileSync } from 'node:fs';
test('x', async () => {
  const r = await load(await readWorkingTree('.', 'flags'));
  if (!r.ok) { console.log(r.problems); return; }
  for (const e of r.loaded.ruleset.documents.policy.environments) {
    const c = compileToFlagd(r.loaded.ruleset, e);
    console.log(e, Object.keys(c.flagd.flags).length, JSON.stringify(c.flagd).length, c.inexpressible, c.warnings);
    writeFileSync('/tmp/flagd-' + e + '.json', JSON.stringify(c.flagd, null, 1));
  }
});
