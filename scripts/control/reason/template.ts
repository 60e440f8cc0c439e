/** The templates that a host fills new descriptions with: what they say is no reason, for nobody wrote it for a change. */
import {
  decodeText,
  localEnvironment,
  runGit,
  SyncError,
  visitBlobs,
  type GitRepository,
} from '../../../provider/repository/index.js';

/** Where GitHub and GitLab look for templates, besides the root; both without regard to the case of the file's name. */
const FOLDERS = ['.github', 'docs', '.gitlab'].flatMap((folder) => [
  `${folder}/`,
  `${folder}/PULL_REQUEST_TEMPLATE/`,
  `${folder}/pull_request_template/`,
  `${folder}/merge_request_templates/`,
]);
const ROOT_FOLDERS = ['PULL_REQUEST_TEMPLATE/', 'pull_request_template/'];
const TEMPLATE = /(^|\/)(pull_request_template(\.\w+)?|(pull_request_template|merge_request_templates)\/[^/]+)$/i;

/** Longer ones are no templates. */
const MAX_TEMPLATE_BYTES = 64 * 1024;
const MAX_TEMPLATES = 100;

const TIMEOUT_MS = 10_000;
/** Two hundred thousand names of files. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** The templates of a revision, one behind the other; empty where there are none. @throws SyncError */
export async function readTemplate(repository: GitRepository, revision: string): Promise<string> {
  const lists = [
    await listOf(repository, revision, []),
    await listOf(repository, revision, [...FOLDERS, ...ROOT_FOLDERS]),
  ];
  const ids = lists.flat().filter(({ path }) => TEMPLATE.test(path));
  const texts: string[] = [];
  await visitBlobs(
    repository,
    new Set(ids.slice(0, MAX_TEMPLATES).map(({ id }) => id)),
    MAX_TEMPLATE_BYTES,
    (_, bytes) => {
      if (bytes !== undefined) texts.push(decodeText(bytes).text);
    },
  );
  // A comment that one leaves open must not hide the next.
  return texts.join('\n-->\n');
}

interface Listed {
  readonly id: string;
  readonly path: string;
}

async function listOf(
  repository: GitRepository,
  revision: string,
  folders: readonly string[],
): Promise<readonly Listed[]> {
  const { exitCode, stdout, stderr } = await runGit({
    gitDir: repository.gitDir,
    args: ['ls-tree', '-z', '--full-tree', '--end-of-options', revision, ...folders],
    environment: localEnvironment(repository.gitDir),
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  });
  if (exitCode !== 0)
    throw new SyncError(`the files of ${revision} cannot be listed: ${stderr.slice(0, 200)}`, 'later');
  return stdout
    .toString()
    .split('\0')
    .flatMap((line) => {
      const [, id, path] = /^100\d{3} blob ([0-9a-f]+)\t([^]+)$/.exec(line) ?? [];
      return id === undefined || path === undefined ? [] : [{ id, path }];
    });
}
