/** `flagctl contexts describe`, `merge` and `redact`, over real files. */
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { keyedHash } from '../../provider/sampler/index.js';
import { call, type CallOptions } from '../testing/call.js';
import { createFlagRepository } from '../testing/flag-repository.js';

const SECRET = 'correct horse battery staple';

let folder: string;
let repository: TestRepository;

beforeAll(async () => {
  repository = await createFlagRepository();
});
afterAll(() => repository.dispose());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guidon-contexts-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, rows: readonly object[], more = ''): Promise<void> => {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('') + more;
  return writeFile(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
};
const read = async (name: string): Promise<string> => {
  const bytes = await readFile(join(folder, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
};
const contexts = (words: readonly string[], options: CallOptions = {}) => call(folder, ['contexts', ...words], options);

/** Twenty shoppers, of whom one came twice; some weights; a row that is none. */
const shoppers = Array.from({ length: 20 }, (_, index) => ({
  targetingKey: `u-${index}`,
  $weight: index < 10 ? 3 : 1,
  country: index % 4 === 0 ? 'AT' : 'DE',
  email: `person-${index}@mail.test`,
  age: index % 5 === 0 ? String(30 + (index % 3)) : 30 + (index % 3),
  device: { model: index % 2 === 0 ? 'X|1' : 'Y `2`', wallets: index % 2 === 0 ? ['apple-pay'] : [] },
}));

describe('flagctl contexts describe', () => {
  beforeEach(() => write('shoppers.jsonl', [...shoppers, { targetingKey: 'u-3', country: 'FR' }], 'nonsense\n'));

  it('does not show addresses that a few users share, in lists or in sentences', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      targetingKey: `u-${index}`,
      bosses: [`boss-${index % 2}@mail.test`],
      note: `ask <boss-${index % 3}@mail.test>`,
    }));
    await write('team.jsonl', rows);
    for (const format of ['text', 'markdown', 'json']) {
      const { exitCode, output, errors } = await contexts(['describe', 'team.jsonl', '--format', format]);
      expect(exitCode).toBe(0);
      expect(output).toContain('bosses');
      expect(output + errors).not.toContain('mail.test');
    }
  });

  it('says what files hold, and never who it is', async () => {
    const { exitCode, output, errors } = await contexts(['describe', 'shoppers.jsonl']);
    expect(exitCode).toBe(0);
    expect(output).toMatchInlineSnapshot(`
      "1 file: 21 rows, 20 users, 1 repeated, 1 refused
      Weights: 40 users in all; tells as much as 16 equally weighted contexts
      Targeting keys: 20 plain

      ATTRIBUTE       USERS  KIND                             VALUES  COMMONEST
      age             100 %  mixed: number 80 %, string 20 %  6       31 30 %, 30 27.5 %, 32 22.5 %, "30" 10 %, "32" 7.5 %
      country         100 %  string                           2       DE 72.5 %, AT 27.5 %
      device.model    100 %  string                           2       X|1 50 %, Y \`2\` 50 %
      device.wallets  100 %  list                             2       ["apple-pay"] 50 %, [] 50 %
      email           100 %  string                           20      not shown, like an e-mail address; 18 to 19 characters
      targetingKey    100 %  string                           20      not shown, may tell who it is; 3 to 4 characters
      "
    `);
    expect(errors).toMatchInlineSnapshot(`
      "1 row refused:
        shoppers.jsonl:22: expected a JSON object on one line, found "n" at column 1
      "
    `);
    expect(output + errors).not.toMatch(/u-\d|person-/);
  });

  it('says as Markdown what nothing in it can act on', async () => {
    const { output } = await contexts(['describe', 'shoppers.jsonl', '--format', 'markdown']);
    expect(output).toMatchInlineSnapshot(`
      "- 1 file: 21 rows, 20 users, 1 repeated, 1 refused
      - Weights: 40 users in all; tells as much as 16 equally weighted contexts
      - Targeting keys: 20 plain

      | Attribute        | Users | Kind                            | Values | Commonest                                                      |
      | ---------------- | ----: | ------------------------------- | -----: | -------------------------------------------------------------- |
      | \`age\`            | 100 % | mixed: number 80 %, string 20 % |      6 | \`31\` 30 %, \`30\` 27.5 %, \`32\` 22.5 %, \`"30"\` 10 %, \`"32"\` 7.5 % |
      | \`country\`        | 100 % | string                          |      2 | \`DE\` 72.5 %, \`AT\` 27.5 %                                       |
      | \`device.model\`   | 100 % | string                          |      2 | \`X\\|1\` 50 %, \`\` Y \`2\` \`\` 50 %                                  |
      | \`device.wallets\` | 100 % | list                            |      2 | \`["apple-pay"]\` 50 %, \`[]\` 50 %                                |
      | \`email\`          | 100 % | string                          |     20 | not shown, like an e-mail address; 18 to 19 characters         |
      | \`targetingKey\`   | 100 % | string                          |     20 | not shown, may tell who it is; 3 to 4 characters               |
      "
    `);
  });

  it('says it as JSON, never cut', async () => {
    const { output } = await contexts(['describe', 'shoppers.jsonl', '--json']);
    const { attributes, ...rest } = JSON.parse(output) as { attributes: readonly { path: string }[] };
    expect(rest).toMatchInlineSnapshot(`
      {
        "contexts": 20,
        "files": [
          {
            "format": "jsonl",
            "name": "shoppers.jsonl",
            "rows": 21,
          },
        ],
        "keys": {
          "hashed": 0,
          "missing": 0,
          "plain": 20,
          "synthetic": 0,
        },
        "refused": {
          "examples": [
            {
              "file": "shoppers.jsonl",
              "message": "expected a JSON object on one line, found "n" at column 1",
              "row": 22,
            },
          ],
          "rows": 1,
        },
        "repeated": 1,
        "rows": 21,
        "undescribed": 0,
        "weights": {
          "contexts": 20,
          "effective": 16,
          "sum": 40,
        },
      }
    `);
    expect(attributes.find(({ path }) => path === 'country')).toMatchInlineSnapshot(`
      {
        "contexts": 20,
        "distinct": {
          "count": 2,
          "isMore": false,
        },
        "kinds": {
          "string": 20,
        },
        "lengths": {
          "longest": 2,
          "shortest": 2,
        },
        "looks": [],
        "path": "country",
        "share": 1,
        "values": [
          {
            "contexts": 15,
            "share": 0.725,
            "value": ""DE"",
          },
          {
            "contexts": 5,
            "share": 0.275,
            "value": ""AT"",
          },
        ],
      }
    `);
    expect(attributes.find(({ path }) => path === 'email')).toMatchInlineSnapshot(`
      {
        "contexts": 20,
        "distinct": {
          "count": 20,
          "isMore": false,
        },
        "kinds": {
          "string": 20,
        },
        "lengths": {
          "longest": 19,
          "shortest": 18,
        },
        "looks": [
          "e-mail address",
        ],
        "path": "email",
        "share": 1,
      }
    `);
  });

  it('in a flag repository says what flags read, and what of it no context has', async () => {
    const path = join(folder, 'shoppers.jsonl');
    const { output } = await call(repository.workDir, ['contexts', 'describe', path]);
    expect(output).toMatchInlineSnapshot(`
      "1 file: 21 rows, 20 users, 1 repeated, 1 refused
      Weights: 40 users in all; tells as much as 16 equally weighted contexts
      Targeting keys: 20 plain

      ATTRIBUTE       USERS  KIND                             VALUES  FLAGS  COMMONEST
      age             100 %  mixed: number 80 %, string 20 %  6       –      31 30 %, 30 27.5 %, 32 22.5 %, "30" 10 %, "32" 7.5 %
      country         100 %  string                           2       1      DE 72.5 %, AT 27.5 %
      device.model    100 %  string                           2       –      X|1 50 %, Y \`2\` 50 %
      device.wallets  100 %  list                             2       –      ["apple-pay"] 50 %, [] 50 %
      email           100 %  string                           20      2      not shown, like an e-mail address; 18 to 19 characters
      targetingKey    100 %  string                           20      3      not shown, may tell who it is; 3 to 4 characters

      Flags read these attributes, and no context has them:
        appVersion: payments.checkout.new-flow
      "
    `);
  });

  it('tells a file that is none from a slip', async () => {
    await writeFile(join(folder, 'log.jsonl'), 'GET /\n'.repeat(150) + '{"targetingKey":"a"}\n'.repeat(200));
    const { exitCode, errors } = await contexts(['describe', 'log.jsonl']);
    expect(exitCode).toBe(2);
    expect(errors).toMatchInlineSnapshot(`
      "error: 150 of 350 rows of log.jsonl are no contexts, more than a tenth; mend the file, or leave it out
      log.jsonl:1: expected a JSON object on one line, found "G" at column 1

      Usage: flagctl contexts describe [options] <files...>
      See: flagctl contexts describe --help
      "
    `);
    await writeFile(join(folder, 'log.jsonl'), 'GET /\n');
    expect((await contexts(['describe', 'log.jsonl'])).errors).toContain(
      'there is no context in log.jsonl\nlog.jsonl:1: ',
    );
  });

  it('reads a weight of another name', async () => {
    await write('users.jsonl', [
      { targetingKey: 'a', users: 40 },
      { targetingKey: 'b', users: 2 },
    ]);
    expect((await contexts(['describe', 'users.jsonl', '--weight', 'users'])).output).toContain(
      'Weights: 42 users in all',
    );
  });

  it('reads columns as the types that were named, which a message may ask for', async () => {
    const rows = Array.from({ length: 1_500 }, (_, index) => `u-${index},${1_000 + (index % 7)}`);
    const text = `targetingKey,branch\n${rows.join('\n')}\nu-x,10-A\n`;
    await writeFile(join(folder, 'shops.csv'), text);
    const refused = (await contexts(['describe', 'shops.csv'])).errors;
    expect(refused).toMatch(/shops\.csv:1502: its "branch" is "10-A", .* by --type branch=string/);
    const { output, errors } = await contexts(['describe', 'shops.csv', '--type', 'branch=string', '--json']);
    expect(errors).toBe('');
    const { attributes } = JSON.parse(output) as { attributes: { path: string; kinds: unknown }[] };
    expect(JSON.stringify(attributes.find(({ path }) => path === 'branch'))).toContain('"string"');
    expect((await contexts(['merge', 'shops.csv', '--out', 'shops.jsonl', '--type', 'branch=text'])).errors).toContain(
      '--type must be column=type',
    );
    await contexts(['merge', 'shops.csv', '--out', 'shops.jsonl', '--type', 'branch=string']);
    expect(await readFile(join(folder, 'shops.jsonl'), 'utf8')).toContain('{"targetingKey":"u-x","branch":"10-A"}');
  });

  it('holds its tongue about thousands of attributes', async () => {
    const row = (first: number) =>
      Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`id-${first + index}`, 1]));
    await write('many.jsonl', [row(0), row(600)]);
    const { output, errors } = await contexts(['describe', 'many.jsonl']);
    expect(output.split('\n').filter((line) => line.startsWith('id-'))).toHaveLength(1_000);
    expect(errors).toContain('There are more than a thousand attributes');
  });

  it('says of many values that there are more', async () => {
    await write(
      'many.jsonl',
      Array.from({ length: 30_000 }, (_, n) => ({ n: n < 15_000 ? 0 : n, m: n < 29_000 ? n % 50 : n })),
    );
    const { output } = await contexts(['describe', 'many.jsonl']);
    expect(output).toMatch(/^m +100 % +number +1,050 +0 1.9 %, /m);
    expect(output).toMatch(/^n +100 % +number +over 10,000 +0 50 %$/m);
  });
});

