import { describe, expect, it } from 'vitest';
import { redact, shown } from './redact.js';

const TOKEN = 'tok/en+1';

describe('redact', () => {
  it.each([
    ['plain', `bad ${TOKEN}!`],
    ['in a URL', `bad ${encodeURIComponent(TOKEN)}!`],
    ['in Base64', `bad ${Buffer.from(TOKEN).toString('base64')}!`],
    ['in Base64 without padding', `bad ${Buffer.from(TOKEN).toString('base64').replace('=', '')}!`],
  ])('masks a secret %s', (_, text) => {
    expect(redact(text, [TOKEN])).toBe('bad ***!');
  });

  it.each([
    ['https://ann:secret@example.com/x', 'https://***@example.com/x'],
    ['https://secret@example.com/x', 'https://***@example.com/x'],
    ['https://ann:sec@ret@example.com/x', 'https://***@example.com/x'],
    ['see https://example.com/x and mail ann@example.com', 'see https://example.com/x and mail ann@example.com'],
  ])('masks the user information of %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it('leaves the text alone when a secret is empty', () => {
    expect(redact('text', [''])).toBe('text');
  });
});

describe('shown', () => {
  it('gives one line without what could drive a terminal', () => {
    expect(shown('a\u001b[31mb\r\nc\u202ed\u009b')).toBe('a [31mb c d');
  });

  it('is short, however long the text', () => {
    expect(shown('x'.repeat(10_000))).toHaveLength(301);
  });
});
