/** What the scenes of a suite share because it takes a second to make: a bundle for children, and certificates. */
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bundle } from '../repository/testing/bundle.js';
import { type Certificate, makeCertificate } from '../repository/testing/certificate.js';
import { CHILD_ENTRY } from './child.js';

/** Where git finds the authorities to trust. */
const AUTHORITIES = 'GIT_SSL_CAINFO';

/** The certificates of one server. */
export interface Certificates {
  readonly valid: Certificate;
  readonly expired: Certificate;
}

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

  /** Certificates that every git of this process trusts from then on, as far as they are valid. */
  certificates(): Promise<Certificates> {
    return (this.#certificates ??= this.#makeCertificates());
  }

  async dispose(): Promise<void> {
    if (this.#authoritiesBefore === undefined) delete process.env[AUTHORITIES];
    else process.env[AUTHORITIES] = this.#authoritiesBefore;
    await rm(this.folder, { recursive: true, force: true });
  }

  async #makeCertificates(): Promise<Certificates> {
    const valid = await makeCertificate(join(this.folder, 'valid'), 'now');
    const expired = await makeCertificate(join(this.folder, 'expired'), 'past');
    const file = join(this.folder, 'authorities.pem');
    await writeFile(file, Buffer.concat([valid.cert, expired.cert]));
    process.env[AUTHORITIES] = file;
    return { valid, expired };
  }
}
