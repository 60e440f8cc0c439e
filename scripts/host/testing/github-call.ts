/** A GitHub of a test with a host opened on it. */
import { openHost, type CodeHost } from '../host.js';
import { startGitHub, type GitHubServer } from './github-server.js';
import { ordinaryState, type GitHubState } from './github-state.js';
import { TestClock } from './test-clock.js';

/** The token that must appear nowhere but in the header. */
export const TOKEN = 'ghp_secretsecretsecret';

/** What a test works with. */
export interface GitHubCall {
  readonly state: GitHubState;
  readonly server: GitHubServer;
  readonly clock: TestClock;
  readonly host: CodeHost;
}

/**
 * Runs a test's body against a server with this state, and fails where the description does not admit what was said;
 * `exception` is what the real GitHub answers although its description promises something else.
 */
export async function withGitHub(
  overrides: Partial<GitHubState>,
  body: (call: GitHubCall) => Promise<void>,
  exception?: RegExp,
): Promise<void> {
  const state = { ...ordinaryState(), ...overrides };
  const server = await startGitHub(state);
  const clock = new TestClock();
  const host = openHost({ url: 'acme/flags', apiUrl: server.url, token: TOKEN, clock });
  try {
    await body({ state, server, clock, host });
    const others = server.violations.filter((violation) => exception?.test(violation) !== true);
    if (others.length > 0) throw new Error(others.join('\n'));
    if (exception !== undefined && server.violations.length === 0) throw new Error('the exception is none');
  } finally {
    await server.close();
  }
}
