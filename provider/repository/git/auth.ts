/** Credentials: how they reach git and ssh without touching a command line, a disk or a message. */
import { interruption, overdue, type GitLimits } from './process.js';
import { agentEnvironment, sshKeyEnvironment, type SshKey } from './ssh.js';
import type { GitUrl } from './url.js';
import { SyncError } from '../sync-error.js';

/** A token, or what gives one; a function is asked anew for each fetch. */
export type TokenSource = string | (() => string | Promise<string>);

/**
 * How to prove to a git server who we are: a token over https, or an ssh key with pinned host keys.
 * Without any, ssh uses the agent, the default keys and the known hosts of the process's user.
 */
export type GitAuth = TokenSource | { readonly token: TokenSource; readonly username?: string } | SshKey;

/** What one git process needs to authenticate. */
export interface GitCredentials {
  readonly environment: Readonly<Record<string, string>>;
  /** What must not appear in a message. */
  readonly secrets: readonly string[];
  /** `renewable`: a refusal may be mended by the next token. */
  readonly kind: 'none' | 'constant' | 'renewable';
}

/** Below the 8 KiB that common servers take as a header, after Base64. */
const MAX_TOKEN_LENGTH = 4_096;

/** What GitHub documents for app tokens; GitLab and Bitbucket ignore the name beside a token. */
const DEFAULT_USERNAME = 'x-access-token';

const SHAPES =
  '`auth` is a token, a function that gives one, { token, username } or { sshKeyFile, knownHostsFile }; or leave it out';

const CONTROL = /[\u0000-\u001f\u007f]/;

function refused(reason: string): SyncError {
  return new SyncError(`the git credentials are refused: ${reason}`, 'never');
}

/** Whether a URL's host is this machine. */
export function isLoopback(host: string | undefined): boolean {
  return host !== undefined && (host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host));
}

/** Waits for a promise no longer than the limits allow. */
async function withinLimits<T>(promise: Promise<T>, { signal, timeoutMs, isBackground }: GitLimits): Promise<T> {
  const operation = 'the `auth` function';
  let end = (): void => undefined;
  const limit = new Promise<never>((_, reject) => {
    const deadline =
      timeoutMs === undefined ? undefined : setTimeout(() => reject(overdue(operation, timeoutMs)), timeoutMs);
    if (isBackground === true) deadline?.unref();
    const onAbort = (): void => signal && reject(interruption(operation, signal));
    signal?.addEventListener('abort', onAbort, { once: true });
    end = () => {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted) onAbort();
  });
  return Promise.race([promise, limit]).finally(end);
}

async function askForToken(source: () => string | Promise<string>, limits: GitLimits): Promise<string> {
  const asked = Promise.resolve()
    .then(source)
    .catch((cause: unknown) => {
      throw new SyncError('the `auth` function failed to give a token', 'later', { cause });
    });
  return withinLimits(asked, limits);
}

function checkToken(token: unknown, kind: GitCredentials['kind']): asserts token is string {
  const isGood = typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN_LENGTH && !CONTROL.test(token);
  if (isGood) return;
  const rule = `a token is 1 to ${MAX_TOKEN_LENGTH} characters without line ends or other control characters`;
  throw kind === 'constant' ? refused(rule) : new SyncError(`the \`auth\` function gave no token: ${rule}`, 'later');
}

function checkTokenUse(remote: GitUrl, username: string): void {
  if (remote.scheme === 'ssh') throw refused('a token works over https only; give an ssh key file');
  if (remote.scheme === 'file') throw refused('a local repository takes none; leave `auth` out');
  if (remote.scheme === 'http' && !isLoopback(remote.host)) {
    throw refused('plain http would show the token to the network; use an https:// URL');
  }
  if (typeof username !== 'string' || username === '' || username.includes(':') || CONTROL.test(username)) {
    throw refused('`username` must be text, free of colons and control characters');
  }
}

async function tokenCredentials(
  remote: GitUrl,
  auth: { readonly token: TokenSource; readonly username: string },
  limits: GitLimits,
): Promise<GitCredentials> {
  checkTokenUse(remote, auth.username);
  const kind = typeof auth.token === 'function' ? 'renewable' : 'constant';
  const token = typeof auth.token === 'function' ? await askForToken(auth.token, limits) : auth.token;
  checkToken(token, kind);
  const pair = `${auth.username}:${token}`;
  const configuration = [
    [`http.${new URL(remote.url).origin}/.extraHeader`, `Authorization: Basic ${Buffer.from(pair).toString('base64')}`],
    // A redirect could carry the header to another host.
    ['http.followRedirects', 'false'],
  ] as const;
  return { environment: configurationVariables(configuration), secrets: [token, pair], kind };
}

/** Git reads these since 2.31; unlike `-c`, they appear in no process list. */
function configurationVariables(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const variables = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(variables) };
}

/** What git needs to authenticate to `remote` once; asks a token function. @throws SyncError */
export async function credentialsFor(
  remote: GitUrl,
  auth: GitAuth | undefined,
  limits: GitLimits = {},
): Promise<GitCredentials> {
  if (auth === undefined) {
    return { environment: remote.scheme === 'ssh' ? agentEnvironment() : {}, secrets: [], kind: 'none' };
  }
  if (typeof auth === 'string' || typeof auth === 'function') {
    return tokenCredentials(remote, { token: auth, username: DEFAULT_USERNAME }, limits);
  }
  // A caller without types may give anything.
  if (typeof auth !== 'object' || auth === null) throw refused(SHAPES);
  if ('token' in auth) {
    return tokenCredentials(remote, { token: auth.token, username: auth.username ?? DEFAULT_USERNAME }, limits);
  }
  if (!('sshKeyFile' in auth)) throw refused(SHAPES);
  if (remote.scheme !== 'ssh') throw refused(`an ssh key does not work over ${remote.scheme}; give an ssh:// URL`);
  return { environment: await sshKeyEnvironment(auth), secrets: [], kind: 'constant' };
}
