import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands/index.js';
import { commandTable, withCommandTable } from './readme.js';

const readmePath = join(import.meta.dirname, '../../README.md');

describe('the table of commands', () => {
  it('has a row for each command', () => {
    const rows = commandTable().split('\n').slice(2);
    expect(rows.map((row) => /^\| `([a-z]+)` +\| .+ \| `.*flagctl .+` +\|$/.exec(row)?.[1])).toEqual(
      commands.map(({ name }) => name),
    );
  });

  it('is the one in the README', async () => {
    const readme = await readFile(readmePath, 'utf8');
    expect(readme, 'the commands have changed; refresh the table with: npm run readme').toBe(withCommandTable(readme));
  });

  it('replaces what is between the marks and nothing else', () => {
    const readme = 'before\n<!-- commands:start -->\nold\n<!-- commands:end -->\nafter\n';
    expect(withCommandTable(readme, 'new')).toBe(
      'before\n<!-- commands:start -->\n\nnew\n\n<!-- commands:end -->\nafter\n',
    );
    expect(() => withCommandTable('no marks', 'new')).toThrow(/commands:start/);
  });

  it('keeps a bar in an example from ending its cell', () => {
    const piped = { ...commands[0]!, examples: [{ line: 'flagctl list | wc', summary: 'x' }] };
    expect(commandTable([piped])).toContain('`flagctl list \\| wc`');
  });
});
