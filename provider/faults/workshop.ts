/** What the scenes of a suite share because it takes a second to make: a bundle for children, and certificates. */
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bundle } from '../repository/testing/bundle.js';
import { makeCertificates, type Certificates } from './certificates.js';
import { CHILD_ENTRY } from './child.js';

/** Where git finds the authorities to trust. */
const AUTHORITIES = 'GIT_SSL_CAINFO';

/** A folder for a suite; everything in it is made when it is first asked for. */
export class Workshop {
  #bundle: Promise<Bundle> | undefined;
  #certificates: Promise<Certificates> | undefined;
  readonly #authoritiesBefore = process.env[AUTHORITIES];

  private constructor(private readonly folder: string) {}

  static async create(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'guidon-test-'));
    // Some children run as another user.
    await chmod(folder, 0o755);
    // The compiled schemas are CommonJS, and ask for a few functions at run time.
    await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
    return new Workshop(folder);
  }

  /** The application of a process of its own. */
  bundle(): Promise<Bundle> {
    return (this.#bundle ??= Bundle.of(CHILD_ENTRY, join(this.folder, 'built')));
  }

  /** Certificates whose authority this process trusts from then on. */
  async certificates(): Promise<Certificates> {
    const certificates = await (this.#certificates ??= makeCertificates(join(this.folder, 'tls')));
    process.env[AUTHORITIES] = certificates.authoritiesFile;
    return certificates;
  }

  async dispose(): Promise<void> {
    if (this.#authoritiesBefore === undefined) delete process.env[AUTHORITIES];
    else process.env[AUTHORITIES] = this.#authoritiesBefore;
    await rm(this.folder, { recursive: true, force: true });
  }
}
