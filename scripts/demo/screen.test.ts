import { expect, it } from 'vitest';
import { Screen } from './screen.js';

function recorder(terminal: { isTTY?: boolean; rows?: number }): { texts: string[]; screen: Screen } {
  const texts: string[] = [];
  return { texts, screen: new Screen({ ...terminal, write: (text) => texts.push(text) }) };
}

it('writes changed rows and log lines, and nothing else, where there is no terminal', () => {
  const { texts, screen } = recorder({});
  screen.show('a 1\nb 1');
  screen.show('a 1\nb 2');
  screen.show('a 1\nb 2');
  screen.log('done');
  expect(texts).toEqual(['a 1\nb 1\n\n', 'b 2\n\n', 'done\n']);
});

it('draws over what it drew on a terminal', () => {
  const { texts, screen } = recorder({ isTTY: true, rows: 24 });
  screen.show('a 1\nb 1');
  screen.log('one');
  screen.show('a 2\nb 2');
  expect(texts).toEqual(['a 1\nb 1\n', '\u001B[2A\u001B[Ja 1\nb 1\none\n', '\u001B[3A\u001B[Ja 2\nb 2\none\n']);
});

it('leaves alone what has scrolled out of reach', () => {
  const { texts, screen } = recorder({ isTTY: true, rows: 2 });
  screen.show('a 1\nb 1');
  screen.show('a 2\nb 2');
  expect(texts).toEqual(['a 1\nb 1\n', 'a 2\nb 2\n']);
});
