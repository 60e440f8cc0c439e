/** Opens pull requests on the host of the remote, with the token of the environment. */
import { HostError } from '../host/host-error.js';
import { hostKindOf, namedKind } from '../host/for-command.js';
import { hostFrom, openHost } from '../host/host.js';
import type { OpenerFor } from './pull-request.js';

/** GitHub and GitLab, where GITHUB_TOKEN or GITLAB_TOKEN is set. */
export const hostOpener: OpenerFor = ({ host, repository }, environment) => {
  const url = `https://${host}/${repository}`;
  const known = knownHost(url, environment);
  if (known === undefined) return undefined;
  const { token = '', apiUrl = '' } = hostFrom(known.kind, environment);
  // A host that only calls itself one of them does not get the token.
  if (token === '' || (apiUrl === '' && !known.isPublic)) return undefined;
  const options = { url, kind: known.kind, token, apiUrl: apiUrl === '' ? undefined : apiUrl };
  return {
    open: ({ head, base, title, body }) => openHost(options).openPullRequest({ head, base, title, body }),
  };
};

function knownHost(
  url: string,
  environment: Parameters<typeof namedKind>[0],
): ReturnType<typeof hostKindOf> | undefined {
  try {
    return hostKindOf(url, namedKind(environment));
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}
