/** Settings whose judgement is more than a switch. */
import type { Protection } from './protection.js';
import type { Judgement } from './setting.js';

/** The App of GitHub Actions: a job of any workflow reports as it, also one that a pull request adds. */
const GITHUB_ACTIONS_APP = 15_368;

/** The status must be required, and from an App that no workflow speaks for. */
export function judgeCheck({ requiredChecks, gaps }: Protection, status: string): Judgement {
  const named = (requiredChecks ?? []).filter(({ name }) => name === status);
  if (named.some(({ appId }) => appId !== null && appId !== GITHUB_ACTIONS_APP)) return { state: 'met' };
  if (requiredChecks === undefined || (named.length === 0 && gaps.length > 0)) return { state: 'unknown' };
  if (named.length === 0) return { state: 'missing', found: `\`${status}\` is not required` };
  const isActions = named.some(({ appId }) => appId === GITHUB_ACTIONS_APP);
  const who = isActions ? 'from GitHub Actions, for which every workflow speaks' : 'by its name, from anyone';
  return { state: 'missing', found: `\`${status}\` is required ${who}` };
}

/** A bypass by pull request is one too: it merges without reviews and checks. */
export function judgeBypass({ bypassActors }: Protection): Judgement {
  if (bypassActors === undefined) return { state: 'unknown' };
  if (bypassActors.length === 0) return { state: 'met' };
  const actors = bypassActors.map(
    ({ kind, name, isOnlyByPullRequest }) =>
      `${[kind, name].filter(Boolean).join(' ')}${isOnlyByPullRequest ? ' (by pull request)' : ''}`,
  );
  return { state: 'missing', found: [...new Set(actors)].join(', ') };
}

/** Either will do. */
export function judgeUpToDate({ isMergeQueueRequired: queue, isUpToDateRequired: upToDate }: Protection): Judgement {
  if (queue === true) return { state: 'met', found: 'merge queue' };
  if (upToDate === true) return { state: 'met', found: 'branches must be up to date' };
  return { state: queue === undefined || upToDate === undefined ? 'unknown' : 'missing' };
}

/** Any will do: what it runs is that repository's to decide. */
export function judgeRequiredWorkflow({ requiredWorkflows }: Protection): Judgement {
  if (requiredWorkflows === undefined) return { state: 'unknown' };
  if (requiredWorkflows.length === 0) return { state: 'missing' };
  return { state: 'met', found: requiredWorkflows.join(', ') };
}

/** A rebase alone is told. */
export function judgeMergeMethods({ mergeMethods }: Protection): Judgement {
  if (mergeMethods === undefined) return { state: 'unknown' };
  return { state: mergeMethods.includes('rebase') ? 'missing' : 'met', found: mergeMethods.join(', ') };
}
