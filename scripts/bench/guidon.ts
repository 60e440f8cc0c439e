/** Guidon's side of the benchmark: the one place that makes documents and a snapshot of the benchmark's flags. */
import {
  holdFlag,
  Ruleset,
  type ConditionDocument,
  type Documents,
  type EnvironmentDocument,
  type FlagDocument,
  type PolicyDocument,
  type RuleDocument,
  type Snapshot,
} from '../../provider/engine/index.js';
import type { BenchCondition, BenchContext, BenchFlag, BenchRule } from './flag.js';
import type { OpenPeer, Peer } from './peer.js';

/** The one environment of the benchmark's documents. */
export const benchEnvironment = 'production';

/** The policy that the benchmark's documents are written under. */
export const benchPolicy: PolicyDocument = {
  bucketing: 'flagd-v2',
  environments: [benchEnvironment],
  teams: { team: { codeOwner: '@acme/team' } },
};

/** A flag as its file says it. */
export function flagDocument(flag: BenchFlag): FlagDocument {
  const variants = flag.serves === 'object' ? { default: 'none', variants: { none: {}, full: flag.value } } : {};
  return {
    key: flag.key,
    type: 'release',
    owner: 'team',
    riskTier: 'low',
    expiresAt: '2099-01-01',
    description: 'Bench.',
    ...variants,
    environments: { [benchEnvironment]: environmentDocument(flag) },
  };
}

function environmentDocument(flag: BenchFlag): EnvironmentDocument {
  switch (flag.serves) {
    case 'true':
      return { enabled: true, rollout: 100 };
    case 'half':
      return { enabled: true, rollout: 50 };
    case 'object':
      return { enabled: true, rollout: { full: 100 } };
    case 'rules':
      return { enabled: true, rules: flag.rules.map(ruleDocument) };
  }
}

function ruleDocument(rule: BenchRule, index: number): RuleDocument {
  const when: ConditionDocument = Object.fromEntries(
    rule.map((condition) => [condition.attribute, operandDocument(condition)]),
  );
  return { name: `rule-${index}`, when, serve: true };
}

function operandDocument({ operator, operand }: BenchCondition): ConditionDocument[string] {
  switch (operator) {
    case 'equals':
      return operand;
    case 'in':
    case 'endsWith':
      return { [operator]: operand };
    case 'versionAtLeast':
      return { semver: `>=${operand}` };
    case 'above':
      return { gt: operand };
  }
}

/** A snapshot of some flags. */
export function snapshotOf(flags: readonly BenchFlag[]): Snapshot {
  const documents: Documents = {
    policy: benchPolicy,
    flags: new Map(flags.map((flag) => [flag.key, holdFlag(flagDocument(flag))])),
    segments: new Map(),
    guardrails: new Map(),
    retired: [],
  };
  return new Ruleset({ id: 'bench', repository: 'bench' }, documents).snapshot(benchEnvironment);
}

/** Guidon as a side; it reads the context as the application has it. */
export const guidon: Peer = {
  title: 'Guidon',
  packageName: undefined,
  async open(flags): Promise<OpenPeer<BenchContext & Readonly<Record<string, unknown>>>> {
    const snapshot = snapshotOf(flags);
    return {
      context: (context) => ({ ...context }),
      boolean: (key, context) => snapshot.evaluate(key, context, 'boolean').value,
      object: (key, context) => snapshot.evaluate(key, context, 'object').value,
      close: () => undefined,
    };
  },
};
