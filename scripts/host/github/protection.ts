/** The settings that guard a branch of GitHub: its rulesets and its classic protection together. */
import { isFailure } from '../host-error.js';
import { joinDemands, type BypassActor, type Demands, type Protection } from '../protection.js';
import { readClassicProtection } from './classic-protection.js';
import type { GitHubClient } from './client.js';
import { demandsOfRule } from './rules.js';

interface Rulesets {
  readonly demands: readonly Demands[];
  readonly ids: readonly number[];
  readonly isReadable: boolean;
}

async function readRulesets(client: GitHubClient, branch: string): Promise<Rulesets> {
  try {
    const { items, isComplete } = await client.list('GET /repos/{owner}/{repo}/rules/branches/{branch}', { branch });
    const ids = items.flatMap(({ ruleset_id }) => (ruleset_id === undefined ? [] : [ruleset_id]));
    return { demands: items.map(demandsOfRule), ids: [...new Set(ids)], isReadable: isComplete };
  } catch (error) {
    if (isFailure(error, 'missing', 'forbidden')) return { demands: [], ids: [], isReadable: false };
    throw error;
  }
}

async function bypassOf(client: GitHubClient, id: number): Promise<readonly BypassActor[] | undefined> {
  try {
    const route = 'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}';
    const { bypass_actors } = await client.ask(route, { ruleset_id: id, includes_parents: true });
    return bypass_actors?.map(({ actor_id, actor_type, bypass_mode }) => ({
      kind: actor_type,
      name: String(actor_id ?? ''),
      isOnlyByPullRequest: bypass_mode === 'pull_request',
    }));
  } catch (error) {
    if (isFailure(error, 'missing', 'forbidden')) return undefined;
    throw error;
  }
}

/** Reads what must be fulfilled before a commit reaches the branch. */
export async function readProtection(client: GitHubClient, branch: string): Promise<Protection> {
  const rulesets = await readRulesets(client, branch);
  const classic = await readClassicProtection(client, branch);
  const gaps: string[] = [];
  if (!rulesets.isReadable) gaps.push('the rulesets are not shown; the token needs "Metadata: read"');
  if (!classic.isReadable) gaps.push('classic branch protection is not shown; the token needs "Administration: read"');
  const actors: BypassActor[] = [...classic.bypassActors];
  let isBypassKnown = rulesets.isReadable && classic.isReadable;
  for (const id of rulesets.ids) {
    const found = await bypassOf(client, id);
    if (found === undefined) {
      gaps.push(`who may bypass the ruleset ${id} is not shown; the token needs "Administration: write"`);
      isBypassKnown = false;
    } else actors.push(...found);
  }
  const isComplete = rulesets.isReadable && classic.isReadable;
  const bypassActors = isBypassKnown ? actors : undefined;
  return joinDemands(branch, [...rulesets.demands, classic.demands], bypassActors, gaps, isComplete);
}
