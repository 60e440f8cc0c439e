/** The code host of the repository that a command runs in. */
import { runGit, localEnvironment, type LocalRepository } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import { openHost, tokenFrom, type CodeHost, type HostKind } from './host.js';
import { parseRemote } from './remote.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A remote's URL is short. */
const MAX_URL_BYTES = 16 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * Opens the host of a clone's `origin`; in a workflow of GitHub, the repository that it runs for. Tokens come from
 * GITHUB_TOKEN and GITLAB_TOKEN.
 * @throws UsageError where nobody can tell which host that is, HostError for an address that is none
 */
export async function hostOf(repository: LocalRepository, environment: Environment): Promise<CodeHost> {
  const { GITHUB_REPOSITORY: inWorkflow, GITHUB_API_URL: githubApi, CI_API_V4_URL: gitlabApi } = environment;
  if (inWorkflow !== undefined && inWorkflow !== '') return open(inWorkflow, 'github', githubApi, environment);
  const url = await originOf(repository);
  if (url === undefined) {
    throw new UsageError('the clone has no remote `origin`, so there is no host to ask; give the pull request as JSON');
  }
  const { kind } = parseRemote({ url });
  return open(url, kind, kind === 'github' ? githubApi : gitlabApi, environment);
}

function open(url: string, kind: HostKind, apiUrl: string | undefined, environment: Environment): CodeHost {
  return openHost({ url, kind, apiUrl: apiUrl === '' ? undefined : apiUrl, token: tokenFrom(kind, environment) });
}

async function originOf({ gitDir }: LocalRepository): Promise<string | undefined> {
  const { exitCode, stdout } = await runGit({
    gitDir,
    args: ['config', '--local', '--get', 'remote.origin.url'],
    environment: localEnvironment(gitDir),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_URL_BYTES,
  });
  const url = stdout.toString().trim();
  return exitCode === 0 && url !== '' ? url : undefined;
}
