import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTROL_PAGE, settingsTable, withSettings } from './page.js';
import { settings } from './settings.js';

const page = () => readFile(join(import.meta.dirname, '../..', CONTROL_PAGE), 'utf8');

describe('the page on control', () => {
  it('has the settings as the command judges them', async () => {
    const text = await page();
    expect(text, 'the settings have changed; refresh the page with: npm run readme').toBe(withSettings(text));
    expect(settingsTable().split('\n')).toHaveLength(settings.length + 2);
  });

  it('has a place for the list of attacks', async () => {
    expect(await page()).toMatch(/<!-- attacks:start -->\n[^]*<!-- attacks:end -->\n/);
  });

  it('changes between the marks and nowhere else', () => {
    const rows = settings.slice(0, 1);
    expect(withSettings('a\n<!-- settings:start -->\nold\n<!-- settings:end -->\nb\n', rows)).toBe(
      `a\n<!-- settings:start -->\n\n${settingsTable(rows)}\n\n<!-- settings:end -->\nb\n`,
    );
    expect(() => withSettings('nothing')).toThrow('<!-- settings:start -->');
  });
});

it('every setting has an id of its own', () => {
  expect(new Set(settings.map(({ id }) => id)).size).toBe(settings.length);
});
