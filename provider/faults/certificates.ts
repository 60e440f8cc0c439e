/** Certificates of one host: one that holds, and one that has expired. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Identity } from '../repository/testing/fault-proxy.js';

const execute = promisify(execFile);

/** Two identities, and the file of authorities that vouch for both. */
export interface Certificates {
  readonly valid: Identity;
  readonly expired: Identity;
  readonly authoritiesFile: string;
}

const CONFIGURATION = `[ca]
default_ca = test
[test]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`;

/** Makes them in a folder. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  await mkdir(folder);
  const openssl = (...args: readonly string[]) => execute('openssl', args, { cwd: folder });
  await writeFile(join(folder, 'ca.conf'), CONFIGURATION);
  await writeFile(join(folder, 'index'), '');
  await writeFile(join(folder, 'index.attr'), 'unique_subject = no\n');
  await writeFile(join(folder, 'serial'), '01\n');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test authority');
  const host = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await openssl('req', '-new', ...newKey, '-keyout', 'host.key', '-out', 'host.csr', ...host);
  const key = await readFile(join(folder, 'host.key'), 'utf8');
  const sign = async (name: string, end: string): Promise<Identity> => {
    const dates = ['-startdate', '20200101000000Z', '-enddate', end];
    const by = ['-config', 'ca.conf', '-cert', 'ca.pem', '-keyfile', 'ca.key'];
    await openssl('ca', '-batch', '-notext', ...by, ...dates, '-in', 'host.csr', '-out', `${name}.pem`);
    return { cert: await readFile(join(folder, `${name}.pem`), 'utf8'), key };
  };
  const expired = await sign('expired', '20200102000000Z');
  const valid = await sign('valid', '20990101000000Z');
  return { valid, expired, authoritiesFile: join(folder, 'ca.pem') };
}
