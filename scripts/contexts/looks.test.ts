import { describe, expect, it, test } from 'vitest';
import { lookOf } from './looks.js';

describe('lookOf', () => {
  test.each<[unknown, string | undefined]>([
    ['ann@example.com', 'e-mail address'],
    ['Ann.Smith+beta@mail.example.co.uk', 'e-mail address'],
    ['@example.com', undefined],
    ['ann@localhost', undefined],
    ['a note to ann@example.com, today', 'e-mail address'],
    ['Ann <ann@example.com>', 'e-mail address'],
    ['mailto:ann@example.com', 'e-mail address'],
    ['meet @ the.office', undefined],
    [['DE', ['ann@example.com']], 'e-mail address'],
    [[{ tel: '+49 30 1234567' }], 'phone number'],
    [['DE', null, 7], undefined],
    ['192.168.0.17', 'IP address'],
    ['2001:db8::17', 'IP address'],
    ['12:30:45', undefined],
    ['6.4.0', undefined],
    ['999.1.1.1', undefined],
    ['+49 30 1234567', 'phone number'],
    ['0049301234567', 'phone number'],
    ['+1 (555) 010-9999', 'phone number'],
    ['2026-11-24', undefined],
    ['10115', undefined],
    [49301234567, undefined],
    [null, undefined],
    ['', undefined],
  ])('of %j is %s', (value, look) => {
    expect(lookOf(value)).toBe(look);
  });

  it('is nothing for a text of any length that nearly is one', () => {
    for (const text of ['a'.repeat(1e6), `a@${'.'.repeat(1e6)}`, `a@${'b.'.repeat(1e5)}@`, `+1${'-'.repeat(1e6)}`]) {
      for (const part of [text, text.slice(0, 320)]) expect(lookOf(part)).toBeUndefined();
    }
  });
});
