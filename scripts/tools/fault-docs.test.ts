import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../provider/faults/fault.js';
import { faults, inapplicable } from '../../provider/faults/list.js';
import { faultPage } from './fault-docs.js';

const path = join(import.meta.dirname, '../../provider/faults/README.md');

describe('the page of the fault suite', () => {
  it('is that of the rows', async () => {
    const page = await readFile(path, 'utf8');
    expect(page, 'the fault suite has changed; refresh its page with: npm run readme').toBe(faultPage());
  });

  it('has a line for each row and each reason', () => {
    const lines = faultPage().match(/^\| \d+ \| /gm);
    expect(lines).toHaveLength(faults.length + inapplicable.length);
  });

  it('shows what a row expects, and nothing of it as markup', () => {
    const fault: Fault = {
      number: 7,
      name: 'A | bar and <tag> of `a|b`',
      over: ['http', 'ssh'],
      scene: () => Promise.resolve(),
      sees: {
        status: 'STALE',
        events: ['READY', 'CHANGED'],
        isUncounted: true,
        serves: 'first',
        error: 'some * reason',
        persisted: false,
        fromLastKnownGood: true,
      },
      isFinal: 'nothing ends it.',
      remark: 'More.',
    };
    expect(faultPage([fault], [])).toContain(
      '| 7 | A \\| bar and \\<tag> of `a\\|b` | http, ssh | STALE | READY, CHANGED+ ' +
        '| the newest ruleset, from disk, from memory only | lastError: "some \\* reason" | Final: nothing ends it. More. |',
    );
  });
});
