import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { call } from '../../testing/call.js';
import { previewFile } from '../testing/preview.js';
import { disposeCompany, NOW, Scene } from '../testing/scene.js';
import type { Verdict } from '../verdict.js';
import type { Attack } from './attack.js';
import { attacks, metElsewhere } from './list.js';

/** The list of the forty that this suite answers. */
const LISTED = Array.from({ length: 40 }, (_, index) => index + 1);

let scene: Scene | undefined;

afterEach(async () => {
  await scene?.repository.dispose();
});

afterAll(disposeCompany);

/** The verdict of the command itself, as a workflow would call it. */
async function verdictOf({ before, scene: play, preview, now = NOW }: Attack): Promise<Verdict> {
  scene = await Scene.create(before);
  await play(scene);
  const given = preview === undefined ? [] : ['--preview', await previewFile(scene, await preview(scene))];
  const file = join(scene.repository.folder, 'pull-request.json');
  await writeFile(file, JSON.stringify(await scene.pullRequest()));
  const words = ['check', '--base', 'origin/main', '--head', 'change', '--pull-request', `@${file}`, '--now', now];
  const { exitCode, output, errors } = await call(scene.repository.workDir, [...words, ...given, '--format', 'json']);
  expect(errors).toBe('');
  const verdict = JSON.parse(output) as Verdict;
  expect(exitCode).toBe(verdict.outcome === 'passes' ? 0 : 1);
  return verdict;
}

describe('an attack on the two-person rule', () => {
  it.each(attacks.map((attack) => [attack.number, attack.name, attack] as const))('%i: %s', async (_, __, attack) => {
    const verdict = await verdictOf(attack);
    const { findings, problems } = verdict;
    const told = [...findings, ...problems].map(
      ({ severity, code, message, fix = '' }) => `${severity} ${code}: ${message}; ${fix}`,
    );
    const errors = told.filter((line) => line.startsWith('error'));
    expect({ outcome: verdict.outcome, errors: attack.verdict === 'passes' ? errors : [] }).toEqual({
      outcome: attack.verdict,
      errors: [],
    });
    expect([...findings, ...problems].map(({ code }) => code)).toEqual(
      expect.arrayContaining([...(attack.codes ?? [])]),
    );
    if (attack.says !== undefined) expect(errors.join('\n')).toContain(attack.says);
    if (attack.tier !== undefined) expect(verdict.tier).toBe(attack.tier);
    if (attack.isReducing !== undefined) expect(verdict.isReducing).toBe(attack.isReducing);
  });
});

describe('the suite', () => {
  it('answers each of the forty', () => {
    const answered = new Set([...attacks, ...metElsewhere].map(({ number }) => number));
    expect(LISTED.filter((number) => !answered.has(number))).toEqual([]);
  });
});
