/** What some faults take that not every machine has. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opensslMissing } from '../repository/testing/certificate.js';
import { sshMissing } from '../repository/testing/ssh-server.js';

/** Something that a machine may lack. */
export type Need = 'ssh' | 'faketime' | 'mount' | 'users' | 'namespaces' | 'openssl';

const isRoot = process.getuid?.() === 0;

/** The library that changes the clock of a process which is started with it; empty where there is none. */
export const clockLibrary = output('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD']).trim();

const reasons: Readonly<Record<Need, () => string | undefined>> = {
  ssh: () => sshMissing,
  faketime: () => (clockLibrary === '' ? 'faketime is not installed (Debian: apt-get install faketime)' : undefined),
  mount: () =>
    isRoot && canMount() ? undefined : 'only root may mount a small file system, and not in every container',
  users: () => (isRoot ? undefined : 'only root may start a process of another user'),
  namespaces: () =>
    succeeds('unshare', ['-Ur', 'sh', '-c', 'echo 0 >/proc/sys/user/max_inotify_watches'])
      ? undefined
      : 'a limit for one process takes a namespace of users, which this system does not allow',
  openssl: () => opensslMissing,
};

const known = new Map<Need, string | undefined>();

/** Why something can't be had here; undefined where it can. */
export function missing(need: Need): string | undefined {
  if (!known.has(need)) known.set(need, reasons[need]());
  return known.get(need);
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function output(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'guidon-test-'));
  try {
    return succeeds('mount', ['-t', 'tmpfs', 'tmpfs', folder]) && succeeds('umount', [folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
