/** Checked documents for tests, from the parts that a test is about. */
import type { ConditionDocument, Documents, EnvironmentDocument, FlagDocument } from '../documents.js';
import { holdFlag, holdSegment } from '../references.js';
import { Ruleset } from '../ruleset.js';
import type { Snapshot } from '../snapshot.js';

/** A flag without the fields that a test does not care for. */
export type FlagSketch = Partial<Omit<FlagDocument, 'key'>>;

/** What a repository of a test holds. */
export interface RepositorySketch {
  readonly flags: Readonly<Record<string, FlagSketch>>;
  readonly segments?: Readonly<Record<string, ConditionDocument>>;
  /** Default: production and staging. */
  readonly environments?: readonly string[];
}

/** Completes the governance of a flag. */
export function flagDocument(key: string, sketch: FlagSketch): FlagDocument {
  const governance = {
    type: 'release',
    owner: 'team',
    riskTier: 'low',
    expiresAt: '2027-03-01',
    description: 'A flag.',
  } as const;
  return { key, ...governance, ...sketch };
}

/** A flag whose `production` is enabled and has these rules and this rollout. */
export function inProduction(environment: Omit<EnvironmentDocument, 'enabled'>, sketch: FlagSketch = {}): FlagSketch {
  return { ...sketch, environments: { production: { enabled: true, ...environment } } };
}

/** All documents of a repository. */
export function documentsOf({
  flags,
  segments = {},
  environments = ['production', 'staging'],
}: RepositorySketch): Documents {
  return {
    policy: { bucketing: 'flagd-v2', environments, teams: {} },
    flags: new Map(Object.entries(flags).map(([key, sketch]) => [key, holdFlag(flagDocument(key, sketch))])),
    segments: new Map(
      Object.entries(segments).map(([name, when]) => [
        name,
        holdSegment({ owner: 'team', description: 'A segment.', when }),
      ]),
    ),
    guardrails: new Map(),
    retired: [],
  };
}

/** A ruleset of a repository's first revision. */
export function rulesetOf(sketch: RepositorySketch): Ruleset {
  return new Ruleset({ id: '3f2a', repository: 'acme/flags' }, documentsOf(sketch));
}

/** One flag, `team.domain.flag`, in production: from a targeting key to the name of the variant. */
export function variantOf(
  sketch: FlagSketch,
  segments: RepositorySketch['segments'] = {},
): (key: string | number) => string | undefined {
  const snapshot = rulesetOf({ flags: { 'team.domain.flag': sketch }, segments }).snapshot('production');
  return (targetingKey) => snapshot.evaluate('team.domain.flag', { targetingKey }).variant;
}

/** A repository's production, compiled. */
export function productionOf(sketch: RepositorySketch): Snapshot {
  return rulesetOf(sketch).snapshot('production');
}
