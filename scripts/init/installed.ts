/** Which commit of Guidon's repository is installed, where npm took it from git: what its actions can be pinned to. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** As npm writes it down for every URL of GitHub: `git+ssh://git@github.com/acme/guidon.git#<hash>`. */
const RESOLVED =
  /^git\+(?:ssh|https):\/\/(?:git@)?github\.com\/([A-Za-z0-9-]{1,39}\/[A-Za-z0-9._-]{1,100}?)(?:\.git)?#([0-9a-f]{40})$/;

/** `owner/name@commit`; undefined where the package came from elsewhere. @param modules the `node_modules` above it */
export async function installedActions(modules: string): Promise<string | undefined> {
  try {
    const lock: unknown = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8'));
    const { packages } = lock as { packages?: { 'node_modules/guidon'?: { resolved?: unknown } } };
    const resolved = packages?.['node_modules/guidon']?.resolved;
    const [, repository, commit] = (typeof resolved === 'string' && RESOLVED.exec(resolved)) || [];
    return repository === undefined ? undefined : `${repository}@${commit}`;
  } catch {
    return undefined;
  }
}
