import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import {
  answerDefect,
  DESCRIPTION_VERSION,
  exampleOf,
  matchOperation,
  OPERATIONS,
  requestDefect,
} from './description.js';
import type { Arrived } from './http-server.js';

function arrived(method: string, path: string, query = '', body?: unknown): Arrived {
  return { method, path, query: new URLSearchParams(query), headers: {}, body };
}

function match(method: string, path: string): NonNullable<ReturnType<typeof matchOperation>> {
  const matched = matchOperation(arrived(method, path));
  if (matched === undefined) throw new Error(`${method} ${path} is not in the description`);
  return matched;
}

const REVIEWS = '/repos/acme/flags/pulls/7/reviews';

describe("GitHub's description as a judge", () => {
  it('is of the version that the types are made from', () => {
    const { octokit } = createRequire(import.meta.url)('@octokit/openapi-types/package.json') as {
      readonly octokit: { readonly 'openapi-version': string };
    };
    expect(DESCRIPTION_VERSION.split('.')[0]).toBe(octokit['openapi-version'].split('.')[0]);
  });

  it('knows the operations that are asked, and no other', () => {
    expect(OPERATIONS.length).toBeGreaterThan(20);
    expect(matchOperation(arrived('GET', '/repos/acme/flags/review'))).toBeUndefined();
    expect(matchOperation(arrived('DELETE', REVIEWS))).toBeUndefined();
  });

  it.each<[query: string, defect: RegExp | undefined]>([
    ['per_page=100&page=2', undefined],
    ['per_page=many', /per_page=many/],
    ['perpage=100', /unknown parameter perpage/],
  ])('judges the query %s', (query, defect) => {
    const found = requestDefect(match('GET', REVIEWS), arrived('GET', REVIEWS, query));
    if (defect === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(defect);
  });

  it.each<[body: unknown, defect: RegExp | undefined]>([
    [{ body: 'text' }, undefined],
    [{}, /must have required property 'body'/],
    [{ body: 1 }, /must be string/],
    [{ body: 'text', extra: 1 }, /additional properties/],
  ])('judges the body %j', (body, defect) => {
    const path = '/repos/acme/flags/issues/7/comments';
    const found = requestDefect(match('POST', path), arrived('POST', path, '', body));
    if (defect === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(defect);
  });

  it('judges an answer: its status, its fields and their kinds', () => {
    const matched = match('GET', REVIEWS);
    const [review] = exampleOf('get', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews') as readonly object[];
    expect(answerDefect(matched, { status: 200, json: [review] })).toBeUndefined();
    expect(answerDefect(matched, { status: 200, json: review })).toMatch(/must be array/);
    expect(answerDefect(matched, { status: 200, json: [{ ...review, state: 1 }] })).toMatch(/must be string/);
    expect(answerDefect(matched, { status: 200, json: [{ ...review, submitted_at: 'noon' }] })).toMatch(/date-time/);
    expect(answerDefect(matched, { status: 200, json: [{ id: 1 }] })).toMatch(/must have required property/);
    expect(answerDefect(matched, { status: 202, json: [] })).toMatch(/does not answer 202/);
    expect(answerDefect(matched, { status: 403, json: { message: 1 } })).toMatch(/must be string/);
  });
});
