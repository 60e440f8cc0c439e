/** A pull request on the command line, as JSON of `schema/check/pull-request.schema.json`. */
import { UsageError, type CommandInput } from '../command.js';
import { readJson } from '../json-argument.js';
import type { PullRequest } from './pull-request.js';
import validatePullRequest from './pull-request.generated.js';

/** Hundreds of commits with long messages; a hundred reviews take 50 KB. */
const PULL_REQUEST = { what: 'the pull request', maxBytes: 64 * 1024 * 1024, maxDepth: 8 };

/** In characters, of an argument that is none. */
const MAX_SHOWN = 60;

/** What GitHub's and GitLab's own answers have, and this JSON does not. */
const FOREIGN = ['node_id', '_links', 'iid', 'html_url', 'web_url'];

/** Reads `--pull-request` where it is no number. @throws UsageError for anything but a pull request, with the place */
export async function readPullRequest(argument: string, input: CommandInput): Promise<PullRequest> {
  if (!/^[@{[-]/.test(argument.trimStart())) {
    throw new UsageError(
      `--pull-request must be a number such as 7, or JSON, @FILE or - for standard input, not ${JSON.stringify(argument.slice(0, MAX_SHOWN))}`,
    );
  }
  const value = await readJson(argument, PULL_REQUEST, input);
  const validate = validatePullRequest as ((value: unknown) => boolean) & {
    errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
  };
  if (validate(value)) return value as PullRequest;
  const [error] = validate.errors ?? [];
  const place = error?.instancePath === '' ? 'it' : `its ${error?.instancePath}`;
  throw new UsageError(
    `the pull request is not as schema/check/pull-request.schema.json describes: ${place} ${error?.message ?? 'is wrong'}${hintFor(value)}`,
  );
}

function hintFor(value: unknown): string {
  const isForeign = typeof value === 'object' && value !== null && FOREIGN.some((name) => Object.hasOwn(value, name));
  return isForeign
    ? "; this looks like the host's own JSON: give the pull request's number, and the host is asked"
    : '';
}
