/** Contexts of tests as a file that nobody has to write. */
import type { ContextFile } from '../../contexts/contexts.js';

/** Rows as lines of JSON, in batches of some rows; texts are lines as they are. */
export function linesFile(rows: readonly unknown[], batchRows = rows.length, name = 'contexts.jsonl'): ContextFile {
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  const bytes = Buffer.byteLength(lines.join('\n'));
  return {
    name,
    format: 'jsonl',
    bytes,
    async *batches(progress) {
      let readBytes = 0;
      for (let at = 0; at < lines.length; at += batchRows) {
        const text = Buffer.from(lines.slice(at, at + batchRows).join('\n'));
        readBytes = Math.min(bytes, readBytes + text.length + 1);
        progress(readBytes);
        yield { kind: 'lines', file: name, first: at + 1, bytes: new Uint8Array(text), refused: [] };
      }
    },
  };
}
