/** `flagctl completion`: the script that lets a shell ask for suggestions. */
import { script } from '@bomb.sh/tab';
import type { Command } from '../command.js';
import { bashCompletion } from './completion-bash.js';

/** The shells that there is a script for. */
const shells = ['bash', 'zsh', 'fish', 'powershell'];

/** Prints the script for one shell; the script then calls `flagctl complete -- WORDS`. */
export const completion: Command = {
  name: 'completion',
  summary: 'Print the completion script of a shell',
  description: 'Completes commands, options, flag keys, teams and environments.',
  arguments: [{ name: 'shell', summary: 'the shell', choices: shells }],
  examples: [
    { line: 'source <(flagctl completion bash)', summary: 'in ~/.bashrc' },
    { line: 'source <(flagctl completion zsh)', summary: 'in ~/.zshrc, after compinit' },
    { line: 'flagctl completion fish > ~/.config/fish/completions/flagctl.fish', summary: 'once' },
    { line: 'flagctl completion powershell | Out-String | Invoke-Expression', summary: 'in the profile' },
  ],
  run: ({ argument }) => {
    const shell = argument('shell') ?? '';
    const text = shell === 'bash' ? bashCompletion : printed(() => script(shell, 'flagctl', 'flagctl'));
    return Promise.resolve({ outcome: 'clean', sections: [{ kind: 'document', text }] });
  },
};

/** What a synchronous call prints; the package has no other way to give its scripts. */
function printed(print: () => void): string {
  const { log } = console;
  let text = '';
  console.log = (line: string) => {
    text += `${line}\n`;
  };
  try {
    print();
  } finally {
    console.log = log;
  }
  return text;
}
