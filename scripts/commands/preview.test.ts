import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { files, highFlag, lowFlag, mediumFlag } from '../control/testing/company.js';
import { disposeCompany, Scene } from '../control/testing/scene.js';
import type { Preview } from '../impact/preview.js';
import { parsePreview } from '../impact/read-preview.js';
import { call, type CallOptions, type CallResult } from '../testing/call.js';

let scene: Scene | undefined;

afterEach(async () => {
  await scene?.repository.dispose();
  scene = undefined;
});

afterAll(disposeCompany);

const schema = JSON.parse(
  await readFile(new URL('../../schema/check/preview.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

const CONTEXTS = 2_000;

/** Contexts as JSON Lines: every third in Germany, every tenth on the payroll. @param keyOf the targeting key */
function contextLines(keyOf: (index: number) => string | undefined = (index) => `u-${index}`): string {
  const rows = Array.from({ length: CONTEXTS }, (_, index) => ({
    targetingKey: keyOf(index),
    country: index % 3 === 0 ? 'DE' : 'FR',
    ...(index % 10 === 0 ? { email: `${index}@acme.example` } : {}),
  }));
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** A change that widens one flag, starts another for the payroll, and leaves a third as it is for everybody. */
async function widened(): Promise<Scene> {
  const own = await Scene.create();
  await own.push({
    [files.medium]: mediumFlag('25'),
    [files.high]: highFlag('canary'),
    [files.low]: `# Confetti.\n${lowFlag('10')}`,
  });
  await writeFile(join(own.repository.workDir, 'contexts.jsonl'), contextLines());
  return own;
}

function preview(own: Scene, words: readonly string[] = [], options: CallOptions = {}): Promise<CallResult> {
  return call(own.repository.workDir, ['preview', '--base', 'origin/main', '--head', 'change', ...words], options);
}

const SAMPLE = ['--contexts', 'contexts.jsonl'];

describe('preview', () => {
  it.each<[name: string, words: readonly string[]]>([
    ['users', [...SAMPLE, '--population', '113000000', '--by', 'country']],
    ['shares', SAMPLE],
    ['census', [...SAMPLE, '--population', String(CONTEXTS)]],
    ['estimate', []],
  ])('says whom a change moves: %s', async (name, words) => {
    scene = await widened();
    const text = await preview(scene, words);
    expect({ exitCode: text.exitCode, errors: text.errors }).toEqual({ exitCode: 0, errors: '' });
    await expect(text.output).toMatchFileSnapshot(`golden/preview.${name}.txt`);
    const markdown = await preview(scene, [...words, '--format', 'markdown']);
    await expect(markdown.output).toMatchFileSnapshot(`golden/preview.${name}.markdown.txt`);
    const json = await preview(scene, [...words, '--json']);
    expect([validate(JSON.parse(json.output)), validate.errors]).toEqual([true, null]);
    const read = parsePreview(json.output) as Preview;
    expect(read).toMatchObject({
      base: await scene.git('rev-parse', 'origin/main'),
      head: await scene.git('rev-parse', 'change'),
    });
    expect([markdown.exitCode, json.exitCode]).toEqual([0, 0]);
  });

  it.each<[name: string, play: (own: Scene) => Promise<unknown>, words: string]>([
    ['unloadable', (own) => own.push({ [files.low]: lowFlag('[') }), 'the merge does not load, for 1 error'],
    [
      'base-unloadable',
      async (own) => {
        await own.main({ [files.low]: lowFlag('[') });
        await own.push({ [files.low]: lowFlag('20') });
        await own.git('fetch', '--quiet', 'origin');
      },
      'the base does not load, for 1 error',
    ],
    [
      'conflicting',
      async (own) => {
        await own.push({ [files.low]: lowFlag('30') });
        await own.main({ [files.low]: lowFlag('20') });
        await own.git('fetch', '--quiet', 'origin');
      },
      'the head cannot be merged into the base',
    ],
  ])('of a change that is %s shows why there is none', async (name, play, words) => {
    scene = await Scene.create();
    await play(scene);
    const text = await preview(scene);
    expect({ exitCode: text.exitCode, errors: text.errors }).toEqual({ exitCode: 1, errors: '' });
    await expect(text.output).toMatchFileSnapshot(`golden/preview.${name}.txt`);
    const markdown = await preview(scene, ['--format', 'markdown']);
    expect(markdown.exitCode).toBe(1);
    expect(markdown.output).toMatch(new RegExp(`^\\*\\*Nothing is previewed: ${words}\\*\\*\n\n- ❌ \\*\\*`));
    const json = await preview(scene, ['--json']);
    expect(json.exitCode).toBe(1);
    const { conflicts, problems } = JSON.parse(json.output) as {
      conflicts: readonly string[];
      problems: readonly object[];
    };
    expect(conflicts).toEqual(name === 'conflicting' ? [files.low] : []);
    expect(problems).toHaveLength(name === 'conflicting' ? 0 : 1);
  });

  it('takes the files that a shell makes of a pattern', async () => {
    scene = await widened();
    const lines = contextLines().split('\n').slice(0, -1);
    for (const [index, part] of [lines.slice(0, 500), lines.slice(500)].entries()) {
      await writeFile(join(scene.repository.workDir, `part-${index}.jsonl`), part.join('\n'));
    }
    const { output } = await preview(scene, ['--contexts', 'part-0.jsonl', 'part-1.jsonl', '--json']);
    const { population, environments } = JSON.parse(output) as Preview;
    expect(population?.files.map(({ name, rows }) => [name, rows])).toEqual([
      ['part-0.jsonl', 500],
      ['part-1.jsonl', CONTEXTS - 500],
    ]);
    const whole = JSON.parse((await preview(scene, [...SAMPLE, '--json'])).output) as Preview;
    expect(environments).toEqual(whole.environments);
  });

  it('of nothing says so', async () => {
    scene = await Scene.create();
    await scene.push({ 'README.md': 'Other words.\n' });
    const { exitCode, output } = await preview(scene, ['--format', 'markdown']);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: '**No flag changes**\n' });
  });

  it.each<[kind: string, keyOf: (index: number) => string | undefined, words: string]>([
    ['made up', (index) => `synthetic:${index}`, ' of a made-up population'],
    ['hashed', (index) => `hashed:${index}`, 'a keyed hash'],
    ['no', () => undefined, 'none: a rollout by targeting key cannot take them'],
  ])('of contexts with %s targeting keys says what that means', async (_, keyOf, words) => {
    scene = await widened();
    await writeFile(join(scene.repository.workDir, 'contexts.jsonl'), contextLines(keyOf));
    const { exitCode, output, errors } = await preview(scene, [...SAMPLE, '--format', 'markdown']);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toContain(words);
  });

  it('says that edits which are in no commit are not previewed', async () => {
    scene = await widened();
    await writeFile(join(scene.repository.workDir, files.low), lowFlag('90'));
    const told = 'not previewed: edits that are not committed, of flags/payments/checkout/confetti.yaml\n';
    const { exitCode, errors } = await call(scene.repository.workDir, ['preview', '--json']);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: told });
  });

  it('draws a bar where somebody watches, and nowhere else', async () => {
    scene = await widened();
    const watched = await preview(scene, [...SAMPLE, '--threads', '1'], { columns: 80 });
    expect(watched.errors).toMatch(/^merging the head into the base\r\u001b\[K/);
    expect(watched.errors).toMatch(/\r\u001b\[Kreplaying contexts █* ?░* \d+ %\r\u001b\[K/);
    expect(watched.errors.endsWith('\r\u001b[K')).toBe(true);
    const logged = await preview(scene, SAMPLE, { columns: 80, environment: { CI: 'true' } });
    expect(logged.errors).toBe('');
  });
});

describe('preview, asked wrongly,', () => {
  let asked: Scene;

  beforeAll(async () => {
    asked = await widened();
  });

  afterAll(() => asked.repository.dispose());

  const digits = 'digits only, not ';
  it.each<[words: string, error: string]>([
    ['--population 10', '--population needs --contexts'],
    ['--by country', '--by needs --contexts'],
    ['--contexts missing.jsonl', 'there is no file missing.jsonl'],
    [
      '--contexts contexts.jsonl --population 0',
      '--population must be how many users there are, such as 113000000: from 1 to',
    ],
    ['--contexts contexts.jsonl --population -5', `${digits}"-5"`],
    ['--contexts contexts.jsonl --population 1e6', `${digits}"1e6"`],
    ['--contexts contexts.jsonl --population 113_000_000', `${digits}"113_000_000"`],
    ['--contexts contexts.jsonl --population NaN', `${digits}"NaN"`],
    ['--contexts contexts.jsonl --population 4.2', `${digits}"4.2"`],
    ['--contexts contexts.jsonl --population 9007199254740992', 'from 1 to 9007199254740991, not "9007199254740992"'],
    [`--contexts contexts.jsonl --population ${'9'.repeat(400)}`, `not "${'9'.repeat(60)}…"`],
    [
      '--contexts contexts.jsonl --threads 0',
      '--threads must be a number of threads, such as 2: from 1 to 64, not "0"',
    ],
    ['--contexts contexts.jsonl --threads 65', 'from 1 to 64, not "65"'],
    [
      '--contexts contexts.jsonl --max-refused 1',
      '--max-refused must be a percentage from 0% to 100%, such as 1%, not "1"',
    ],
    ['--contexts contexts.jsonl --max-refused 101%', 'not "101%"'],
    ['--contexts contexts.jsonl --max-refused -1%', 'not "-1%"'],
    [
      '--contexts contexts.jsonl --type age',
      '--type must be column=type, such as age=number, with one of string, number,',
    ],
    ['--contexts contexts.jsonl --type =number', 'not "=number"'],
    ['--contexts contexts.jsonl --type age=integer', 'not "age=integer"'],
    ['--contexts contexts.jsonl --type age=number,age=string', '--type gives "age" two types'],
    ['--contexts contexts.jsonl --by a..b', '--by must name attributes, such as country or device.model, not "a..b"'],
    ['--contexts contexts.jsonl --by country,$weight', 'not "$weight"'],
    ['--contexts contexts.jsonl --by __proto__', 'not "__proto__"'],
    [`--contexts contexts.jsonl --by ${'x'.repeat(201)}`, `not "${'x'.repeat(60)}…"`],
    [
      `--contexts contexts.jsonl --by ${Array.from({ length: 21 }, (_, n) => `a${n}`).join(',')}`,
      '--by names 21 attributes, at most 20; preview several times',
    ],
    [
      '--contexts contexts.jsonl --type age=number',
      '--type is for columns; JSON Lines say themselves what their values',
    ],
    ['--contexts contexts.jsonl --table users', '--table is for SQLite files, and there is none'],
    ['--contexts contexts.jsonl --base nope', 'there is no commit "nope"'],
  ])('is told so: %s', async (words, error) => {
    const { exitCode, output, errors } = await call(asked.repository.workDir, ['preview', ...words.split(' ')]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toContain(error);
  });

  it.each(['--weight', '--table'])('is told so: %s without a name', async (option) => {
    const { exitCode, errors } = await preview(asked, [...SAMPLE, option, '']);
    expect(exitCode).toBe(2);
    expect(errors).toContain(`${option} must name `);
  });

  it('outside of a repository is told so', async () => {
    const { exitCode, errors } = await call(asked.repository.folder, ['preview']);
    expect(exitCode).toBe(2);
    expect(errors).toContain('error: ');
  });
});
