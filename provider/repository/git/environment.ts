/** The environment of every git process: built from nothing, so that no user's setting can change what git does. */
import type { GitScheme } from './url.js';

const FIXED = {
  GIT_ATTR_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_LITERAL_PATHSPECS: '1',
  // Refs are written as files; a later git may prefer another format.
  GIT_DEFAULT_REF_FORMAT: 'files',
  // No object of a pack is that large: a number in its header must not reserve memory. As much as a fetch may receive.
  GIT_ALLOC_LIMIT: '512m',
  // A partial clone that lacks an object says so; it does not ask the network in the middle of a read.
  GIT_NO_LAZY_FETCH: '1',
  // `refs/replace/*` could serve other bytes than the reviewed commit's.
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_PROTOCOL_FROM_USER: '0',
  GIT_TERMINAL_PROMPT: '0',
  // The failure table reads git's English.
  LC_ALL: 'C',
} as const;

/** Private certificate authorities: the machine's owner sets these, and curl needs them. */
const CERTIFICATE_VARIABLES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH'];

const PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'no_proxy', 'NO_PROXY'];

function inherited(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** For git commands that stay on this machine; `home` is a folder without a git configuration. */
export function localEnvironment(home: string): Record<string, string> {
  const path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return { ...FIXED, PATH: path, HOME: home, XDG_CONFIG_HOME: home, GIT_ALLOW_PROTOCOL: 'none' };
}

/** For git commands that talk to a remote over `scheme`, and over nothing else. */
export function remoteEnvironment(home: string, scheme: GitScheme, isLoopback: boolean): Record<string, string> {
  // A token for a server on this machine may travel unencrypted, so it must not travel to a proxy.
  const proxies = isLoopback ? {} : inherited(PROXY_VARIABLES);
  const web = scheme === 'https' || scheme === 'http' ? { ...inherited(CERTIFICATE_VARIABLES), ...proxies } : {};
  return { ...localEnvironment(home), ...web, GIT_ALLOW_PROTOCOL: scheme };
}
