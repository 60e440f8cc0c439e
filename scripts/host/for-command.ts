/** The code host of the repository that a command runs in. */
import { runGit, localEnvironment, type LocalRepository } from '../../provider/repository/index.js';
import { UsageError } from '../errors.js';
import { hostFrom, openHost, type CodeHost, type HostKind } from './host.js';
import { parseRemote } from './remote.js';

/**
 * Which kind of host a remote is on, and whether it is the one that everybody knows.
 * @param fallback the kind where the host's name does not say it
 * @throws HostError
 */
export function hostKindOf(url: string, fallback?: HostKind): { readonly kind: HostKind; readonly isPublic: boolean } {
  const { kind, apiUrl } = parseRemote({ url, fallback });
  return { kind, isPublic: ['https://api.github.com', 'https://gitlab.com/api/v4'].includes(apiUrl) };
}

/** A repository's host and which kind it is. */
export interface RepositoryHost {
  readonly kind: HostKind;
  readonly host: CodeHost;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A remote's URL is short. */
const MAX_URL_BYTES = 16 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * Opens the host of a clone's `origin`; in a workflow of GitHub, the repository that it runs for. Tokens come from
 * GITHUB_TOKEN and GITLAB_TOKEN.
 * @throws UsageError where nobody can tell which host that is, HostError for an address that is none
 */
export async function hostOf(repository: LocalRepository, environment: Environment): Promise<RepositoryHost> {
  const inWorkflow = environment['GITHUB_REPOSITORY'] ?? '';
  if (inWorkflow !== '') return opened(inWorkflow, 'github', environment);
  const url = await originOf(repository);
  if (url === undefined) {
    throw new UsageError(
      'the clone has no remote `origin`, so there is no host to ask; add it: git remote add origin <URL>',
    );
  }
  const { kind, isPublic } = hostKindOf(url, namedKind(environment));
  if (!isPublic && (hostFrom(kind, environment).apiUrl ?? '') === '') {
    const variable = kind === 'github' ? 'GITHUB_API_URL' : 'CI_API_V4_URL';
    throw new UsageError(
      `the remote is on a host of your own; name its API in ${variable}, so that a token goes nowhere else`,
    );
  }
  return opened(url, kind, environment);
}

/** Whoever names one API says which kind of host the remote is on. */
export function namedKind(environment: Environment): HostKind | undefined {
  const kinds = (['github', 'gitlab'] as const).filter((kind) => (hostFrom(kind, environment).apiUrl ?? '') !== '');
  return kinds.length === 1 ? kinds[0] : undefined;
}

function opened(url: string, kind: HostKind, environment: Environment): RepositoryHost {
  const { token, apiUrl } = hostFrom(kind, environment);
  return { kind, host: openHost({ url, kind, apiUrl: apiUrl === '' ? undefined : apiUrl, token }) };
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