describe('flagctl contexts', () => {
  it('reads a column as it is told', async () => {
    await writeFile(join(folder, 'a.csv'), 'targetingKey,build\nu-1,7\nu-2,8\n');
    const merge = (...more: readonly string[]) => contexts(['merge', 'a.csv', '--out', 'all.jsonl', ...more]);
    expect(await merge('--type', 'build=string')).toMatchObject({ exitCode: 0 });
    expect(await read('all.jsonl')).toBe('{"targetingKey":"u-1","build":"7"}\n{"targetingKey":"u-2","build":"8"}\n');
    expect(await merge('--force', '--type', 'build=text')).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('--type must be column=type, such as age=number'),
    });
  });
});

describe('flagctl contexts merge', () => {
  beforeEach(async () => {
    await write('monday.jsonl', [
      { targetingKey: 'a', $weight: 9, day: 1 },
      { targetingKey: 'b', $weight: 2, day: 1 },
    ]);
    await write('tuesday.jsonl.gz', [{ targetingKey: 'a', $weight: 4, day: 2 }], '[]\n');
  });

  it('writes each user once', async () => {
    const { exitCode, output, errors } = await contexts([
      'merge',
      'monday.jsonl',
      'tuesday.jsonl.gz',
      '--out',
      'all.jsonl.gz',
    ]);
    expect(exitCode).toBe(0);
    expect(output).toBe(
      'Wrote 2 users to all.jsonl.gz, from 2 files, 3 rows: 1 repeated a targeting key, 1 refused.\n',
    );
    expect(errors).toMatchInlineSnapshot(`
      "1 row refused:
        tuesday.jsonl.gz:2: expected a JSON object such as {"targetingKey": "u-1"}, found a list
      "
    `);
    expect(await read('all.jsonl.gz')).toBe(
      '{"targetingKey":"b","day":1,"$weight":2}\n{"targetingKey":"a","day":2,"$weight":4}\n',
    );
    expect((await readdir(folder)).toSorted()).toEqual(['all.jsonl.gz', 'monday.jsonl', 'tuesday.jsonl.gz']);
  });

  it('says what a limit did', async () => {
    await write(
      'many.jsonl',
      Array.from({ length: 400 }, (_, index) => ({ targetingKey: `user-${index}` })),
    );
    const { output } = await contexts(['merge', 'many.jsonl', '--out', 'few.jsonl', '--limit', '100']);
    expect(output).toMatchInlineSnapshot(`
      "Wrote 100 users to few.jsonl, from 1 file, 400 rows: 0 repeated a targeting key, 0 refused.
      100 of 400 users stay (25 %); weights grew, from 400 to 400 users in all
      "
    `);
    const json = await contexts(['merge', 'many.jsonl', '--out', 'few.jsonl', '--limit', '100', '--force', '--json']);
    expect(JSON.parse(json.output)).toMatchObject({ out: 'few.jsonl', users: 400, kept: 100, weightBefore: 400 });
    expect((await read('few.jsonl')).split('\n')).toHaveLength(101);
  });

  it('never writes over what it reads, nor over what is there', async () => {
    const before = await read('monday.jsonl');
    await link(join(folder, 'monday.jsonl'), join(folder, 'same.jsonl'));
    await write('other.jsonl', [{}]);
    for (const [name, message] of [
      ['monday.jsonl', 'is read as well, and would be lost'],
      ['same.jsonl', 'is read as well, and would be lost'],
    ] as const) {
      const { exitCode, errors } = await contexts(['merge', 'monday.jsonl', '--out', name, '--force']);
      expect([exitCode, errors]).toEqual([2, expect.stringContaining(message) as string]);
    }
    const { errors } = await contexts(['merge', 'monday.jsonl', '--out', 'other.jsonl']);
    expect(errors).toContain('--out other.jsonl is there; --force replaces it');
    expect(await read('monday.jsonl')).toBe(before);
    expect(await read('other.jsonl')).toBe('{}\n');
  });

  it('leaves nothing behind where a file can’t be read', async () => {
    await writeFile(join(folder, 'broken.jsonl.gz'), gzipSync('{"a":1}\n'.repeat(100)).subarray(0, 25));
    const { exitCode, errors } = await contexts(['merge', 'monday.jsonl', 'broken.jsonl.gz', '--out', 'all.jsonl']);
    expect(exitCode).toBe(2);
    expect(errors).toContain('broken.jsonl.gz: the archive is damaged or ends too early');
    expect((await readdir(folder)).toSorted()).toEqual(['broken.jsonl.gz', 'monday.jsonl', 'tuesday.jsonl.gz']);
  });
});

