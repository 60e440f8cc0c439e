/** The one ssh command line that git may use. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SyncError } from '../sync-error.js';

/** A private key without a passphrase, and the only host keys that are accepted; paths of files. */
export interface SshKey {
  readonly sshKeyFile: string;
  readonly knownHostsFile: string;
}

/** Special in ssh's option values (`%` and `$` expand) or a way out of their quotes. */
const UNSAFE_IN_SSH_OPTION = /[\u0000-\u001f\u007f"'`$%\\]/;

/** No user's ssh configuration (it may run commands), no prompt, no shared connection, no endless silence. */
const SSH = [
  'exec ssh -F /dev/null',
  ...[
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'ControlMaster=no',
    'ControlPath=none',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'LogLevel=ERROR',
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=2',
  ].map((option) => `-o ${option}`),
].join(' ');

/** Constant text: the files' names reach the shell as quoted variables, and ssh in double quotes of its own. */
const SSH_WITH_KEY = [
  SSH,
  '-o IdentitiesOnly=yes -o IdentityAgent=none -o PreferredAuthentications=publickey',
  '-o GlobalKnownHostsFile=/dev/null -o "UserKnownHostsFile=\\"$GUIDON_SSH_KNOWN_HOSTS\\""',
  '-i "$GUIDON_SSH_KEY_FILE"',
].join(' ');

async function readableFile(name: string, file: unknown): Promise<string> {
  if (typeof file !== 'string' || file === '' || UNSAFE_IN_SSH_OPTION.test(file)) {
    throw new SyncError(`\`${name}\` must be a path without quotes, %, $, backslashes or control characters`, 'never');
  }
  const path = resolve(file);
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isFile()) return path;
  } catch (cause) {
    throw new SyncError(`\`${name}\` cannot be read: ${path}`, 'never', { cause });
  }
  throw new SyncError(`\`${name}\` is not a file: ${path}`, 'never');
}

/** The environment with which ssh uses this key and these host keys, and no others. @throws SyncError (never) */
export async function sshKeyEnvironment(key: SshKey): Promise<Record<string, string>> {
  return {
    GIT_SSH_VARIANT: 'ssh',
    GIT_SSH_COMMAND: SSH_WITH_KEY,
    GUIDON_SSH_KEY_FILE: await readableFile('sshKeyFile', key.sshKeyFile),
    GUIDON_SSH_KNOWN_HOSTS: await readableFile('knownHostsFile', key.knownHostsFile),
  };
}

/** The environment with which ssh uses the agent, keys and known hosts of the process's user, but no ssh_config. */
export function agentEnvironment(): Record<string, string> {
  const agent = process.env['SSH_AUTH_SOCK'];
  const socket: Record<string, string> = agent === undefined ? {} : { SSH_AUTH_SOCK: agent };
  return { GIT_SSH_VARIANT: 'ssh', GIT_SSH_COMMAND: SSH, ...socket };
}
