/** The file that `--preview` names. */
import { resolve } from 'node:path';
import { UsageError, type CommandInput } from '../command.js';
import { readFileText } from '../json-argument.js';
import type { Preview } from './preview.js';

/** Reads what `flagctl preview --json` printed. @throws UsageError where it is none */
export async function readPreviewFile(name: string, { directory }: Pick<CommandInput, 'directory'>): Promise<Preview> {
  // What a preview must look like is a large program: only who gives one waits for it.
  const { MAX_PREVIEW_LENGTH, parsePreview } = await import('./read-preview.js');
  const text = await readFileText(resolve(directory, name), { what: 'the preview', maxBytes: MAX_PREVIEW_LENGTH });
  const preview = parsePreview(text);
  if (typeof preview !== 'string') return preview;
  throw new UsageError(`the preview in ${name} ${preview}; --preview takes what \`flagctl preview --json\` printed`);
}
