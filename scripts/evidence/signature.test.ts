import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { files, lowFlag } from '../control/testing/company.js';
import { MainBranch, type MergeOptions } from './testing/main-branch.js';

const execute = promisify(execFile);

let main: MainBranch;
let keys: ReadonlyMap<string, { readonly path: string; readonly publicKey: string }>;
let allowedSigners: string;

beforeEach(async () => {
  main = await MainBranch.create();
  await main.record();
  const folder = join(main.repository.folder, 'keys');
  await mkdir(folder);
  const made = ['mallory', 'pat', 'stranger'].map(async (name) => {
    const path = join(folder, name);
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
    const [type, key] = (await readFile(`${path}.pub`, 'utf8')).split(' ');
    return [name, { path, publicKey: `${type} ${key}` }] as const;
  });
  keys = new Map(await Promise.all(made));
  allowedSigners = join(folder, 'allowed_signers');
});

afterEach(() => main.dispose());

const keyOf = (name: string) => keys.get(name) as { readonly path: string; readonly publicKey: string };

/** Writes the file: who, with which options, has whose key. */
async function allow(...lines: readonly (readonly [principal: string, options: string, key: string])[]): Promise<void> {
  const text = lines.map(([principal, options, key]) => `${principal} ${options} ${keyOf(key).publicKey}\n`);
  await writeFile(allowedSigners, text.join(''));
}

const both = [
  ['mallory@acme.example', 'namespaces="git"', 'mallory'],
  ['pat@acme.example', 'namespaces="git"', 'pat'],
] as const;

/** A recorded merge of signed commits of mallory's; gives the main branch's commit and the signed one. */
async function merged(options: MergeOptions): Promise<{ readonly commit: string; readonly signed: string }> {
  const [commit = ''] = await main.merge(7, { [files.low]: lowFlag('12') }, options);
  await main.record();
  const record = await main.recordOf(commit);
  return { commit, signed: record.pullRequest?.head.commit ?? '' };
}

const signer = (name: string): MergeOptions => ({ how: 'squash', key: keyOf(name).path });

/** Codes about what was signed; the squash itself has no signature. */
async function codes(requireSignatures = false): Promise<readonly string[]> {
  const tip = await main.repository.git('rev-parse', 'main^');
  return main.codes({ allowedSigners, requireSignatures, since: tip });
}

describe('attack 38: a signature that proves nothing', () => {
  it('of the author, whose key is valid, is none', async () => {
    await allow(...both);
    await merged(signer('mallory'));
    expect(await codes()).toEqual([]);
  });

  it('of another principal, although it is good', async () => {
    await allow(...both);
    const { signed } = await merged(signer('pat'));
    expect(
      await main.repository.git(
        '-c',
        `gpg.ssh.allowedSignersFile=${allowedSigners}`,
        'log',
        '-1',
        '--format=%G?',
        signed,
      ),
    ).toBe('G');
    expect(await codes()).toEqual([`signature-principal ${signed}`]);
  });

  it('of a key that was revoked before the merge, in a commit that is backdated', async () => {
    await allow(['mallory@acme.example', 'valid-before="20260601000000Z"', 'mallory'], both[1]);
    const { signed } = await merged({ ...signer('mallory'), date: '2026-01-01T00:00:00Z' });
    // Git itself believes the date.
    expect(
      await main.repository.git(
        '-c',
        `gpg.ssh.allowedSignersFile=${allowedSigners}`,
        'log',
        '-1',
        '--format=%G?',
        signed,
      ),
    ).toBe('G');
    expect(await codes()).toEqual([`signature-untrusted ${signed}`]);
  });

  it('of a key that was valid at the merge, whatever the commit says', async () => {
    await allow(['mallory@acme.example', 'valid-after="20261130000000Z"', 'mallory'], both[1]);
    await merged({ ...signer('mallory'), date: '2026-01-01T00:00:00Z' });
    expect(await codes()).toEqual([]);
  });

  it('of a key that is nobody’s', async () => {
    await allow(...both);
    const { signed } = await merged(signer('stranger'));
    expect(await codes()).toEqual([`signature-untrusted ${signed}`]);
  });

  it('of an author who is another than the key’s, by an address that looks like a pattern', async () => {
    await allow(...both);
    const { signed } = await merged({ ...signer('mallory'), author: 'M <*@acme.example>' });
    expect(await codes()).toContain(`signature-principal ${signed}`);
  });

  it('taken from another commit', async () => {
    await allow(...both);
    await main.merge(7, { [files.low]: lowFlag('12') }, signer('mallory'));
    const [, signature = ''] =
      /(gpgsig (?:.*\n )*.*\n)/.exec(await main.repository.git('cat-file', 'commit', 'change-7')) ?? [];
    const tree = await main.repository.git('rev-parse', 'main^{tree}');
    const person = 'mallory <mallory@acme.example> 1767225600 +0000';
    const parent = await main.repository.git('rev-parse', 'main');
    const text = `tree ${tree}\nparent ${parent}\nauthor ${person}\ncommitter ${person}\n${signature}\nMine\n`;
    const forged = await main.remote(['hash-object', '-t', 'commit', '-w', '--stdin'], text);
    await main.remote(['update-ref', 'refs/heads/main', forged]);
    await main.record();
    expect(await main.codes({ allowedSigners, since: parent })).toEqual([
      `direct-push ${forged}`,
      `signature-untrusted ${forged}`,
    ]);
  });

  it('that is missing, where signatures are required', async () => {
    await allow(...both);
    const { commit, signed } = await merged({ how: 'merge' });
    expect(await codes()).toEqual([]);
    expect((await codes(true)).toSorted()).toEqual(
      [`signature-missing ${commit}`, `signature-missing ${signed}`].toSorted(),
    );
  });
});
