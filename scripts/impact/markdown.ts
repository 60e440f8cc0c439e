/** A preview as Markdown, for a comment at a pull request. Nothing that somebody wrote is active in it. */
import type { Preview } from './preview.js';
import { elsewhereOf, headlineOf } from './headline.js';

/** The preview as one screen, with its details folded. Ends in a newline. */
export function previewMarkdown(preview: Preview): string {
  const lines = [`**${headlineOf(preview)}**`, ...elsewhereOf(preview).map((text) => `- ${text}`)];
  return `${lines.join('\n\n')}\n`;
}
