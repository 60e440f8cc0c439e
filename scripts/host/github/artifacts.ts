/**
 * The newest archive of a name that a run of a branch's own commits left on GitHub. Anybody who may open a pull request, or
 * push a branch or a tag, can have a workflow upload one of the same name.
 */
import type { Endpoints } from '@octokit/types';
import type { Artifact, ArtifactRequest } from '../artifact.js';
import { HostError, isFailure } from '../host-error.js';
import type { Download } from '../transport/download.js';
import { PAGE_SIZE } from '../transport/pages.js';
import { API_HEADERS, type GitHubClient } from './client.js';

const LIST = 'GET /repos/{owner}/{repo}/actions/artifacts';
const RUN = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';

type Listed = Endpoints[typeof LIST]['response']['data']['artifacts'][number];

/** A thousand of one name; more is a flood of somebody who wants the branch's own not to be found. */
const MAX_PAGES = 10;

/** Runs that are asked for, newest first: a workflow that fails daily for two weeks. */
const MAX_RUNS = 14;

/** As many reasons as anybody reads. */
const MAX_REASONS = 5;

/**
 * Events whose workflow and commit are the branch's. A pull request *from* the branch runs what it is merged into, and
 * calls the branch its head.
 */
const EVENTS: ReadonlySet<string> = new Set(['push', 'schedule', 'workflow_dispatch', 'repository_dispatch']);

/** Finds it and downloads it. @throws HostError where there is none, with what was left out and why */
export async function fetchArtifact(
  client: GitHubClient,
  download: Download,
  request: ArtifactRequest,
): Promise<Artifact> {
  const { chosen, reasons } = await choose(client, request).catch(withAdvice);
  if (chosen === undefined) throw none(request, reasons);
  const { id, size_in_bytes: bytes, digest, created_at: createdAt, workflow_run: run } = chosen;
  if (bytes > request.maxBytes) {
    throw new HostError(
      `the artifact ${id} of the name ${JSON.stringify(request.name)} has ${bytes} bytes; at most ${request.maxBytes} are read: upload fewer contexts`,
      'refused',
    );
  }
  const found = await download({
    url: client.urlOf('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', {
      artifact_id: id,
      archive_format: 'zip',
    }),
    headers: API_HEADERS,
    to: request.to,
    maxBytes: request.maxBytes,
  });
  if (typeof digest === 'string' && digest !== `sha256:${found}`) {
    throw new HostError(`the artifact ${id} is not what was uploaded: its digest differs`, 'invalid');
  }
  return { name: request.name, bytes, createdAt: createdAt ?? '', run: run?.id ?? 0, commit: run?.head_sha ?? '' };
}

async function choose(
  client: GitHubClient,
  request: ArtifactRequest,
): Promise<{ readonly chosen: Listed | undefined; readonly reasons: readonly string[] }> {
  const listed = await list(client, request.name);
  const reasons: string[] = [];
  let runs = 0;
  for (const artifact of listed) {
    const reason =
      listedDefect(artifact, request) ?? (runs < MAX_RUNS ? undefined : 'is too old: newer runs were refused');
    if (reason === undefined) runs += 1;
    const defect = reason ?? (await runDefect(client, artifact, request));
    if (defect === undefined) return { chosen: artifact, reasons };
    reasons.push(`${artifact.id} ${defect}`);
  }
  return { chosen: undefined, reasons };
}

/** Newest first, which GitHub does not promise. */
async function list(client: GitHubClient, name: string): Promise<readonly Listed[]> {
  const items: Listed[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { artifacts, total_count: total } = await client.ask(LIST, { name, page, per_page: PAGE_SIZE });
    items.push(...artifacts);
    if (artifacts.length === 0 || items.length >= total) break;
  }
  return items
    .filter((artifact) => artifact.name === name)
    .sort((a, b) => Date.parse(b.created_at ?? '') - Date.parse(a.created_at ?? '') || b.id - a.id);
}

/** What the list itself tells against an artifact. */
function listedDefect({ expired, workflow_run: run }: Listed, { branch }: ArtifactRequest): string | undefined {
  if (expired) return 'has expired';
  if (run?.id === undefined || run.repository_id === undefined) return 'names no run';
  if (run.head_repository_id !== run.repository_id) return 'is of a fork';
  if (run.head_branch !== branch) return `is of the branch ${JSON.stringify(run.head_branch)}`;
  return undefined;
}

/** What its run tells against it: the branch's name alone could be that of a tag, too. */
async function runDefect(
  client: GitHubClient,
  { workflow_run: listed }: Listed,
  { branch, isOfBranch }: ArtifactRequest,
): Promise<string | undefined> {
  const run = await client.ask(RUN, { run_id: listed?.id ?? 0 });
  if (run.repository.id !== listed?.repository_id || run.head_repository?.id !== run.repository.id)
    return 'is of a fork';
  if (run.head_branch !== branch || run.head_sha !== listed.head_sha) return 'is of another run than it says';
  if (!EVENTS.has(run.event)) return `is of a run on ${JSON.stringify(run.event)}, not on the branch itself`;
  if (!(await isOfBranch(run.head_sha))) return `is of the commit ${run.head_sha}, which is not on ${branch}`;
  return undefined;
}

function none({ name, branch }: ArtifactRequest, reasons: readonly string[]): HostError {
  const more = reasons.length > MAX_REASONS ? `; and ${reasons.length - MAX_REASONS} more` : '';
  const refused = reasons.length === 0 ? '' : `; left out: ${reasons.slice(0, MAX_REASONS).join('; ')}${more}`;
  return new HostError(
    `there is no artifact ${JSON.stringify(name)} of a run of the branch ${branch} (${[...EVENTS].join(', ')})${refused}`,
    'missing',
  );
}

/** Both look the same to a token that may not. */
function withAdvice(error: unknown): never {
  if (!isFailure(error, 'forbidden', 'missing')) throw error;
  throw new HostError(
    `${error.message}; to read artifacts, the job's permissions need \`actions: read\``,
    error.failure,
  );
}
