/** The objects of a git directory as files, to count, damage and remove. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Every loose object and pack. */
export async function objectFiles(gitDir: string): Promise<string[]> {
  const names = await readdir(join(gitDir, 'objects'), { recursive: true });
  return names.filter((name) => /^..\/.{38}$|\.pack$/.test(name)).map((name) => join(gitDir, 'objects', name));
}

/** The file of a loose object. */
export function looseObject(gitDir: string, id: string): string {
  return join(gitDir, 'objects', id.slice(0, 2), id.slice(2));
}

/** Turns the packs into loose objects. */
export async function unpack(gitDir: string): Promise<void> {
  for (const pack of (await objectFiles(gitDir)).filter((file) => file.endsWith('.pack'))) {
    const bytes = await readFile(pack);
    for (const end of ['pack', 'idx', 'rev']) await rm(pack.replace(/pack$/, end), { force: true });
    const child = execFile('git', ['--git-dir', gitDir, 'unpack-objects', '-q']);
    child.stdin?.end(bytes);
    await once(child, 'close');
  }
}
