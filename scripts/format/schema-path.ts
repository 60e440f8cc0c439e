/** Where the schema is that a file's first line names to editors. */
import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { DocumentKind } from './style.js';

/** Where a repository can hold the schemas: this project's own folder, and the package as npm installs it. */
const SCHEMA_FOLDERS = ['schema', 'node_modules/guidon/schema'];

/** The path of a kind's schema, from the file at a path. */
export type SchemaPath = (kind: DocumentKind, path: string) => string;

/**
 * How files name their schemas in the repository at `root`; undefined where it holds none, for a line that leads nowhere
 * would be an error in every editor.
 */
export async function findSchemas(root: string): Promise<SchemaPath | undefined> {
  for (const folder of SCHEMA_FOLDERS) {
    const isThere = await stat(join(root, folder, 'flag.schema.json')).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return (kind, path) => posix.relative(posix.dirname(path), `${folder}/${kind}.schema.json`);
  }
  return undefined;
}
