/** The door to code hosts: GitHub and GitLab by one contract. */
import type { CodeHost } from './code-host.js';
import { openGitHub } from './github/github.js';
import { openGitLab } from './gitlab/gitlab.js';
import { HostError } from './host-error.js';
import { parseRemote, type HostKind, type RemoteOptions } from './remote.js';
import { systemClock, type Clock } from './transport/clock.js';
import { createDownload } from './transport/download.js';
import { createTransport, type TransportOptions } from './transport/transport.js';

export type { CodeHost } from './code-host.js';
export type { HostKind } from './remote.js';
export type { Clock } from './transport/clock.js';

/** How to reach a repository. */
export interface HostOptions extends RemoteOptions {
  /** GITHUB_TOKEN or GITLAB_TOKEN; undefined or empty: anonymous. Never repeated in a message. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** Below what servers take as a header. */
const MAX_TOKEN_CHARACTERS = 4_096;

const NAMES: Readonly<Record<HostKind, string>> = { github: 'GitHub', gitlab: 'GitLab' };

function authorizationOf(kind: HostKind, token: string | undefined): TransportOptions['authorization'] {
  if (token === undefined || token === '') return undefined;
  // Checked here, since a header that is refused later is repeated in the message.
  if (token.length > MAX_TOKEN_CHARACTERS || !/^[\x21-\x7e]+$/.test(token)) {
    throw new HostError(
      'the token holds a space, a line break or a character beyond ASCII; check how it is passed',
      'invalid',
    );
  }
  return kind === 'github'
    ? { name: 'authorization', value: `Bearer ${token}`, secret: token }
    : { name: 'private-token', value: token, secret: token };
}

/** Opens a repository by its remote's URL or `owner/name`; asks nothing yet. @throws HostError on bad options */
export function openHost({ token, signal, clock = systemClock, ...remote }: HostOptions): CodeHost {
  const { kind, apiUrl, path } = parseRemote(remote);
  const { origin } = new URL(apiUrl);
  const authorization = authorizationOf(kind, token);
  const transport = { host: NAMES[kind], origin, authorization, clock, signal };
  const send = createTransport(transport);
  if (kind === 'gitlab') return openGitLab(send, apiUrl, path);
  const [owner = '', repo = ''] = path.split('/');
  return openGitHub({ send, download: createDownload(transport) }, apiUrl, owner, repo);
}

/** What the environment of a job says of its host: a token and the API's URL; of GitHub Actions or GitLab CI. */
export function hostFrom(
  kind: HostKind,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<HostOptions, 'token' | 'apiUrl'> {
  return kind === 'github'
    ? { token: environment['GITHUB_TOKEN'], apiUrl: environment['GITHUB_API_URL'] }
    : { token: environment['GITLAB_TOKEN'], apiUrl: environment['CI_API_V4_URL'] };
}
