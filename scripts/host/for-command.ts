/** The code host of the repository that a command runs in. */
import { runGit, localEnvironment, type LocalRepository } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import { hostFrom, openHost, type CodeHost } from './host.js';
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
  const inWorkflow = environment['GITHUB_REPOSITORY'] ?? '';
  if (inWorkflow !== '') return openHost({ url: inWorkflow, kind: 'github', ...hostFrom('github', environment) });
  const url = await originOf(repository);
  if (url === undefined) {
    throw new UsageError('the clone has no remote `origin`, so there is no host to ask; give the pull request as JSON');
  }
  const { kind } = parseRemote({ url });
  return openHost({ url, kind, ...hostFrom(kind, environment) });
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