describe('flagctl contexts redact', () => {
  const secret = { environment: { CONTEXTS_SECRET: SECRET } };

  beforeEach(() => write('raw.jsonl', shoppers, '7\n'));

  it('cleans, and says what it did and what may still tell', async () => {
    await write(
      'raw.jsonl',
      shoppers.map((row, index) => ({ ...row, login: row.email, ip: `10.0.0.${index}` })),
    );
    const words = ['raw.jsonl', '--out', 'clean.jsonl', '--hash', 'targetingKey', '--secret-env', 'CONTEXTS_SECRET'];
    const { exitCode, output, errors } = await contexts(
      ['redact', ...words, '--email-domain', 'email', '--drop', 'device.model,middleName'],
      secret,
    );
    expect(exitCode).toBe(0);
    expect(output).toMatchInlineSnapshot(`
      "Wrote 20 contexts to clean.jsonl, from 1 file; 0 refused.
      Dropped: device.model (20)
      Hashed: targetingKey (20)
      Cut to the domain: email (20)
      Removed or hashed, for it held what was dropped or hashed elsewhere: login (20)
      "
    `);
    expect(errors).toMatchInlineSnapshot(`
      "This may still tell who somebody is:
        ip: looks like an IP address in 20 contexts
      No context has the attribute middleName.
      "
    `);
    const clean = await read('clean.jsonl');
    expect(clean).not.toMatch(/u-\d|person-|login/);
    expect(JSON.parse(clean.split('\n')[1] ?? '')).toEqual({
      targetingKey: keyedHash(SECRET, 'u-1'),
      country: 'DE',
      email: '@mail.test',
      age: 31,
      device: { wallets: [] },
      ip: '10.0.0.1',
      $weight: 3,
    });
    expect(output + errors + clean).not.toContain(SECRET);
  });

  it('keeps what the flags of the repository read, of all environments', async () => {
    const paths = ['raw.jsonl', 'clean.jsonl'].map((name) => join(folder, name));
    const words = [paths[0] ?? '', '--out', paths[1] ?? '', '--only-referenced', '--hash', 'email'];
    const { errors, exitCode } = await call(
      repository.workDir,
      ['contexts', 'redact', ...words, '--secret-env', 'CONTEXTS_SECRET'],
      secret,
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse((await read('clean.jsonl')).split('\n')[0] ?? '')).toEqual({
      targetingKey: 'u-0',
      country: 'AT',
      email: keyedHash(SECRET, 'person-0@mail.test'),
      $weight: 3,
    });
    expect(errors).toContain('Flags compare email: hashed, it matches none of their rules.');
    expect(errors).toContain('targetingKey: plain in 20 contexts');
  });

  it('says as JSON what it did', async () => {
    const { output } = await contexts(['redact', 'raw.jsonl', '--out', 'clean.jsonl', '--keep', 'country', '--json']);
    expect(JSON.parse(output)).toMatchInlineSnapshot(`
      {
        "cut": {},
        "dropped": {
          "age": 20,
          "device": 20,
          "email": 20,
        },
        "files": [
          {
            "format": "jsonl",
            "name": "raw.jsonl",
            "rows": 20,
          },
        ],
        "hashed": {},
        "identifying": [
          {
            "path": "targetingKey",
            "why": "plain in 20 contexts",
          },
        ],
        "out": "clean.jsonl",
        "refused": {
          "examples": [
            {
              "file": "raw.jsonl",
              "message": "expected a JSON object such as {"targetingKey": "u-1"}, found a number",
              "row": 21,
            },
          ],
          "rows": 1,
        },
        "rows": 20,
        "traced": {},
        "warnings": [],
      }
    `);
  });

  it.each<[readonly string[], string]>([
    [[], 'nothing says what to redact'],
    [['--drop', 'email', '--hash', 'email'], 'email is in --drop and in --hash; decide on one'],
    [['--drop', 'a..b'], '--drop must name attributes, such as email or device.model, not "a..b"'],
    [['--hash', 'email'], '--hash needs a secret: put one into an environment variable'],
    [['--hash', 'email', '--secret-env', 'NOT_THERE'], '--secret-env names NOT_THERE, which is not set'],
    [['--hash', 'email', '--secret-env', 'SHORT'], 'the secret in SHORT is too short: at least 16 characters'],
    [['--hash', 'email', '--secret-env', SECRET], '--secret-env must name an environment variable'],
    [['--drop', 'email', '--secret-env', 'CONTEXTS_SECRET'], '--secret-env needs --hash'],
    [['--only-referenced'], '--only-referenced needs a flag repository around'],
  ])('refuses %j, and repeats no secret', async (words, message) => {
    const environment = { CONTEXTS_SECRET: SECRET, SHORT: 'short secret' };
    const { exitCode, output, errors } = await contexts(['redact', 'raw.jsonl', '--out', 'clean.jsonl', ...words], {
      environment,
    });
    expect(exitCode).toBe(2);
    expect(errors).toContain(message);
    expect(output + errors).not.toMatch(/correct horse|short secret/);
    expect(await readdir(folder)).toEqual(['raw.jsonl']);
  });

  it('does nothing by a repository that does not load', async () => {
    const broken = await createFlagRepository({ 'flags/platform/web/banner.yaml': 'key: 7\n' });
    try {
      const words = [join(folder, 'raw.jsonl'), '--out', join(folder, 'clean.jsonl')];
      const { exitCode, output } = await call(broken.workDir, ['contexts', 'redact', ...words, '--only-referenced']);
      expect(exitCode).toBe(1);
      expect(output).toContain('The repository does not load');
      expect(await readdir(folder)).toEqual(['raw.jsonl']);
      const described = await call(broken.workDir, ['contexts', 'describe', join(folder, 'raw.jsonl')]);
      expect(described.exitCode).toBe(0);
      expect(described.errors).toContain('The flag repository does not load, so nothing is said of what flags read.');
    } finally {
      await broken.dispose();
    }
  });
});
