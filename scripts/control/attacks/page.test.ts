import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTROL_PAGE } from '../../protection/page.js';
import { withAttacks } from './page.js';

const page = () => readFile(join(import.meta.dirname, '../../..', CONTROL_PAGE), 'utf8');

describe('the page on control', () => {
  it('lists the attacks as the suite has them; `npm run readme` writes them anew', async () => {
    const text = await page();
    expect(withAttacks(text)).toBe(text);
  });

  it('must have its marks', () => {
    expect(() => withAttacks('# A page\n')).toThrow('attacks:start');
  });
});
