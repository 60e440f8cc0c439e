import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../commands/index.js';
import { previewExample } from './preview-example.js';
import { commandTable, RESULTS_FILE, withGeneratedParts, withPart } from './readme.js';

const root = join(import.meta.dirname, '../..');

describe('the table of commands', () => {
  it('has a row for each command', () => {
    const rows = commandTable().split('\n').slice(2);
    expect(rows.map((row) => /^\| `([a-z -]+)` +\| .+ \| `.*flagctl .+` +\|$/.exec(row)?.[1])).toEqual(
      commands.map(({ name }) => name),
    );
  });

  it('keeps a bar in an example from ending its cell', () => {
    const piped = { ...commands[0]!, examples: [{ line: 'flagctl list | wc', summary: 'x' }] };
    expect(commandTable([piped])).toContain('`flagctl list \\| wc`');
  });
});

describe('the README', () => {
  it('has the commands and the previewed example as they are, and the figures of the last full run', async () => {
    const [readme, results] = await Promise.all(
      ['README.md', RESULTS_FILE].map((file) => readFile(join(root, file), 'utf8')),
    );
    expect(
      readme,
      'the commands, these flags or the results have changed; refresh the README with: npm run readme',
    ).toBe(withGeneratedParts(readme!, await previewExample(root), results!));
    expect(JSON.parse(results!)).toMatchObject({ isQuick: false });
  });

  it('changes between the marks and nowhere else', () => {
    const readme = 'before\n<!-- commands:start -->\nold\n<!-- commands:end -->\nafter\n';
    expect(withPart(readme, 'commands', 'new')).toBe(
      'before\n<!-- commands:start -->\n\nnew\n\n<!-- commands:end -->\nafter\n',
    );
    expect(() => withPart(readme, 'measured', 'new')).toThrow(/measured:start/);
  });
});
