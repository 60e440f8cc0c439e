/** What a remote's URL tells: where its pages are, and what of it must not be shown. */

/** A host and a repository on it. */
export interface WebAddress {
  /** `github.com`, with a port where the URL of the pages has one. */
  readonly host: string;
  /** `acme/flags`; deeper on GitLab. */
  readonly repository: string;
}

/** As long as a URL may be; what is longer is no remote's. */
const MAX_URL_LENGTH = 2_048;

const WEB = /^https?:\/\/(?:[^@/\s]*@)?([A-Za-z0-9.-]+(?::\d{1,5})?)\/([^\s?#]+)$/;
const SSH = /^ssh:\/\/(?:[^@/\s]*@)?([A-Za-z0-9.-]+)(?::\d{1,5})?\/([^\s?#]+)$/;
const SCP_LIKE = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]+):([^\s/?#][^\s?#]*)$/;

/** The address of a remote's pages; undefined for a folder and for what is no URL of a host. */
export function addressOf(url: string): WebAddress | undefined {
  if (url.length > MAX_URL_LENGTH) return undefined;
  const [, host, path] = WEB.exec(url) ?? SSH.exec(url) ?? SCP_LIKE.exec(url) ?? [];
  const repository = path?.replace(/\/+$/, '').replace(/\.git$/, '');
  if (host === undefined || repository === undefined || !/^[\w.~-]+(?:\/[\w.~-]+)+$/.test(repository)) return undefined;
  return { host: host.toLowerCase(), repository };
}

/** The user information of a web URL, which is a password or a token more often than not. */
export function secretsOf(url: string): readonly string[] {
  const userinfo = /^[a-z+]+:\/\/([^/\s]*)@/i.exec(url)?.[1];
  if (userinfo === undefined) return [];
  const [user = '', ...rest] = userinfo.split(':');
  const password = rest.join(':');
  // ssh's `git@` is no secret, and masked it would mask every "git" of a message.
  const isToken = password === '' && /^https?:/i.test(url) && user.length >= SHORTEST_TOKEN_CHARACTERS;
  return [password, ...(isToken ? [user] : [])].filter(Boolean).flatMap((text) => [text, decoded(text)]);
}

/** No host gives out shorter ones; people's names are. */
const SHORTEST_TOKEN_CHARACTERS = 20;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
