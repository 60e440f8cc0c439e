/** What may be given to git as a URL, a ref or a folder: checked before any process starts. */
import { shown } from './redact.js';
import { SyncError } from '../sync-error.js';

/** The transports that are allowed, as GIT_ALLOW_PROTOCOL names them. */
export type GitScheme = 'https' | 'http' | 'ssh' | 'file';

/** A remote's URL that is safe to give to git. */
export interface GitUrl {
  readonly url: string;
  readonly scheme: GitScheme;
  /** Absent for `file`. */
  readonly host?: string;
  /** The last part of the path, without `.git`. */
  readonly name: string;
}

/** What servers and proxies commonly take as the longest URL. */
const MAX_URL_LENGTH = 2_048;

/** The longest file name of common file systems; a loose ref is a file. */
const MAX_REF_LENGTH = 255;

/** PATH_MAX of Linux. */
const MAX_PATH_LENGTH = 4_096;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const FOREIGN_TRANSPORT = /^[A-Za-z0-9+.-]*::/;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]{0,19}):\/\//;
/** A user or host; never begins with a hyphen, which ssh would take for an option. */
const NAME = '[A-Za-z0-9._][A-Za-z0-9._-]*';
const HOST = `${NAME}|\\[[0-9A-Fa-f:.]+\\]`;
const SSH_URL = new RegExp(`^ssh://(?:${NAME}@)?(${HOST})(?::\\d{1,5})?(/\\S+)$`);
const SCP_LIKE = new RegExp(`^(?:${NAME}@)?(${HOST}):([^\\s-]\\S*)$`);
const ALLOWED = 'use https://, ssh://, user@host:path, file:/// or an absolute path';

function refused(what: string, text: string, reason: string): SyncError {
  return new SyncError(`the ${what} "${shown(text)}" is refused: ${reason}`, 'never');
}

