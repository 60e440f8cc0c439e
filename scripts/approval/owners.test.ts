import { describe, expect, it } from 'vitest';
import { ownersOfFiles, type ReachedFile } from './owners.js';

const VALID = '* @acme/platform\n/flags/payments/ @acme/payments\n';

function side(files: Readonly<Record<string, string>>) {
  return { codeowners: new Map(Object.entries(files)) };
}

function reached(path: string, status: ReachedFile['status'] = 'modified'): ReachedFile {
  return { path, why: 'changed', status };
}

const flag = 'flags/payments/a.yaml';

describe('the owners of files', () => {
  const valid = side({ CODEOWNERS: VALID });

  it.each([
    ['modified', ['@acme/payments'], ['@acme/growth']],
    ['reached', ['@acme/payments'], ['@acme/growth']],
    ['added', undefined, ['@acme/growth']],
    ['deleted', ['@acme/payments'], undefined],
  ] as const)('of a file that is %s are those of the sides where it is', (status, ownersBefore, ownersAfter) => {
    const result = side({ CODEOWNERS: `${VALID}/flags/payments/ @acme/growth` });
    const { files, findings } = ownersOfFiles(valid, result, [reached(flag, status)]);
    expect(files).toEqual([{ path: flag, why: 'changed', ownersBefore, ownersAfter }]);
    expect(findings).toEqual([]);
  });

  it.each([
    [
      'a second CODEOWNERS',
      valid,
      side({ CODEOWNERS: VALID, '.github/CODEOWNERS': '* @eve' }),
      'error',
      'codeowners-second',
      'GitHub reads .github/CODEOWNERS and no other',
    ],
    [
      'a second CODEOWNERS that GitHub does not read',
      valid,
      side({ CODEOWNERS: VALID, 'docs/CODEOWNERS': '' }),
      'error',
      'codeowners-second',
      'GitHub reads CODEOWNERS and no other',
    ],
    [
      'a CODEOWNERS where another host looks',
      valid,
      side({ CODEOWNERS: VALID, '.gitlab/CODEOWNERS': '' }),
      'error',
      'codeowners-second',
      '',
    ],
    [
      'two on both sides',
      side({ CODEOWNERS: VALID, 'docs/CODEOWNERS': '' }),
      side({ CODEOWNERS: VALID, 'docs/CODEOWNERS': '' }),
      'error',
      'codeowners-second',
      '',
    ],
    [
      'an invalid line',
      valid,
      side({ CODEOWNERS: `${VALID}/flags/ @acme/payments,` }),
      'error',
      'codeowners-invalid',
      'CODEOWNERS line 3 after the change',
    ],
    [
      'many invalid lines',
      valid,
      side({ CODEOWNERS: VALID + '[ @a\n'.repeat(5) }),
      'error',
      'codeowners-invalid',
      'and 4 more such',
    ],
    [
      'an ignored, huge file',
      valid,
      side({ CODEOWNERS: '#'.repeat(3_000_000) }),
      'error',
      'codeowners-invalid',
      '3 MB',
    ],
    [
      'no CODEOWNERS after the change',
      valid,
      side({}),
      'error',
      'codeowners-missing',
      'there is no CODEOWNERS after the change',
    ],
    [
      'only one that GitHub does not read',
      valid,
      side({ '.gitlab/CODEOWNERS': VALID }),
      'error',
      'codeowners-missing',
      '',
    ],
    [
      'an ownerless last line',
      valid,
      side({ CODEOWNERS: `${VALID}${flag}\n` }),
      'error',
      'file-without-owner',
      'after the change line 3 of CODEOWNERS gives it to nobody',
    ],
    [
      'a path that no line matches',
      valid,
      side({ CODEOWNERS: '/schema/ @acme/platform' }),
      'error',
      'file-without-owner',
      'no line of CODEOWNERS matches it',
    ],
    [
      'an ownerless file at base',
      side({ CODEOWNERS: '/schema/ @a' }),
      valid,
      'error',
      'file-without-owner',
      'at base no line of CODEOWNERS matches it',
    ],
    [
      'a repair of two',
      side({ CODEOWNERS: VALID, 'docs/CODEOWNERS': '' }),
      valid,
      'warning',
      'codeowners-second',
      'this change repairs it',
    ],
    [
      'a repair of a line',
      side({ CODEOWNERS: `${VALID}[ @a` }),
      valid,
      'warning',
      'codeowners-invalid',
      'this change repairs it',
    ],
  ] as const)('%s', (_, base, result, severity, code, words) => {
    const { findings } = ownersOfFiles(base, result, [reached(flag)]);
    const found = findings.filter((finding) => finding.code === code);
    expect(found.map((finding) => finding.severity)).toContain(severity);
    expect(found.map(({ message }) => message).join('\n')).toContain(words);
    expect(findings.some((finding) => finding.severity === 'error')).toBe(severity === 'error');
  });

  it('says once what is wrong on both sides', () => {
    const broken = side({ CODEOWNERS: `${VALID}[ @a\n/flags/payments/a.yaml` });
    expect(ownersOfFiles(broken, broken, [reached(flag)]).findings.map(({ code }) => code)).toEqual([
      'codeowners-invalid',
      'file-without-owner',
    ]);
  });

  it('lets the first CODEOWNERS come with new files, and with nothing else', () => {
    const first = [reached('CODEOWNERS', 'added'), reached(flag, 'added')];
    const codes = (files: readonly ReachedFile[]) =>
      ownersOfFiles(side({}), valid, files).findings.map(({ severity, code }) => `${severity} ${code}`);
    expect(codes(first)).toEqual(['warning codeowners-missing']);
    expect(codes([...first, reached('README.md')])).toEqual(['warning codeowners-missing', 'error file-without-owner']);
  });
});
