import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, type CallOptions } from '../testing/call.js';

const description = `users: 120000
attributes:
  country: { values: { DE: 60, AT: 25, CH: 15 } }
  appVersion: { versions: { 6.4.0: 70, 5.3.0: 30 }, missing: 20 }
profiles:
  employees: { percent: 0.2, attributes: { email: { email: { domains: { example.com: 1 } } } } }
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-synth-'));
  await writeFile(join(folder, 'population.yaml'), description);
});

afterEach(() => rm(folder, { recursive: true }));

const synth = (words: readonly string[], options: CallOptions = {}) =>
  call(folder, ['contexts', 'synth', 'population.yaml', ...words], options);

const read = (name: string): Promise<Buffer> => readFile(join(folder, name));

describe('flagctl contexts synth', () => {
  it('prints contexts, one a line', async () => {
    const { exitCode, output, errors } = await synth(['--count', '4']);
    expect(exitCode).toBe(0);
    expect(errors).toBe('4 contexts of 120,000 users, made up.\n');
    expect(output).toMatchInlineSnapshot(`
      "{"targetingKey":"synthetic:1","$weight":39920,"country":"AT","appVersion":"5.3.0"}
      {"targetingKey":"synthetic:2","$weight":240,"country":"DE","email":"user-2@example.com"}
      {"targetingKey":"synthetic:3","$weight":39920,"country":"DE","appVersion":"6.4.0"}
      {"targetingKey":"synthetic:4","$weight":39920,"country":"AT","appVersion":"6.4.0"}
      "
    `);
  });

  it('gives the same bytes for the same seed', async () => {
    const outputOf = async (...words: string[]) => (await synth(['--count', '100', ...words])).output;
    expect(await outputOf()).toBe(await outputOf('--seed', '1'));
    expect(await outputOf('--seed', '2')).not.toBe(await outputOf());
  });

  it('writes a file, compressed by its name, and nothing else', async () => {
    const { output, errors, exitCode } = await synth(['--count', '50', '--out', 'c.jsonl.gz']);
    expect([exitCode, output, errors]).toEqual([
      0,
      'Wrote 50 contexts of 120,000 users, made up, to c.jsonl.gz.\n',
      '',
    ]);
    expect(gunzipSync(await read('c.jsonl.gz')).toString()).toBe((await synth(['--count', '50'])).output);
    expect((await readdir(folder)).toSorted()).toEqual(['c.jsonl.gz', 'population.yaml']);
  });

  it('makes one a user where nothing says how many, without weights', async () => {
    await writeFile(join(folder, 'population.yaml'), 'users: 3\nattributes: {}\n');
    expect((await synth([])).output).toBe(
      '{"targetingKey":"synthetic:1"}\n{"targetingKey":"synthetic:2"}\n{"targetingKey":"synthetic:3"}\n',
    );
    expect((await synth(['--count', '7'])).output.split('\n')).toHaveLength(4);
  });

  it('replaces a file only by force', async () => {
    await writeFile(join(folder, 'c.jsonl'), 'mine');
    const refused = await synth(['--count', '5', '--out', 'c.jsonl']);
    expect(refused.exitCode).toBe(2);
    expect(refused.errors).toContain('--out c.jsonl is there; --force replaces it');
    expect((await read('c.jsonl')).toString()).toBe('mine');
    expect((await synth(['--count', '5', '--out', 'c.jsonl', '--force'])).exitCode).toBe(0);
    expect((await read('c.jsonl')).toString().split('\n')).toHaveLength(6);
  });

  it('never replaces its description, whatever it is called', async () => {
    await symlink('population.yaml', join(folder, 'other.jsonl'));
    for (const name of ['population.yaml', './population.yaml', 'other.jsonl']) {
      const { exitCode, errors } = await synth(['--count', '5', '--force', '--out', name]);
      expect(exitCode).toBe(2);
      expect(errors).toContain('is read as well, and would be lost');
    }
    expect((await read('population.yaml')).toString()).toBe(description);
  });

  it('says what is wrong with a description, where, and how to mend it', async () => {
    await writeFile(join(folder, 'population.yaml'), description.replace('percent: 0.2', 'percent: 200'));
    const { exitCode, output } = await synth(['--out', 'c.jsonl']);
    expect(exitCode).toBe(1);
    expect(output).toMatchInlineSnapshot(`
      "population.yaml:6:25  error out-of-range
      \`percent\` must be a number from 0 to 100
      5 | profiles:
      6 |   employees: { percent: 200, attributes: { email: { email: { domains: { example.com: 1 } } } } }
        |                         ^^^
      found: 200
      expected: a number from 0 to 100
      fix: write a number from 0 to 100

      This is no description of a population. Nothing was made.
      "
    `);
    expect(await readdir(folder)).toEqual(['population.yaml']);
  });

  it.each([
    [['--count', '0'], '--count must be a whole number from 1 to 5,000,000, not "0"'],
    [['--count', '5000001'], '--count must be a whole number'],
    [['--count', '1e3'], '--count must be a whole number'],
    [['--count', '1'], "1 context can't stand for 1 profile and everybody else: at least 2 are needed"],
    [['--seed', 'x'.repeat(201)], '--seed is longer than 200 characters'],
    [['--force'], '--force needs --out FILE'],
    [['--out', 'no/such/folder.jsonl'], 'there is no folder for --out no/such/folder.jsonl'],
    [['--out', 'c.csv'], '--out c.csv would not be read as JSON Lines'],
    [['--out', 'folder.jsonl', '--force'], '--out folder.jsonl is there and is not a file'],
    [['--out', 'c.jsonl.br'], '--out c.jsonl.br would not be read as JSON Lines'],
    [['--out', 'c.gz'], '--out c.gz would not be read as JSON Lines'],
  ])('refuses %j', async (words, message) => {
    await mkdir(join(folder, 'folder.jsonl'));
    const { exitCode, errors } = await synth(words);
    expect(exitCode).toBe(2);
    expect(errors).toContain(message);
  });

  it('refuses a description that is not there, and more contexts than make sense', async () => {
    const missing = await call(folder, ['contexts', 'synth', 'nothing.yaml']);
    expect(missing.exitCode).toBe(2);
    expect(missing.errors).toContain("can't read the description nothing.yaml: ENOENT");
    await writeFile(join(folder, 'population.yaml'), 'users: 6000000\nattributes: {}\n');
    const many = await synth([]);
    expect(many.errors).toContain('6,000,000 contexts are too many; give a --count');
  });
});
