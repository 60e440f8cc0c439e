import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { call } from '../testing/call.js';
import { createFlagRepository } from '../testing/flag-repository.js';
import { commands } from './index.js';

let repository: TestRepository;

beforeAll(async () => {
  repository = await createFlagRepository();
});

afterAll(() => repository.dispose());

async function suggestions(directory: string, words: readonly string[]): Promise<readonly string[]> {
  const { exitCode, output, errors } = await call(directory, ['complete', '--', ...words]);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  expect(output).toMatch(/^(.+\t.*\n)*:\d+\n$/);
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[0] ?? '');
}

const keys = ['payments.checkout.new-flow', 'platform.api.rate-limit', 'platform.web.banner', 'platform.web.search'];

describe('the suggestions for', () => {
  const rows: readonly (readonly [words: readonly string[], expected: readonly string[]])[] = [
    [['va'], ['validate', ':4']],
    [
      ['explain', ''],
      [...keys, ':4'],
    ],
    [
      ['explain', 'platform.w'],
      ['platform.web.banner', 'platform.web.search', ':4'],
    ],
    [['explain', 'platform.web.banner', ''], [':4']],
    [
      ['explain', '--env', ''],
      ['production', 'staging', ':4'],
    ],
    [
      ['explain', '--env', 'production', 'pay'],
      ['payments.checkout.new-flow', ':4'],
    ],
    [
      ['explain', '--env=production', 'pay'],
      ['payments.checkout.new-flow', ':4'],
    ],
    [
      ['list', '--type', 'rel'],
      ['release', ':4'],
    ],
    [
      ['list', '--type=o'],
      ['ops', ':4'],
    ],
    [
      ['list', '--type', 'release,o'],
      ['release,ops', ':4'],
    ],
    [
      ['list', '--tier', ''],
      ['low', 'medium', 'high', ':4'],
    ],
    [
      ['list', '--owner', 'pl'],
      ['platform-team', ':4'],
    ],
    [
      ['list', '--js'],
      ['--json', ':4'],
    ],
    [['list', '--json', '--js'], [':4']],
    [
      ['list', '--type', 'ops', '--ty'],
      ['--type', ':4'],
    ],
    [
      ['validate', '--format', 's'],
      ['sarif', ':4'],
    ],
    [['build', '-o', ''], [':0']],
    [['--repo', ''], [':16']],
    [
      ['completion', 'z'],
      ['zsh', ':4'],
    ],
    [['nonsense', '--repo', ''], [':16']],
    [['cont'], ['contexts', ':4']],
    [
      ['contexts', ''],
      ['describe', 'merge', 'redact', 'synth', 'fetch', ':4'],
    ],
    [
      ['--no-color', 'contexts', 'm'],
      ['merge', ':4'],
    ],
    [['contexts', 'describe', ''], [':0']],
    [['contexts', 'describe', 'a.jsonl', ''], [':0']],
    [['contexts', 'synth', 'a.yaml', ''], [':4']],
    [
      ['contexts', 'redact', 'a.jsonl', '--sec'],
      ['--secret-env', ':4'],
    ],
    [['contexts', 'merge', 'a.jsonl', '--out', ''], [':0']],
    [['check', '--preview', ''], [':0']],
    [['preview', '--contexts', ''], [':0']],
    [['preview', '--contexts', 'a.jsonl', ''], [':0']],
    [
      ['preview', '--contexts', 'a.jsonl', 'b.jsonl', '--pop'],
      ['--population', ':4'],
    ],
    [['preview', '--contexts', 'a.jsonl', '--by', ''], [':4']],
  ];

  it.each(rows)('%j', async (words, expected) => {
    expect(await suggestions(repository.workDir, words)).toEqual(expected);
  });

  it('the first word: every command', async () => {
    expect(await suggestions(repository.workDir, [''])).toEqual([
      ...commands.map(({ name }) => name).filter((name) => !name.includes(' ')),
      'contexts',
      ':4',
    ]);
  });

  it('a repository elsewhere', async () => {
    expect(await suggestions(repository.folder, ['--repo', 'work', 'explain', 'pay'])).toEqual([keys[0], ':4']);
  });

  it('no repository at all: none, and no complaint', async () => {
    expect(await suggestions(repository.folder, ['explain', ''])).toEqual([':4']);
  });

  it('a repository that does not load: its keys still', async () => {
    const broken = await createFlagRepository({ 'flags/policy.yaml': 'teams: [' });
    try {
      expect(await suggestions(broken.workDir, ['explain', ''])).toEqual([...keys, ':4']);
      expect(await suggestions(broken.workDir, ['list', '--owner', ''])).toEqual([':4']);
    } finally {
      await broken.dispose();
    }
  });

  it('a file whose name a shell would run: not that', async () => {
    const hostile = await createFlagRepository({ 'flags/platform/web/$(touch owned).yaml': 'key: x\n' });
    try {
      expect(await suggestions(hostile.workDir, ['explain', ''])).toEqual([...keys, ':4']);
    } finally {
      await hostile.dispose();
    }
  });
});

describe('the script', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('for %s asks flagctl for suggestions', async (shell) => {
    const { exitCode, output, errors } = await call(repository.workDir, ['completion', shell]);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(/flagctl.* complete|complete .*flagctl/);
  });

  /** What bash would offer for some words, of what flagctl answers; and what else came of it. */
  async function offeredByBash(words: readonly string[], answer: string): Promise<string[]> {
    const { output: script } = await call(repository.workDir, ['completion', 'bash']);
    const folder = repository.folder;
    await writeFile(join(folder, 'answer'), answer);
    const program = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/asked\ncat ${folder}/answer\n`;
    await writeFile(join(folder, 'flagctl'), program);
    await chmod(join(folder, 'flagctl'), 0o755);
    // `compopt` works only while bash completes; the words are given as bash gives them, raw.
    const test = `${script}\ncompopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))\n_flagctl_complete\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`;
    const environment = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const options = { env: environment, cwd: folder };
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', test, 'bash', ...words], options);
    return stdout.trim().split('\n');
  }

  const asked = (): Promise<string> => readFile(join(repository.folder, 'asked'), 'utf8');

  it('completes in a real bash', async () => {
    const { output: answer } = await call(repository.workDir, ['complete', '--', 'explain', 'platform.w']);
    expect(await offeredByBash(['flagctl', 'explain', 'platform.w'], answer)).toEqual([
      'platform.web.banner',
      'platform.web.search',
    ]);
    expect(await asked()).toBe('complete\n--\nexplain\nplatform.w\n');
  });

  it('completes the value of an option in a real bash', async () => {
    const { output: answer } = await call(repository.workDir, ['complete', '--', 'list', '--type=o']);
    expect(await offeredByBash(['flagctl', 'list', '--type=o'], answer)).toEqual(['ops']);
  });

  it('runs nothing of the line that is typed', async () => {
    const words = ['list', '>', 'ran', '$(touch ran)', '`touch ran`', ';', '--ty'];
    const { output: answer } = await call(repository.workDir, ['complete', '--', ...words]);
    expect(await offeredByBash(['flagctl', ...words], answer)).toEqual(['--type']);
    expect(await asked()).toBe(['complete', '--', ...words, ''].join('\n'));
    expect(existsSync(join(repository.folder, 'ran'))).toBe(false);
  });
});
