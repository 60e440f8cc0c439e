import { describe, expect, it } from 'vitest';
import { coAuthorAddresses } from './co-authors.js';

describe('coAuthorAddresses', () => {
  it.each<[message: string, addresses: readonly string[]]>([
    ['Co-authored-by: A <a@b.example>', ['a@b.example']],
    ['co-Authored-BY:<A@b.example>', ['a@b.example']],
    ['text\r\n> Co-authored-by: A a@b.example\r\nmore', ['a@b.example']],
    ['Co-authored-by: A <a@b.example> and <c@d.example>', ['a@b.example', 'c@d.example']],
    ['Co-authored-by: A <a@b.example>\n\nCo-authored-by: A <a@b.example>', ['a@b.example']],
    ['Co-authored-by: A\n <a@b.example>\nmore <c@d.example>', ['a@b.example']],
    ['Reviewed-by: A <a@b.example>', []],
    ['Co-authored-by: A', []],
    ['Co-authored-by: A <@>', []],
    [`Co-authored-by: ${'<'.repeat(100_000)}`, []],
  ])('%.40j', (message, addresses) => {
    expect(coAuthorAddresses([message])).toEqual(addresses);
  });
});
