/** Comments of our own account on a merge request of GitLab. */
import type { CommentBoard } from '../comment.js';
import { HostError } from '../host-error.js';
import { pathOf, type GitLabClient, type GitLabUser } from './client.js';

interface Note {
  readonly id: number;
  readonly body: string;
  readonly system: boolean;
  readonly author: GitLabUser;
}

/** The comments of one merge request. */
export async function openComments(client: GitLabClient, iid: number): Promise<CommentBoard> {
  const own = await client.ask<GitLabUser>('GET', '/user');
  const path = `${client.project}/merge_requests${pathOf(iid)}/notes`;
  return {
    async listOwn() {
      const { items, isComplete } = await client.list<Note>(path, { sort: 'asc', order_by: 'created_at' });
      if (!isComplete) {
        throw new HostError(`more than ${items.length} comments: whether ours is among them is not known`, 'refused');
      }
      return items.filter(({ system, author }) => !system && author.id === own.id);
    },
    async create(body) {
      await client.ask('POST', path, { body });
    },
    async edit(id, body) {
      await client.ask('PUT', `${path}${pathOf(id)}`, { body });
    },
    async remove(id) {
      await client.ask('DELETE', `${path}${pathOf(id)}`);
    },
  };
}
