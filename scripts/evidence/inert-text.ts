/** What strangers wrote, for places that turn text into mentions and links. */
import { spellInvisible } from '../../provider/repository/index.js';

/** Joins what it stands between without being seen, and is no part of a name or an address. */
const JOINER = '\u2060';

/** For GitHub's and GitLab's Markdown: nobody is notified, nothing is HTML or a link, all on one line. */
export function inertMarkdown(text: string): string {
  return broken(spellInvisible(text.replaceAll(/\s+/g, ' '))).replaceAll('<', '&lt;');
}

/**
 * For chats that take Slack's messages, some of which also read Markdown: Slack's own escapes, and no address, mention
 * or channel that another one would find.
 */
export function inertChat(text: string, maxLength: number): string {
  const line = spellInvisible(text.replaceAll(/\s+/g, ' ').trim());
  const cut = line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
  return broken(cut).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function broken(text: string): string {
  return text
    .replaceAll(/[@#~!](?=[\p{L}\p{N}_<])/gu, `$&${JOINER}`)
    .replaceAll(/:(?=\/\/)/g, `:${JOINER}`)
    .replaceAll(/\bwww\./gi, `$&${JOINER}`)
    .replaceAll('](', `]${JOINER}(`);
}
