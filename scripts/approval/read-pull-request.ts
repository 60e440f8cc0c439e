/** A pull request on the command line, as JSON of `schema/check/pull-request.schema.json`. */
import { UsageError, type CommandInput } from '../command.js';
import { readJson } from '../json-argument.js';
import type { PullRequest } from './pull-request.js';
import validatePullRequest from './pull-request.generated.js';

/** Hundreds of commits with long messages; a hundred reviews take 50 KB. */
const PULL_REQUEST = { what: 'the pull request', maxBytes: 64 * 1024 * 1024, maxDepth: 8 };

/** Reads `--pull-request` where it is no number. @throws UsageError for anything but a pull request, with the place */
export async function readPullRequest(argument: string, input: CommandInput): Promise<PullRequest> {
  const value = await readJson(argument, PULL_REQUEST, input);
  const validate = validatePullRequest as ((value: unknown) => boolean) & {
    errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
  };
  if (validate(value)) return value as PullRequest;
  const [error] = validate.errors ?? [];
  const place = error?.instancePath === '' ? 'it' : `its ${error?.instancePath}`;
  throw new UsageError(
    `the pull request is not as schema/check/pull-request.schema.json describes: ${place} ${error?.message ?? 'is wrong'}`,
  );
}
