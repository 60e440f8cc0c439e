/** Comments of our own account on a pull request of GitHub. */
import { HostError, isFailure } from '../host-error.js';
import type { CommentBoard } from '../comment.js';
import type { GitHubClient } from './client.js';

/**
 * Our own login. An App's token, such as that of GitHub Actions, may not ask REST for it; GraphQL tells it,
 * `github-actions[bot]`.
 */
async function ownLogin(client: GitHubClient): Promise<string> {
  try {
    return (await client.ask('GET /user', {})).login;
  } catch (error) {
    if (!isFailure(error, 'forbidden')) throw error;
    return client.viewer();
  }
}

/** The comments of one pull request. */
export async function openComments(client: GitHubClient, number: number): Promise<CommentBoard> {
  const login = await ownLogin(client);
  return {
    async listOwn() {
      const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
      const { items, isComplete } = await client.list(route, { issue_number: number });
      if (!isComplete) {
        throw new HostError(`more than ${items.length} comments: whether ours is among them is not known`, 'refused');
      }
      return items.flatMap(({ id, user, body }) =>
        user?.login === login ? [{ id: Number(id), body: body ?? '' }] : [],
      );
    },
    async create(body) {
      await client.ask('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { issue_number: number, body });
    },
    async edit(id, body) {
      await client.ask('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { comment_id: id, body });
    },
    async remove(id) {
      await client.ask('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { comment_id: id });
    },
  };
}
