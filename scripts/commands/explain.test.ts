import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../../provider/repository/testing/repository.js';
import { call, type CallOptions } from '../testing/call.js';
import { createFlagRepository } from '../testing/flag-repository.js';

let repository: TestRepository;

beforeAll(async () => {
  repository = await createFlagRepository();
});

afterAll(() => repository.dispose());

function explain(key: string, environment: string, context: unknown, words: readonly string[] = []) {
  const json = JSON.stringify(context);
  return call(repository.workDir, ['explain', key, '--env', environment, '--context', json, ...words]);
}

describe('explain', () => {
  it('shows the rule that matched, and the segment in it', async () => {
    const { exitCode, output } = await explain('payments.checkout.new-flow', 'production', {
      email: 'ann@example.com',
    });
    expect(exitCode).toBe(0);
    expect(output).toMatchInlineSnapshot(`
      "payments.checkout.new-flow in production

      value    true
      variant  true
      reason   TARGETING_MATCH
      decided  by the rule \`employees\`

      ✓ rule employees: matches, and serves true
          ✓ segment employees
              ✓ email endsWith "@example.com" — found "ann@example.com"
      "
    `);
  });

  it('shows why each rule before did not match, and the bucket of the rollout', async () => {
    const context = { targetingKey: 'u-1', email: 'eve@other.test', country: 'DE', appVersion: '4.1.9' };
    const { output } = await explain('payments.checkout.new-flow', 'production', context);
    expect(output).toMatchInlineSnapshot(`
      "payments.checkout.new-flow in production

      value    false
      variant  false
      reason   SPLIT
      decided  by the rollout

      ✗ rule employees: does not match
          ✗ segment employees
              ✗ email endsWith "@example.com" — but found "eve@other.test"
      ✗ rule dach-pilot: does not match
          ✓ country in ["DE", "AT", "CH"] — found "DE"
          ✗ appVersion semver ">=4.2.0" — but found "4.1.9"
      ✗ rollout: 5 %; the bucket of targetingKey is 53.067 %, not below 5 %: out, so the default serves
      "
    `);
  });

  it('shows the rollout of a rule', async () => {
    const context = { targetingKey: 'u-1', country: 'DE', appVersion: '4.2.0' };
    const { output } = await explain('payments.checkout.new-flow', 'production', context);
    expect(output).toMatchInlineSnapshot(`
      "payments.checkout.new-flow in production

      value    false
      variant  false
      reason   SPLIT
      decided  by the rule \`dach-pilot\`

      ✗ rule employees: does not match
          ✗ segment employees
              ✗ email endsWith "@example.com" — but it is missing
      ✓ rule dach-pilot: matches, and rolls out 10 %; the bucket of targetingKey is 53.067 %, not below 10 %: out, so the default serves
          ✓ country in ["DE", "AT", "CH"] — found "DE"
          ✓ appVersion semver ">=4.2.0" — found "4.2.0"
      "
    `);
  });

  it('shows stages', async () => {
    const { output } = await explain('platform.web.search', 'production', { targetingKey: 'u-1' });
    expect(output).toMatchInlineSnapshot(`
      "platform.web.search in production

      value    false
      variant  false
      reason   SPLIT
      decided  by the stage \`canary\`

      ✗ stage internal: is for segment employees: out
          ✗ segment employees
              ✗ email endsWith "@example.com" — but it is missing
      ✗ stage canary: 5 %; the bucket of targetingKey is 25.739 %, not below 5 %: out, so the default serves
      "
    `);
  });

  it('shows prerequisites and several variants', async () => {
    const { output } = await explain('platform.web.banner', 'staging', { targetingKey: 'u-3' });
    expect(output).toMatchInlineSnapshot(`
      "platform.web.banner in staging

      value    ""
      variant  none
      reason   SPLIT
      decided  by the rollout

      ✓ prerequisite payments.checkout.new-flow: needs true, and it serves true
      ✗ rollout: calm 25 %, loud 25 %; the bucket of targetingKey is 84.99 %, not below 50 %: out, so the default serves
      "
    `);
  });

  const outcomes: readonly (readonly [
    what: string,
    key: string,
    environment: string,
    context: unknown,
    line: RegExp,
  ])[] = [
    ['a disabled flag', 'platform.api.rate-limit', 'production', {}, /✗ environment: the flag is disabled here/],
    ['an absent environment', 'platform.api.rate-limit', 'staging', {}, /✗ environment: the flag is disabled here/],
    ['a key that is missing', 'payments.checkout.new-flow', 'production', {}, /targetingKey can't be hashed/],
    ['a rollout to everybody', 'payments.checkout.new-flow', 'staging', {}, /✓ rollout: everybody \(100 %\)/],
    [
      'a member of a stage',
      'platform.web.search',
      'production',
      { email: 'a@example.com' },
      /✓ stage internal: .*employees/,
    ],
    [
      'an attribute of another type',
      'payments.checkout.new-flow',
      'production',
      { country: 49 },
      /country in .* but found 49/,
    ],
  ];

  it.each(outcomes)('says of %s', async (_what, key, environment, context, line) => {
    const { exitCode, output } = await explain(key, environment, context);
    expect(output).toMatch(line);
    expect(exitCode).toBe(0);
  });

  it('prints JSON', async () => {
    const { output } = await explain('platform.web.search', 'production', { targetingKey: 'u-1' }, ['--json']);
    expect(JSON.parse(output)).toMatchObject({ evaluation: { value: false, variant: 'false', reason: 'SPLIT' } });
    const masked = output.replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…');
    await expect(masked).toMatchFileSnapshot('golden/explain.json.txt');
  });

  it('writes what a terminal would obey as an escape', async () => {
    const context = { email: '\u001b]0;owned\u0007\u202e', country: '\u009b31m' };
    const { output } = await explain('payments.checkout.new-flow', 'production', context);
    expect(output).toContain('u{202e}');
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('the context', () => {
  const withContext = (context: string, options?: CallOptions) => {
    const words = ['explain', 'payments.checkout.new-flow', '--env', 'production', '--context', context];
    return call(repository.workDir, words, options);
  };

  it('comes from a file or from standard input as well', async () => {
    const json = '{"email": "ann@example.com"}';
    await writeFile(join(repository.folder, 'context.json'), `\uFEFF${json}`);
    const given = await withContext(json);
    expect(given.output).toContain('TARGETING_MATCH');
    expect(await withContext('@../context.json')).toEqual(given);
    expect(await withContext('-', { input: json })).toEqual(given);
  });

  const refusals: readonly [what: string, context: string, message: RegExp, input?: string | Uint8Array][] = [
    ['a missing bracket', '{"a": 1', /not JSON: it ends too early at line 1, column 8/],
    ['a bare word', '{a: 1}', /unexpected "a" at line 1, column 2\n {2}\{a: 1\}\n {3}\^/],
    ['a comma too many, on another line', '{\n  "a": 1,\n}', /unexpected "\}" at line 3, column 1/],
    ['nothing', '', /ends too early at line 1, column 1/],
    ['a list', '[]', /must be a JSON object .* not a list/],
    ['a string', '"x"', /not a string/],
    ['null', 'null', /not null/],
    ['a file that is not there', '@nowhere.json', /can't read the context from .*nowhere\.json/],
    ['a folder', '@flags', /can't read the context/],
    ['too long a text', '-', /longer than 1048576 bytes/, `{"a":"${'x'.repeat(1024 * 1024)}"}`],
    ['bytes that are not UTF-8', '-', /not UTF-8/, Uint8Array.of(0xff, 0xfe)],
    ['too deep a nesting', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, /deeper than 32/],
  ];

  it.each(refusals)('is refused for %s', async (_what, context, message, input) => {
    const { exitCode, output, errors } = await withContext(context, input === undefined ? {} : { input });
    expect(errors).toMatch(message);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
  });

  it('can hold names that objects have by themselves', async () => {
    const { exitCode } = await withContext('{"__proto__": {"email": "ann@example.com"}, "constructor": 1}');
    expect(exitCode).toBe(0);
  });
});