function refusedUrl(text: string, reason: string): SyncError {
  // Whatever stands before the last @ may hold a secret, the more so in a URL that is malformed; so may a query.
  const withoutUser = text.replace(/^([A-Za-z+.-]+:\/\/)?.*@/s, '$1***@');
  return refused('git URL', withoutUser.replace(/[?#].*/s, '?***'), reason);
}

/** The last part of a URL or path, without `.git`; empty where there is none. */
export function repositoryName(path: string): string {
  const trimmed = path
    .replace(/\/+$/, '')
    .replace(/\/\.git$/, '')
    .replace(/\/+$/, '');
  const last = trimmed.slice(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf(':')) + 1).replace(/\.git$/, '');
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function webUrl(text: string, scheme: 'https' | 'http'): GitUrl {
  if (/\s/.test(text) || !URL.canParse(text)) throw refusedUrl(text, 'it is not a valid URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw refusedUrl(text, 'it carries credentials; give them as `auth`, where no log or process list shows them');
  }
  // A query may carry a token, and git would append its own path to it.
  if (text.includes('?') || text.includes('#')) {
    throw refusedUrl(
      `${url.origin}${url.pathname}`,
      'it has a query or a fragment; remove it, and give a token as `auth`',
    );
  }
  if (url.hostname.startsWith('-')) throw refusedUrl(text, 'its host begins with a hyphen');
  return { url: url.href, scheme, host: url.hostname, name: repositoryName(url.pathname) };
}

function sshUrl(text: string): GitUrl {
  const [bare = '', query] = text.split('?', 2);
  if (query !== undefined) throw refusedUrl(bare, 'it has a query, which is no part of an ssh URL; remove it');
  const match = SSH_URL.exec(text);
  const [, host, path] = match ?? [];
  if (host === undefined || path === undefined) {
    throw refusedUrl(text, 'write ssh://user@host:port/path, without a password; a key goes into `auth`');
  }
  return { url: text, scheme: 'ssh', host, name: repositoryName(path) };
}

function fileUrl(text: string): GitUrl {
  if (!text.startsWith('file:///')) throw refusedUrl(text, 'a file URL needs an absolute path: file:///path');
  return { url: text, scheme: 'file', name: repositoryName(text.slice('file://'.length)) };
}

function withScheme(text: string, written: string): GitUrl {
  const scheme = written.toLowerCase();
  const url = scheme + text.slice(written.length);
  switch (scheme) {
    case 'https':
    case 'http':
      return webUrl(url, scheme);
    case 'ssh':
      return sshUrl(url);
    case 'file':
      return fileUrl(url);
    default:
      throw refusedUrl(text, `the transport ${scheme}:// is not allowed; ${ALLOWED}`);
  }
}

function withoutScheme(text: string): GitUrl {
  if (text.startsWith('/')) return { url: text, scheme: 'file', name: repositoryName(text) };
  const [, host, path] = SCP_LIKE.exec(text) ?? [];
  // `user:password@host:path` reads as host `user` and path `password@host:path`.
  const isPlain = text.lastIndexOf('@') < text.indexOf(':');
  if (host !== undefined && path !== undefined && isPlain)
    return { url: text, scheme: 'ssh', host, name: repositoryName(path) };
  throw refusedUrl(text, `it is a relative path or no URL at all; ${ALLOWED}`);
}

/** Checks a remote's URL: https, http, ssh, `user@host:path`, file or an absolute path. @throws SyncError (never) */
export function parseGitUrl(text: string): GitUrl {
  if (typeof text !== 'string' || text === '') throw new SyncError(`the git URL is empty; ${ALLOWED}`, 'never');
  if (text.length > MAX_URL_LENGTH) {
    throw refusedUrl(text, `it is longer than ${MAX_URL_LENGTH} characters`);
  }
  if (CONTROL.test(text)) throw refusedUrl(text, 'it contains control characters; remove them');
  if (text.startsWith('-')) throw refusedUrl(text, `it begins with a hyphen, like an option; ${ALLOWED}`);
  if (FOREIGN_TRANSPORT.test(text)) {
    throw refusedUrl(text, `it names a remote helper, which may run commands; ${ALLOWED}`);
  }
  const written = SCHEME.exec(text)?.[1];
  const parsed = written === undefined ? withoutScheme(text) : withScheme(text, written);
  if (parsed.name === '' || CONTROL.test(parsed.name)) throw refusedUrl(text, 'its path names no repository');
  return parsed;
}

/** Why git's rules (git-check-ref-format) refuse a ref name; undefined where they accept it. */
function refDefect(ref: string): string | undefined {
  if (ref.startsWith('-')) return 'it begins with a hyphen, like an option';
  if (/[\s~^:?*[\\]/.test(ref) || CONTROL.test(ref)) return 'it contains a space or one of ~ ^ : ? * [ \\';
  if (ref.includes('..') || ref.includes('@{') || ref === '@') return 'it contains `..`, `@{` or is a lone `@`';
  if (ref.endsWith('.')) return 'it ends in a dot';
  const isBadPart = (part: string): boolean => part === '' || part.startsWith('.') || part.endsWith('.lock');
  return ref.split('/').some(isBadPart) ? 'a part of it is empty, begins with a dot or ends in `.lock`' : undefined;
}

/** Checks `HEAD`, a branch name or `refs/...`; gives the ref's full name on the remote. @throws SyncError (never) */
export function parseRef(text: string): string {
  const advice = 'give HEAD, a branch name or a full name such as refs/tags/v1';
  if (typeof text !== 'string' || text === '') throw new SyncError(`the git ref is empty; ${advice}`, 'never');
  if (text === 'HEAD') return text;
  const full = text.startsWith('refs/') ? text : `refs/heads/${text}`;
  const defect = refDefect(text) ?? (full.length > MAX_REF_LENGTH ? `it is longer than ${MAX_REF_LENGTH}` : undefined);
  if (defect !== undefined) throw refused('git ref', text, `${defect}; ${advice}`);
  return full;
}

/** Checks the flags folder's path; gives it without slashes at its ends, '' for the root. @throws SyncError (never) */
export function parsePath(text: string): string {
  if (typeof text !== 'string' || text.length > MAX_PATH_LENGTH) {
    throw new SyncError(`the flags folder must be a path of at most ${MAX_PATH_LENGTH} characters`, 'never');
  }
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const isBad = text.startsWith('/') || text.startsWith('-') || parts.includes('..') || CONTROL.test(text);
  if (isBad || text.includes('\\')) {
    throw refused('flags folder', text, "give a path from the repository's root, such as config/flags");
  }
  return parts.join('/');
}
