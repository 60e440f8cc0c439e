import { expect, it } from 'vitest';
import { load } from '../../provider/repository/index.js';
import { memoryTree } from '../../provider/repository/testing/memory-tree.js';
import { flagFiles } from '../testing/flag-repository.js';
import { referencedAttributes } from './referenced.js';

it('tells every attribute that flags read: through segments of segments, in stages, and what rollouts hash', async () => {
  const files = {
    ...flagFiles,
    'flags/segments/testers.yaml': `owner: platform-team
description: Employees with a new app.
when: { all: [{ segment: employees }, { not: { app.channel: stable } }] }
`,
    'flags/platform/web/search.yaml': (flagFiles['flags/platform/web/search.yaml'] ?? '')
      .replace('segment: employees', 'segment: testers')
      .replace('default: false\n', 'default: false\nbucketBy: organisation.id\n'),
  };
  const result = await load(memoryTree(files));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  expect(Object.fromEntries(referencedAttributes(result.loaded.ruleset))).toEqual({
    email: { flags: ['payments.checkout.new-flow', 'platform.web.search'], isCompared: true },
    country: { flags: ['payments.checkout.new-flow'], isCompared: true },
    appVersion: { flags: ['payments.checkout.new-flow'], isCompared: true },
    'app.channel': { flags: ['platform.web.search'], isCompared: true },
    'organisation.id': { flags: ['platform.web.search'], isCompared: false },
    targetingKey: { flags: ['payments.checkout.new-flow', 'platform.web.banner'], isCompared: false },
  });
});
