/** The README's worked example: what `flagctl preview` says of a change of this repository's own flags. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestRepository } from '../../provider/repository/testing/repository.js';
import { run } from '../run.js';

/** What the example changes: the flag's file, and one line of it. */
const FLAG = 'flags/payments/checkout/new-flow.yaml';
const [BEFORE, AFTER] = ['\n    rollout: 5\n', '\n    rollout: 25\n'] as const;

/** The calls that a reader can make, in a clone on a branch with that change. */
export const PREVIEW_COMMANDS = [
  'flagctl contexts synth .github/population.yaml --out population.jsonl.gz',
  'flagctl preview --base main --contexts population.jsonl.gz --by platform --format markdown',
] as const;

/** The comment that those calls print. @param root the project's folder */
export async function previewExample(root: string): Promise<string> {
  const repository = await TestRepository.create();
  try {
    for (const name of ['flags', 'CODEOWNERS', '.github/population.yaml']) {
      await cp(join(root, name), join(repository.workDir, name), { recursive: true });
    }
    await commitAll(repository);
    await repository.git('checkout', '--quiet', '-b', 'wider');
    const text = await readFile(join(root, FLAG), 'utf8');
    if (!text.includes(BEFORE)) throw new Error(`${FLAG} has no line "${BEFORE.trim()}", which the example changes`);
    await writeFile(join(repository.workDir, FLAG), text.replace(BEFORE, AFTER));
    await commitAll(repository);
    let comment = '';
    for (const line of PREVIEW_COMMANDS) comment = await output(repository.workDir, line.split(' ').slice(1));
    return comment.trimEnd();
  } finally {
    await repository.dispose();
  }
}

async function commitAll(repository: TestRepository): Promise<void> {
  await repository.git('add', '--all');
  await repository.git('commit', '--quiet', '--message=Change');
}

/** What a call prints. @throws Error where it fails */
async function output(directory: string, words: readonly string[]): Promise<string> {
  let [text, errors] = ['', ''];
  const code = await run(words, {
    directory,
    environment: {},
    input: process.stdin,
    output: { write: (part) => (text += part) },
    errors: { write: (part) => (errors += part) },
    now: () => new Date(),
  });
  if (code !== 0) throw new Error(`flagctl ${words.join(' ')} ended with ${code}: ${errors}`);
  return text;
}
