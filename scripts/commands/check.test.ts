import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { files, flagText, lowFlag, mediumFlag, highFlag, production } from '../control/testing/company.js';
import { disposeCompany, NOW, Scene } from '../control/testing/scene.js';
import { call, type CallResult } from '../testing/call.js';

let scene: Scene | undefined;

afterEach(async () => {
  await scene?.repository.dispose();
  scene = undefined;
});

afterAll(disposeCompany);

const schema = JSON.parse(
  await readFile(new URL('../../schema/check/verdict.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

const BOTH = ['--base', 'origin/main', '--head', 'change'];

/** Calls `flagctl check` for the branch `change`, with the pull request where it is asked for. */
async function check(own: Scene, words: readonly string[] = [], hasPullRequest = false): Promise<CallResult> {
  const file = join(own.repository.folder, 'pull-request.json');
  if (hasPullRequest) await writeFile(file, JSON.stringify(await own.pullRequest()));
  const reviews = hasPullRequest ? ['--pull-request', `@${file}`] : [];
  return call(own.repository.workDir, ['check', ...BOTH, '--now', NOW, ...reviews, ...words]);
}

/** Hashes of commits are other ones each time: they have the time of the test in them. */
const stable = (text: string): string => text.replaceAll(/\b[0-9a-f]{10}…/g, '<commit>…');

/** The rest is the text's. */
const annotationsOf = (text: string): string => stable(text.replaceAll(/^(?!::).*\n/gm, ''));

/** A change, and whether its reviews are judged with it. */
interface Case {
  readonly play: (scene: Scene) => Promise<unknown>;
  readonly hasPullRequest?: boolean;
  readonly exitCode: 0 | 1;
}

const EXPRESS = 'flags/payments/checkout/express.yaml';
const express = flagText('payments.checkout.express', { tier: 'high' }, production('100'));
const killed = flagText('payments.checkout.new-flow', { tier: 'medium' }, production('5', { enabled: false }));
const colleagues =
  'owner: platform-team\ndescription: People on our payroll.\nwhen: { email: { endsWith: ["@acme.example", "@acme.de"] } }\n';

const cases: Readonly<Record<string, Case>> = {
  widened: { play: (own) => own.push({ [files.medium]: mediumFlag('15') }), exitCode: 0 },
  unreasoned: { play: (own) => own.push({ [files.medium]: mediumFlag('15') }, 'Change'), exitCode: 1 },
  killed: {
    play: (own) => own.push({ [files.medium]: killed }, 'Kill it\n\nReason: checkout fails for one in ten'),
    exitCode: 0,
  },
  approved: {
    play: async (own) => {
      await own.push({ [files.medium]: mediumFlag('15') });
      await own.review('pat');
    },
    hasPullRequest: true,
    exitCode: 0,
  },
  unapproved: {
    play: async (own) => {
      await own.push({ [files.high]: highFlag('canary'), [files.employees]: colleagues });
      await own.review('pat');
      await own.review('mallory');
      await own.push({ 'README.md': 'Flags.\n' });
      await own.review('wanda');
    },
    hasPullRequest: true,
    exitCode: 1,
  },
  unplanned: {
    play: (own) => own.push({ [EXPRESS]: express }),
    exitCode: 1,
  },
  unloadable: { play: (own) => own.push({ [files.low]: lowFlag('[') }), exitCode: 1 },
  conflicting: {
    play: async (own) => {
      await own.push({ [files.low]: lowFlag('30') });
      await own.main({ [files.low]: lowFlag('20') });
      await own.git('fetch', '--quiet', 'origin');
    },
    exitCode: 1,
  },
  governance: {
    play: async (own) => {
      const policy = await own.git('show', `main:${files.policy}`);
      await own.push({ [files.policy]: `${policy.replace('approvals: 2', 'approvals: 1')}\n` });
    },
    exitCode: 0,
  },
};

describe('check', () => {
  it.each(Object.entries(cases))('says of a change that is %s what a reviewer asks', async (name, one) => {
    scene = await Scene.create();
    await one.play(scene);
    const { hasPullRequest } = one;
    const text = await check(scene, [], hasPullRequest);
    expect({ exitCode: text.exitCode, errors: text.errors }).toEqual({ exitCode: one.exitCode, errors: '' });
    await expect(stable(text.output)).toMatchFileSnapshot(`golden/check.${name}.txt`);
    const markdown = await check(scene, ['--format', 'markdown'], hasPullRequest);
    await expect(stable(markdown.output)).toMatchFileSnapshot(`golden/check.${name}.markdown.txt`);
    expect(markdown.exitCode).toBe(one.exitCode);
    if (one.exitCode === 1) {
      const github = await check(scene, ['--format', 'github'], hasPullRequest);
      await expect(annotationsOf(github.output)).toMatchFileSnapshot(`golden/check.${name}.github.txt`);
    }
    const json = await check(scene, ['--json'], hasPullRequest);
    expect({ isValid: validate(JSON.parse(json.output)), faults: validate.errors }).toEqual({
      isValid: true,
      faults: null,
    });
    expect(json.exitCode).toBe(one.exitCode);
  });
});

describe('check, asked wrongly,', () => {
  it.each<[name: string, words: readonly string[] | ((own: Scene) => Promise<readonly string[]>), error: string]>([
    ['a base that is not here', ['--base', 'nope'], 'there is no commit "nope"'],
    ['a head that is not here', ['--base', 'main', '--head', 'nope'], 'there is no commit "nope"'],
    [
      'a base that is a hash, with a pull request',
      async (own) => {
        const base = await own.push({ 'README.md': 'Other words.\n' });
        return ['--base', base, '--pull-request', JSON.stringify(await own.pullRequest())];
      },
      'is no branch, so nobody can tell whether the pull request goes there',
    ],
    ['a file that is not there', ['--pull-request', '@missing.json'], "can't read the pull request from"],
    ['words', ['--pull-request', 'seven'], 'must be a number such as 7, or JSON, @FILE or -'],
    ['nothing', ['--pull-request', ''], 'must be a number such as 7, or JSON, @FILE or -'],
    ['other JSON', ['--pull-request', '{"a": 1}'], "it must have required property 'host'"],
    ["the host's own JSON", ['--pull-request', '{"node_id": "x"}'], "looks like the host's own JSON"],
    ['broken JSON', ['--pull-request', '{"host": '], 'the pull request is not JSON: it ends too early'],
    ['a number, where the remote is no host', ['--pull-request', '7'], "the repository's remote is refused"],
    ['a queue, where the remote is no host', ['--queue'], "the repository's remote is refused"],
    ['a queue with a pull request', ['--queue', '--pull-request', '7'], 'leave out --pull-request'],
    ['a comment without a pull request', ['--comment'], '--comment needs --pull-request with a number'],
    ['a comment on JSON', ['--comment', '--pull-request', '{}'], '--comment needs --pull-request with a number'],
    ['no time', ['--now', 'soon'], '--now must be an instant such as 2026-12-24T12:00:00Z, not "soon"'],
  ])('is told so: %s', async (_, words, error) => {
    scene = await Scene.create();
    const given = typeof words === 'function' ? await words(scene) : words;
    const { exitCode, output, errors } = await call(scene.repository.workDir, ['check', ...given]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(errors).toContain(error);
  });
});

describe('check, of what is not there,', () => {
  it('says that the head has nothing new', async () => {
    scene = await Scene.create();
    const { exitCode, output } = await call(scene.repository.workDir, ['check']);
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: 'The head has nothing that the base does not have.\n',
    });
    const markdown = await call(scene.repository.workDir, ['check', '--format', 'markdown']);
    expect(markdown.output).toBe('### ✅ The head has nothing that the base does not have\n');
  });

  it('says that edits which are in no commit are not judged', async () => {
    scene = await Scene.create();
    const { workDir } = scene.repository;
    await writeFile(join(workDir, files.low), lowFlag('90'));
    await writeFile(join(workDir, 'flags/new one.yaml'), 'key: a\n');
    await writeFile(join(workDir, 'README.md'), 'Other words.\n');
    await writeFile(join(workDir, 'flags/.swp'), '');
    const told =
      'not judged: edits that are not committed, of flags/payments/checkout/confetti.yaml, flags/new one.yaml\n';
    expect(await call(workDir, ['check', '--json'])).toMatchObject({ exitCode: 0, errors: told });
    expect(await call(workDir, ['check', '--head', 'HEAD'])).toMatchObject({ exitCode: 0, errors: '' });
  });
});

describe('the comment', () => {
  it('notifies nobody, links nothing and keeps its form, whatever people write', async () => {
    scene = await Scene.create();
    const reason = 'see @acme/all, #12, ![x](https://evil.example/y.png) *now* `code` ``` | GH-3 <details>';
    await scene.push({ [files.medium]: mediumFlag('15') }, `Change\n\nReason: ${reason}`);
    const { output } = await check(scene, ['--format', 'markdown']);
    expect(output).toContain(
      '**Reason:** see `@acme/all`, `#12`, !\\[x\\](https://evil.example/y.png) \\*now\\* `code` \\`\\`\\` \\| `GH-3`',
    );
  });
});
