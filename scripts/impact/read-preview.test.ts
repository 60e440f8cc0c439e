import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { Preview } from './preview.js';
import { MAX_PREVIEW_LENGTH, parsePreview } from './read-preview.js';
import { PREVIEWS } from './testing/previews.js';

const schema = JSON.parse(
  await readFile(new URL('../../schema/check/preview.schema.json', import.meta.url), 'utf8'),
) as object;

/** The ordinary preview with a value at a path; undefined takes it away. */
function changed(path: string, value: unknown): string {
  const copy = JSON.parse(JSON.stringify(PREVIEWS.ordinary)) as Record<string, unknown>;
  const names = path.split('/').slice(1);
  const last = names.pop() ?? '';
  let place = copy;
  for (const name of names) place = place[name] as Record<string, unknown>;
  place[last] = value;
  return JSON.stringify(copy);
}

describe('a preview as JSON', () => {
  const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

  it.each(Object.entries(PREVIEWS))('that is %s is as its schema has it, and is read as what it was', (_, written) => {
    const text = JSON.stringify(written);
    expect([validate(JSON.parse(text)), validate.errors]).toEqual([true, null]);
    const read = parsePreview(text);
    expect(read).toEqual(JSON.parse(text));
  });

  it('is closed, and has a limit and a description everywhere', () => {
    const lacking: string[] = [];
    let seen = 0;
    const visit = (node: unknown, place: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const one = node as Record<string, unknown>;
      const types = new Set([one['type']].flat());
      if (types.has('object') && one['additionalProperties'] !== false) lacking.push(`${place} is open`);
      if (types.has('array') && one['maxItems'] === undefined) lacking.push(`${place} has no limit`);
      if (types.has('string') && one['maxLength'] === undefined && one['pattern'] === undefined)
        lacking.push(`${place} has no limit`);
      for (const [name, property] of Object.entries(one['properties'] ?? {})) {
        seen++;
        const { description, $ref } = property as Record<string, unknown>;
        if (description === undefined && $ref === undefined) lacking.push(`${place}/${name} is not described`);
      }
      for (const [name, inner] of Object.entries(one)) visit(inner, `${place}/${name}`);
    };
    visit(schema, '');
    expect(lacking).toEqual([]);
    expect(seen).toBeGreaterThan(60);
  });
});

describe('what is no preview', () => {
  it.each<[name: string, text: string, why: string]>([
    ['nothing', '', 'is not JSON: it ends too early'],
    ['half of one', JSON.stringify(PREVIEWS.ordinary).slice(0, 500), 'is not JSON: it ends too early'],
    ['other text', '{"version": 1,\n  oops}', 'is not JSON: unexpected "o" at line 2, column 3'],
    ['other JSON', '[]', 'is not as schema/check/preview.schema.json describes: it must be object'],
    ['too much', `"${'a'.repeat(MAX_PREVIEW_LENGTH)}"`, 'is longer than 33554432 characters'],
    [
      'one of another version',
      changed('/version', 2),
      'is not as schema/check/preview.schema.json describes: its /version must be equal to constant',
    ],
    ['one of no commit', changed('/base', 'main'), 'its /base must match pattern'],
    ['one with more', changed('/more', 1), 'it must NOT have additional properties'],
    ['one with less', changed('/flags', undefined), "it must have required property 'flags'"],
    [
      'one with a prototype',
      JSON.stringify(PREVIEWS.ordinary).replace('{', '{"__proto__":{"flags":[]},'),
      'it must NOT have additional properties',
    ],
    [
      'one that inherits a property',
      JSON.stringify(PREVIEWS.ordinary).replace('"findings":', '"__proto__":{"findings":[]},"other":'),
      'must',
    ],
    ['a code that is markup', changed('/findings/0/code', '**x**'), 'its /findings/0/code must match pattern'],
    ['a share over 1', changed('/environments/0/changed/high', 1.5), 'its /environments/0/changed/high must be <= 1'],
    ['a share below 0', changed('/environments/0/changed/low', -0.1), 'its /environments/0/changed/low must be >= 0'],
    [
      'an endless number',
      changed('/population/users', 7).replace('"users":7', '"users":1e999'),
      'its /population/users must be number',
    ],
    [
      'a share below its interval',
      changed('/environments/0/changed/low', 0.9),
      'contradicts itself: its /environments/0/changed has a share outside of its interval',
    ],
    [
      'a share above its interval',
      changed('/flags/1/environments/0/changed/high', 0.001),
      'contradicts itself: its /flags/1/environments/0/changed has a share outside of its interval',
    ],
    [
      'users outside of their interval',
      changed('/flags/1/environments/0/transitions/0/users/users/high', 1),
      'its /flags/1/environments/0/transitions/0/users/users has a count outside of its interval',
    ],
    [
      'a group outside of its interval',
      changed('/environments/0/groups/1/members/low', 1),
      'its /environments/0/groups/1/members has a share outside of its interval',
    ],
    [
      'more contexts than there are',
      changed('/environments/1/changed/contexts', 48_212),
      'its /environments/1/changed/contexts is more than were replayed',
    ],
    [
      'keys that are others',
      changed('/population/keys/hashed', 1),
      'its /population/keys add up to 48212, not to the 48211 of /population/contexts',
    ],
    [
      'users from nowhere',
      changed('/population/usersFrom', 'unknown'),
      'its /population/usersFrom does not say where its /population/users is from',
    ],
    [
      'a population that nobody was counted in',
      changed('/environments/0/changed', undefined),
      'it has /population, but no /environments/0/changed',
    ],
    [
      'counts without a population',
      changed('/population', undefined),
      'it has /environments/0/changed, but no /population',
    ],
    [
      'transitions that are fewer than the contexts',
      changed('/flags/1/environments/0/transitions/2/users/contexts', 2_409),
      'its /flags/1/environments/0/transitions do not add up to 48211 contexts',
    ],
    [
      'changes that are no transitions',
      changed('/flags/1/environments/0/changed/contexts', 0),
      'its /flags/1/environments/0/changed is not what its transitions add up to',
    ],
    [
      'an environment twice',
      changed('/environments/1/environment', 'production'),
      'its /environments has "production" twice',
    ],
    ['a flag twice', changed('/flags/1/key', 'growth.home.layout'), 'its /flags has "growth.home.layout" twice'],
    [
      "a flag's environment twice",
      changed('/flags/0/environments/1/environment', 'production'),
      'its /flags/0/environments has "production" twice',
    ],
  ])('is told so: %s', (_, text, why) => {
    const read: Preview | string = parsePreview(text);
    expect(read).toBeTypeOf('string');
    expect(read).toContain(why);
    expect((read as string).length).toBeLessThan(400);
  });
});
