/** Which repository of which code host a remote's URL means. */
import { HostError } from './host-error.js';

/** The kinds of host that are known. */
export type HostKind = 'github' | 'gitlab';

/** A repository of a host. */
export interface RemoteRepository {
  readonly kind: HostKind;
  /** Without a slash at its end. */
  readonly apiUrl: string;
  /** `acme/flags`; of GitLab also deeper. */
  readonly path: string;
}

/** What may be said beside the URL. */
export interface RemoteOptions {
  readonly url: string;
  readonly kind?: HostKind | undefined;
  /** The kind of a host whose name does not say it. */
  readonly fallback?: HostKind | undefined;
  readonly apiUrl?: string | undefined;
}

const SCP_LIKE = /^(?:[\w.-]{1,64}@)?([\w.-]{1,253}):(?!\/\/)([^\s]{1,1024})$/;
const BARE = /^[\w.-]{1,100}(?:\/[\w.-]{1,100}){1,20}$/;

function refused(reason: string): HostError {
  return new HostError(
    `the repository's remote is refused: ${reason}; write https://host/owner/name, git@host:owner/name or owner/name`,
    'invalid',
  );
}

function splitRemote(url: string): { readonly host: string | undefined; readonly path: string } {
  if (BARE.test(url)) return { host: undefined, path: url };
  const [, host, path] = SCP_LIKE.exec(url) ?? [];
  if (host !== undefined && path !== undefined) return { host, path };
  if (!URL.canParse(url)) throw refused('it is no URL');
  const parsed = new URL(url);
  if (!['https:', 'http:', 'ssh:'].includes(parsed.protocol)) throw refused(`it is ${parsed.protocol}, not on a host`);
  return { host: parsed.protocol === 'ssh:' ? parsed.hostname : parsed.host, path: parsed.pathname };
}

function checkedPath(path: string, kind: HostKind): string {
  const trimmed = path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const isRelative = trimmed.split('/').some((part) => part === '.' || part === '..');
  if (!BARE.test(trimmed) || isRelative) throw refused('its path is not owner/name');
  if (kind === 'github' && trimmed.split('/').length !== 2) throw refused('its path is not owner/name');
  return trimmed;
}

function kindOf(host: string | undefined, given: HostKind | undefined, fallback: HostKind | undefined): HostKind {
  if (given !== undefined) return given;
  if (host === undefined || host === 'github.com' || host.startsWith('github.')) return 'github';
  if (host === 'gitlab.com' || host.startsWith('gitlab.')) return 'gitlab';
  if (fallback !== undefined) return fallback;
  throw new HostError(
    `whether ${host} is a GitHub or a GitLab host is not known; name its API in GITHUB_API_URL or in CI_API_V4_URL`,
    'invalid',
  );
}

function apiOf(kind: HostKind, host: string | undefined): string {
  if (kind === 'gitlab') return `https://${host ?? 'gitlab.com'}/api/v4`;
  return host === undefined || host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`;
}

function checkedApi(apiUrl: string): string {
  if (!URL.canParse(apiUrl)) throw new HostError('the URL of the API is no URL; write https://host/api/v3', 'invalid');
  const { protocol, hostname, username, password, search, hash } = new URL(apiUrl);
  const isLoopback = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  if (isPlain && (protocol === 'https:' || (protocol === 'http:' && isLoopback))) return apiUrl.replace(/\/+$/, '');
  throw new HostError('the URL of the API must be https, without credentials, query or fragment', 'invalid');
}

/** Reads a remote's URL, `git@host:owner/name` or `owner/name`. @throws HostError, which repeats no credentials */
export function parseRemote({ url, kind: given, fallback, apiUrl }: RemoteOptions): RemoteRepository {
  const { host, path } = splitRemote(url.trim());
  const kind = kindOf(host, given, fallback);
  return { kind, apiUrl: checkedApi(apiUrl ?? apiOf(kind, host)), path: checkedPath(path, kind) };
}
