/** The pull request that a pushed branch asks for: opened where somebody can, else a page that opens it. */
import type { WebAddress } from './remote-address.js';

/** What to open. */
export interface PullRequestRequest extends WebAddress {
  /** The branch to merge into, without `refs/heads/`. */
  readonly base: string;
  /** The pushed branch. */
  readonly head: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/** Opens pull requests on one host. */
export interface PullRequestOpener {
  /** Gives the pull request's page. @throws Error whose message may be shown; the branch stays pushed */
  open(request: PullRequestRequest): Promise<{ readonly url: string }>;
}

/** The opener for a host by the process's variables; undefined where there is no token for it, or nobody knows the host. */
export type OpenerFor = (
  address: WebAddress,
  environment: Readonly<Record<string, string | undefined>>,
) => PullRequestOpener | undefined;

/** The body of the pull request, with its reason where `flagctl check` looks for one. */
export function bodyOf(effects: readonly string[], reason: string): string {
  return `${effects.map((line) => `- ${line}`).join('\n')}\n\n## Reason\n\n${reason}\n`;
}

/**
 * The page that opens it, filled in; undefined for an unknown kind of host.
 * GitHub: https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/proposing-changes-to-your-work-with-pull-requests/using-query-parameters-to-create-a-pull-request
 * GitLab: https://docs.gitlab.com/user/project/merge_requests/creating_merge_requests/
 */
export function pageOf({ host, repository, base, head, title, body }: PullRequestRequest): string | undefined {
  const name = host.replace(/:\d+$/, '');
  const isOf = (forge: string): boolean => name.split('.').some((label) => label === forge);
  if (isOf('github')) {
    const query = new URLSearchParams({ expand: '1', title, body });
    return `https://${host}/${repository}/compare/${refPath(base)}...${refPath(head)}?${query.toString()}`;
  }
  if (!isOf('gitlab')) return undefined;
  const query = new URLSearchParams({
    'merge_request[source_branch]': head,
    'merge_request[target_branch]': base,
    'merge_request[title]': title,
    'merge_request[description]': body,
  });
  return `https://${host}/${repository}/-/merge_requests/new?${query.toString()}`;
}

function refPath(ref: string): string {
  return ref.split('/').map(encodeURIComponent).join('/');
}
