/** GitLab as a code host. */
import type { CodeHost } from '../code-host.js';
import type { Send } from '../transport/transport.js';
export function openGitLab(_send: Send, _apiUrl: string, _path: string): CodeHost {
  throw new Error('not yet');
}
