/**
 * SSH signatures of commits: whose key it is, at the host's time of the merge. Git itself takes the time from the
 * committer's date, which anybody may backdate to when a revoked key was good, and does not ask whose key it is.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyncError, type GitRepository } from '../../provider/repository/index.js';
import { readGit } from './local-git.js';

/** What a commit's signature proves. */
export type Signed =
  | { readonly kind: 'none' }
  /** Not SSH: nobody looked at it. */
  | { readonly kind: 'other-format' }
  | { readonly kind: 'author' }
  /** A good one, of others. */
  | { readonly kind: 'others'; readonly principals: readonly string[] }
  /** Broken, of a key that is nobody's, or of one that was not valid at the time. */
  | { readonly kind: 'untrusted' };

/** Who signed what, and when the host took it. */
interface SignatureQuestion {
  readonly commit: string;
  readonly authorEmail: string;
  readonly at: Date;
  /** The path of an allowed signers file, absolute. */
  readonly allowedSigners: string;
}

const SSH_SIGNATURE = '-----BEGIN SSH SIGNATURE-----';
const SIGNATURE_HEADERS: ReadonlySet<string> = new Set(['gpgsig', 'gpgsig-sha256']);

/** It computes for milliseconds; a key never needs a person here. */
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Looks at a commit's signature. @throws SyncError where ssh-keygen is missing or the commit can't be read */
export async function readSignature(repository: GitRepository, question: SignatureQuestion): Promise<Signed> {
  const { payload, signatures } = parted(await readGit(repository, ['cat-file', 'commit', question.commit]));
  const [signature, ...more] = signatures;
  if (signature === undefined) return { kind: 'none' };
  if (more.length > 0) return { kind: 'untrusted' };
  if (!signature.startsWith(SSH_SIGNATURE)) return { kind: 'other-format' };
  const folder = await mkdtemp(join(tmpdir(), 'guidon-signature-'));
  try {
    const file = join(folder, 'signature');
    await writeFile(file, signature, { mode: 0o600 });
    return await verify(question, file, payload);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A commit without its signatures, which is what was signed, and the signatures. */
function parted(commit: Buffer): { readonly payload: Buffer; readonly signatures: readonly string[] } {
  const text = commit.toString('latin1');
  const end = text.indexOf('\n\n');
  const kept: string[] = [];
  const signatures: string[] = [];
  let isSignature = false;
  for (const line of text.slice(0, end === -1 ? text.length : end).split('\n')) {
    const isContinued = line.startsWith(' ');
    if (!isContinued) isSignature = SIGNATURE_HEADERS.has(line.slice(0, line.indexOf(' ')));
    if (!isSignature) kept.push(line);
    else if (isContinued) signatures.push(`${signatures.pop() ?? ''}${line.slice(1)}\n`);
    else signatures.push(`${line.slice(line.indexOf(' ') + 1)}\n`);
  }
  const payload = Buffer.from(`${kept.join('\n')}${end === -1 ? '' : text.slice(end)}`, 'latin1');
  return { payload, signatures };
}

async function verify(
  { authorEmail, at, allowedSigners }: SignatureQuestion,
  file: string,
  payload: Buffer,
): Promise<Signed> {
  // Read as UTC by every version: only newer ones know a zone behind the time.
  const time = `verify-time=${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}`;
  const isGoodFor = async (principal: string): Promise<boolean> => {
    const words = ['-Y', 'verify', '-f', allowedSigners, '-I', principal, '-n', 'git', '-s', file, `-O${time}`];
    return (await keygen(words, payload)).isGood;
  };
  if (await isGoodFor(authorEmail)) return { kind: 'author' };
  const found = await keygen(['-Y', 'find-principals', '-f', allowedSigners, '-s', file, `-O${time}`], payload);
  const principals = found.output.split('\n').filter(Boolean);
  for (const principal of found.isGood ? principals : []) {
    if (await isGoodFor(principal)) return { kind: 'others', principals };
  }
  return { kind: 'untrusted' };
}

function keygen(
  words: readonly string[],
  input: Buffer,
): Promise<{ readonly isGood: boolean; readonly output: string }> {
  const environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' };
  const options = { env: environment, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES, cwd: '/' };
  return new Promise((resolve, reject) => {
    const child = execFile('ssh-keygen', [...words], options, (error, output) => {
      if (error !== null && typeof error.code !== 'number') {
        reject(new SyncError('ssh-keygen was not found or could not run; install OpenSSH 8.9 or newer', 'never'));
      } else resolve({ isGood: error === null, output });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
