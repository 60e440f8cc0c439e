/**
 * Cuts the part that we use out of GitHub's published OpenAPI description, with its examples and without its prose:
 * `node slice-description.mjs api.github.com.json > github-description.json`. The description is generated/api.github.com.json
 * of the package @octokit/openapi, whose version becomes the slice's.
 */
import { readFileSync } from 'node:fs';

/** What the adapter and the actions ask; a request for anything else fails the tests. */
const OPERATIONS = [
  ['/repos/{owner}/{repo}/pulls/{pull_number}', 'get'],
  ['/repos/{owner}/{repo}/pulls/{pull_number}/reviews', 'get'],
  ['/repos/{owner}/{repo}/pulls/{pull_number}/commits', 'get'],
  ['/repos/{owner}/{repo}/pulls', 'get'],
  ['/repos/{owner}/{repo}/pulls', 'post'],
  ['/repos/{owner}/{repo}/issues/{issue_number}/timeline', 'get'],
  ['/repos/{owner}/{repo}/issues/{issue_number}/comments', 'get'],
  ['/repos/{owner}/{repo}/issues/{issue_number}/comments', 'post'],
  ['/repos/{owner}/{repo}/issues/comments/{comment_id}', 'patch'],
  ['/repos/{owner}/{repo}/issues/comments/{comment_id}', 'delete'],
  ['/repos/{owner}/{repo}/activity', 'get'],
  ['/repos/{owner}/{repo}/collaborators', 'get'],
  ['/repos/{owner}/{repo}/collaborators/{username}/permission', 'get'],
  ['/repos/{owner}/{repo}/commits', 'get'],
  ['/repos/{owner}/{repo}/commits/{commit_sha}/pulls', 'get'],
  ['/repos/{owner}/{repo}/rules/branches/{branch}', 'get'],
  ['/repos/{owner}/{repo}/rulesets/{ruleset_id}', 'get'],
  ['/repos/{owner}/{repo}/branches/{branch}/protection', 'get'],
  ['/repos/{owner}/{repo}/statuses/{sha}', 'post'],
  ['/repos/{owner}/{repo}/actions/artifacts', 'get'],
  ['/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', 'get'],
  ['/repos/{owner}/{repo}/actions/runs/{run_id}', 'get'],
  ['/orgs/{org}/teams/{team_slug}/members', 'get'],
  ['/users/{username}', 'get'],
  ['/user/{account_id}', 'get'],
  ['/user', 'get'],
  ['/search/users', 'get'],
];

/** Prose, which validates nothing. */
const PROSE = new Set([
  'description',
  'summary',
  'externalDocs',
  'x-github',
  'x-octokit',
  'tags',
  'headers',
  'callbacks',
]);

const [file] = process.argv.slice(2);
const description = JSON.parse(readFileSync(file, 'utf8'));
const slice = {
  openapi: description.openapi,
  info: { title: description.info.title, version: description.info.version, license: description.info.license },
  paths: {},
  components: {},
};

function strip(node, isNames = false) {
  if (Array.isArray(node)) return node.map((item) => strip(item));
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(
    ([key]) => isNames || !(PROSE.has(key) || key === 'example' || key === 'examples'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, strip(value, !isNames && key === 'properties')]));
}

function include(node) {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key !== '$ref' || typeof value !== 'string') {
      include(value);
      continue;
    }
    const [, , kind, name] = value.split('/');
    slice.components[kind] ??= {};
    if (slice.components[kind][name] !== undefined) continue;
    slice.components[kind][name] =
      kind === 'examples' ? description.components.examples[name] : strip(description.components[kind][name]);
    include(slice.components[kind][name]);
  }
}

for (const [path, method] of OPERATIONS) {
  const operation = description.paths[path][method];
  const kept = strip(operation);
  for (const [status, { content }] of Object.entries(operation.responses)) {
    const example = Object.values(content?.['application/json']?.examples ?? {})[0];
    if (example !== undefined && status.startsWith('2'))
      kept.responses[status].content['application/json'].example = example;
  }
  slice.paths[path] = { ...slice.paths[path], [method]: kept };
  include(kept);
}
// What errors look like that the description does not list for an operation.
include({ $ref: '#/components/schemas/basic-error' });
process.stdout.write(`${JSON.stringify(slice)}\n`);
