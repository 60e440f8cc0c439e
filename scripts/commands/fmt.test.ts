import { lstat, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { runCommand } from '../format/testing/run-command.js';
import { createFlagRepository } from '../testing/flag-repository.js';
import { fmt } from './fmt.js';

const messy = 'flags/platform/web/messy.yaml';
const messyText = `# Kept.
key: platform.web.messy
type: ops
owner: "platform-team"   # ours
riskTier: low
description: Messy.
expiresAt: never
environments:
  production: {enabled: true, rollout: 5}
`;
const tidyText = `# Kept.
key: platform.web.messy
type: ops
owner: platform-team # ours
riskTier: low
expiresAt: never
description: Messy.

environments:
  production:
    enabled: true

    rollout: 5
`;

let repository: TestRepository;

beforeEach(async () => {
  repository = await createFlagRepository();
  await runCommand(fmt, repository.workDir);
  await write(messy, messyText);
});

afterEach(() => repository.dispose());

const pathOf = (path: string) => join(repository.workDir, path);
const textOf = (path: string) => readFile(pathOf(path), 'utf8');

async function write(path: string, text: string | Uint8Array): Promise<void> {
  await mkdir(join(pathOf(path), '..'), { recursive: true });
  await writeFile(pathOf(path), text);
}

interface Json {
  readonly files: number;
  readonly changed: readonly string[];
  readonly problems: readonly { readonly code: string; readonly file: string; readonly line: number }[];
}

async function run(file?: string, { isCheck = false, folder = '.' } = {}) {
  const words = { ...(file !== undefined && { argument: file }), options: isCheck ? { check: [] } : {} };
  const report = await runCommand(fmt, pathOf(folder), words);
  return { outcome: report.outcome, sections: report.sections, ...(report.json as Json) };
}

describe('fmt', () => {
  it('formats what is not formatted, and then nothing', async () => {
    expect(await run()).toMatchObject({ outcome: 'clean', changed: [messy], problems: [] });
    expect(await textOf(messy)).toBe(tidyText);
    expect(await run()).toMatchObject({ outcome: 'clean', changed: [] });
  });

  it('leaves nothing beside the file that it wrote', async () => {
    const before = await readdir(pathOf('flags'), { recursive: true });
    await run();
    expect(await readdir(pathOf('flags'), { recursive: true })).toEqual(before);
  });

  it('turns a byte order mark and CRLF into plain lines', async () => {
    await write(messy, `\uFEFF${tidyText.replaceAll('\n', '\r\n')}`);
    expect(await run()).toMatchObject({ changed: [messy] });
    expect(await textOf(messy)).toBe(tidyText);
  });

  it('formats a file that breaks a rule of the format, but is readable', async () => {
    await write(messy, messyText.replace('type: ops', 'typ: ops'));
    expect(await run()).toMatchObject({ outcome: 'clean', changed: [messy], problems: [] });
  });

  it('names the schema only where the repository holds one', async () => {
    await write('schema/flag.schema.json', '{}');
    await write(messy, `# yaml-language-server: $schema=wrong.json\n${tidyText}`);
    await run(messy);
    expect(await textOf(messy)).toBe(`# yaml-language-server: $schema=../../../schema/flag.schema.json\n${tidyText}`);
    await rm(pathOf('schema'), { recursive: true });
    expect(await run(messy)).toMatchObject({ changed: [] });
  });
});

describe('fmt --check', () => {
  it('reports the first line that differs, and writes nothing', async () => {
    const { outcome, changed, problems, sections } = await run(undefined, { isCheck: true });
    expect({ outcome, changed }).toEqual({ outcome: 'findings', changed: [messy] });
    expect(problems).toMatchObject([
      {
        code: 'not-formatted',
        file: messy,
        line: 4,
        found: '"owner: \\"platform-team\\"   # ours"',
        expected: '"owner: platform-team # ours"',
      },
    ]);
    expect(JSON.stringify(sections)).toContain('4 | owner: \\"platform-team\\"   # ours');
    expect(await textOf(messy)).toBe(messyText);
  });

  it.each([
    ['a missing line break at the end', tidyText.slice(0, -1), 13],
    ['one line break too many', `${tidyText}\n`, 14],
    ['CRLF', tidyText.replaceAll('\n', '\r\n'), 1],
  ])('finds %s', async (_, text, line) => {
    await write(messy, text);
    expect(await run(messy, { isCheck: true })).toMatchObject({ problems: [{ code: 'not-formatted', line }] });
  });

  it('is clean after fmt', async () => {
    await run();
    expect(await run(undefined, { isCheck: true })).toMatchObject({ outcome: 'clean', changed: [], problems: [] });
  });
});

describe('fmt leaves alone and reports', () => {
  const unreadable: readonly (readonly [what: string, text: string | Uint8Array, code: string])[] = [
    ['a syntax error', 'key: [', 'yaml-syntax'],
    ['an anchor', `${messyText}salt: &a x\n`, 'yaml-anchor'],
    ['a word that parsers disagree on', messyText.replace('Messy.', 'no'), 'ambiguous-scalar'],
    ['a key twice', `${messyText}key: x\n`, 'yaml-duplicate-key'],
    ['bytes that are not UTF-8', Uint8Array.of(0x6b, 0x3a, 0x20, 0xff), 'encoding-invalid'],
    ['more than a mebibyte', `# ${'x'.repeat(1024 * 1024)}\n`, 'file-too-large'],
  ];

  it.each(unreadable)('%s', async (_, text, code) => {
    await write(messy, text);
    const { outcome, changed, problems } = await run();
    expect({ outcome, changed }).toEqual({ outcome: 'findings', changed: [] });
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(Buffer.from(await readFile(pathOf(messy)))).toEqual(Buffer.from(text));
  });

  it('a symlink out of the repository', async () => {
    const outside = join(repository.folder, 'outside.yaml');
    await writeFile(outside, messyText);
    await rm(pathOf(messy));
    await symlink(outside, pathOf(messy));
    expect(await run()).toMatchObject({ outcome: 'findings', problems: [{ code: 'symlink', file: messy }] });
    expect(await readFile(outside, 'utf8')).toBe(messyText);
    expect((await lstat(pathOf(messy))).isSymbolicLink()).toBe(true);
  });

  it('files below a symlinked folder', async () => {
    const outside = join(repository.folder, 'elsewhere');
    await mkdir(outside);
    await writeFile(join(outside, 'flag.yaml'), messyText);
    await symlink(outside, pathOf('flags/platform/linked'));
    expect(await run()).toMatchObject({ changed: [messy] });
    expect(await readFile(join(outside, 'flag.yaml'), 'utf8')).toBe(messyText);
  });
});

describe('fmt FILE', () => {
  it.each([
    ['flags/platform/web/messy.yaml', '.', [messy]],
    ['flags/platform', '.', [messy]],
    ['messy.yaml', 'flags/platform/web', [messy]],
    ['../web', 'flags/platform/web', [messy]],
    ['.', '.', [messy]],
    ['flags/', '.', [messy]],
    ['flags/payments', '.', []],
  ])('%s in %s', async (file, folder, changed) => {
    expect(await run(file, { folder })).toMatchObject({ changed });
  });

  it.each([
    'nothing.yaml',
    'CODEOWNERS',
    'flags/platform/we',
    '../outside.yaml',
    '/etc',
    'flags/platform/web/messy.yaml/x',
  ])('refuses %s', async (file) => {
    await expect(run(file)).rejects.toThrow(/there is no YAML file .* in the flags folder flags/);
  });
});
