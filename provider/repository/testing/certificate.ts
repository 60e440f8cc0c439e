/** Self-signed certificates of this machine, made by openssl, valid now or long expired. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A certificate for 127.0.0.1, and its key. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** The file of the certificate, for clients that trust it. */
  readonly certFile: string;
}

const VALIDITY = { now: ['20200101000000Z', '20491231235959Z'], past: ['20200101000000Z', '20200102000000Z'] } as const;

const CONFIGURATION = `[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
`;

function isMissing(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
}

/** Why tests with certificates can't run here; undefined where they can. */
export const opensslMissing = isMissing() ? 'openssl is not installed' : undefined;

/** Makes one in `folder`, which must be empty or new. */
export async function makeCertificate(folder: string, validity: keyof typeof VALIDITY): Promise<Certificate> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ca.cnf'), CONFIGURATION);
  await writeFile(join(folder, 'index.txt'), '');
  await writeFile(join(folder, 'serial'), '01\n');
  await writeFile(join(folder, 'extensions'), 'subjectAltName = IP:127.0.0.1\n');
  const [start, end] = VALIDITY[validity];
  for (const command of [
    'ecparam -genkey -name prime256v1 -noout -out key.pem',
    'req -new -key key.pem -subj /CN=127.0.0.1 -out request.pem',
    `ca -batch -config ca.cnf -selfsign -keyfile key.pem -in request.pem -out cert.pem -notext -extfile extensions -startdate ${start} -enddate ${end}`,
  ]) {
    await execute('openssl', command.split(' '), { cwd: folder });
  }
  const certFile = join(folder, 'cert.pem');
  return { key: await readFile(join(folder, 'key.pem')), cert: await readFile(certFile), certFile };
}
