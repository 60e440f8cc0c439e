/** The shape of `flags/policy.yaml`, as its JSON schema admits it. */
import type { RiskTier } from './documents.js';

/** A team of `policy.yaml`. */
export interface TeamDocument {
  readonly codeOwner: string;
  /** Left out: true. */
  readonly active?: boolean;
}

/** What a change of a tier needs. */
export interface TierDocument {
  /** Left out: 0. */
  readonly approvals?: number;
  readonly reason?: Demand;
  readonly preview?: Demand;
  readonly staged?: boolean;
  readonly runbook?: Demand;
}

type Demand = 'required' | 'optional';

/** The least tier of some flags; has exactly one of `path` and `team`. */
export interface FloorDocument {
  /** A pattern of CODEOWNERS. */
  readonly path?: string;
  readonly team?: string;
  readonly tier: RiskTier;
}

/** From how many users on a change has at least some tier: a share with its sign, `10%`, or a number of users. */
export interface BlastRadiusThresholds {
  readonly medium?: string | number;
  readonly high?: string | number;
}

/** Thresholds for every environment; `environments` has those of some, in place of the general ones. */
export interface BlastRadiusDocument extends BlastRadiusThresholds {
  readonly environments?: { readonly [name: string]: BlastRadiusThresholds };
}

/** `flags/policy.yaml`. Durations are as `14d`, instants RFC 3339. */
export interface PolicyDocument {
  readonly bucketing: 'flagd-v2';
  readonly environments: readonly string[];
  readonly teams: { readonly [name: string]: TeamDocument };
  readonly naming?: { readonly pattern: string };
  readonly tiers?: { readonly [Tier in RiskTier]?: TierDocument };
  readonly expiry?: {
    readonly ticket?: string;
    readonly warn?: string;
    readonly fail?: string;
    readonly max?: string;
  };
  readonly widening?: { readonly window: string; readonly high: string };
  readonly blastRadius?: BlastRadiusDocument;
  readonly freezes?: readonly { readonly from: string; readonly until: string; readonly reason: string }[];
  readonly floors?: readonly FloorDocument[];
  readonly protected?: readonly string[];
  readonly reducing?: {
    readonly fewerApprovals?: number;
    readonly direct?: boolean;
    readonly reviewWithin?: string;
  };
  readonly approvers?: {
    readonly bots?: readonly string[];
    readonly allowedBots?: readonly string[];
    readonly ignoreEmails?: readonly string[];
  };
}
