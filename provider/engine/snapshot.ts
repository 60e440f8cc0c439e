/** A ruleset in one environment: what a process evaluates against. */
import { Environment } from './environment.js';
import type { Decide } from './outcome.js';
import type { Plan } from './plan.js';
import type { ErrorCode, Evaluation, EvaluationContext, Failed, FlagMetadata, Resolved, ValueKind } from './types.js';

/** A plan bound to a revision: every possible result of a flag, made when it is first asked for, and frozen. */
interface BoundFlag {
  readonly kind: ValueKind;
  readonly decide: Decide;
  /** What results carry that no rule or stage decided, failures included. */
  readonly metadata: FlagMetadata;
  readonly results: readonly Resolved[];
}

/** The longest valid key; the rest of a longer one would only swell a log. */
const MAX_SHOWN_KEY = 200;

/** Longest quotation of what an application's own code threw, in UTF-16 units: a line of a log. */
const MAX_SHOWN_ERROR = 200;

const NO_ATTRIBUTES: EvaluationContext = Object.freeze({});

/**
 * A frozen view of one revision in one environment. Evaluating is synchronous, never throws for any flag, and makes
 * no garbage but at a flag's first evaluation or where it fails; all evaluations on one snapshot see one revision.
 */
export class Snapshot {
  readonly #flags: Environment;
  /** The flags that were asked for, so that one that nobody asks for costs nothing. */
  readonly #bound = new Map<string, BoundFlag>();
  readonly #failureMetadata: FlagMetadata;
  /** How an unknown key fails: before the first ruleset every key is unknown for another reason. */
  readonly #absence: 'FLAG_NOT_FOUND' | 'PROVIDER_NOT_READY';

  readonly environment: string;

  constructor(
    /** A commit's full hash, or `sha256:` and the digest of a directory; empty before the first ruleset. */
    readonly revision: string,
    /** The repository's name and the environment, as `flagMetadata.flagSetId` has it. */
    readonly flagSetId: string,
    flags: Environment,
  ) {
    this.environment = flags.name;
    this.#absence = revision === '' ? 'PROVIDER_NOT_READY' : 'FLAG_NOT_FOUND';
    this.#failureMetadata = Object.freeze({ flagSetId, version: revision, environment: flags.name });
    this.#flags = flags;
    Object.freeze(this);
  }

  /** The keys of all flags, in the order of their paths. */
  get keys(): readonly string[] {
    return [...this.#flags.keys];
  }

  /** The kind of a flag's values; undefined for an unknown flag. */
  kind(key: string): ValueKind | undefined {
    return this.#flags.plan(key)?.kind;
  }

  /**
   * The attribute paths that the environment's flags, enabled or not, and all segments refer to: one list for each
   * document, paths again and again, so that who reads thousands can pause between any two. A document is read once,
   * and not again at later revisions that have it unchanged.
   */
  attributePaths(): Generator<readonly string[], void> {
    return this.#flags.attributePaths();
  }

  /** Evaluates one flag; with `kind`, a flag of another kind fails with `TYPE_MISMATCH`, before anything else. */
  evaluate(key: string, context: EvaluationContext = NO_ATTRIBUTES, kind?: ValueKind): Evaluation {
    const flag = this.#bound.get(key) ?? this.#tryBind(key);
    if (flag === undefined) return this.#unknown(key);
    if (flag instanceof Error) return this.#uncompilable(key, flag);
    if (kind !== undefined && flag.kind !== kind) {
      const message = `the flag ${JSON.stringify(key)} has ${flag.kind} values, not ${kind}`;
      return failed('TYPE_MISMATCH', message, flag.metadata);
    }
    try {
      return flag.results[flag.decide(context ?? NO_ATTRIBUTES)] as Resolved;
    } catch (error) {
      // Only a context with a throwing getter or proxy gets here.
      return failed(
        'GENERAL',
        `the evaluation context can't be read: ${textOf(error).slice(0, MAX_SHOWN_ERROR)}`,
        flag.metadata,
      );
    }
  }

  /** Evaluates every flag with one context. */
  evaluateAll(context: EvaluationContext = NO_ATTRIBUTES): ReadonlyMap<string, Evaluation> {
    return new Map(this.keys.map((key) => [key, this.evaluate(key, context)]));
  }

  /** Checked documents compile; should they not, for want of stack at the caller's say, the caller's value serves. */
  #tryBind(key: string): BoundFlag | Error | undefined {
    try {
      return this.#bind(key);
    } catch (error) {
      return error instanceof Error ? error : new Error(textOf(error));
    }
  }

  #uncompilable(key: string, error: Error): Failed {
    const message = `the flag ${JSON.stringify(key)} can't be compiled: ${error.message.slice(0, MAX_SHOWN_ERROR)}`;
    return failed('GENERAL', message, this.#failureMetadata);
  }

  #bind(key: string): BoundFlag | undefined {
    const plan = this.#flags.plan(key);
    if (plan === undefined) return undefined;
    const flag = bind(plan, this.flagSetId, this.revision, this.environment);
    this.#bound.set(key, flag);
    return flag;
  }

  #unknown(key: unknown): Failed {
    const quoted = JSON.stringify(textOf(key).slice(0, MAX_SHOWN_KEY));
    const isReady = this.#absence === 'FLAG_NOT_FOUND';
    const message = isReady ? `there is no flag ${quoted}` : `no ruleset has loaded yet to find ${quoted} in`;
    return failed(this.#absence, message, this.#failureMetadata);
  }
}

/** What serves before the first ruleset: every flag fails with `PROVIDER_NOT_READY`. */
export function unreadySnapshot(environment: string): Snapshot {
  const nothing = new Environment(environment, { flags: new Map(), segments: new Map() });
  return new Snapshot('', `/${environment}`, nothing);
}

/** Anything as text: a caller without types may pass, and a getter throw, what even `String` throws at. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'something without a text';
  }
}

function failed(errorCode: ErrorCode, errorMessage: string, flagMetadata: FlagMetadata): Failed {
  return { value: undefined, reason: 'ERROR', errorCode, errorMessage, flagMetadata };
}

function bind(plan: Plan, flagSetId: string, version: string, environment: string): BoundFlag {
  const { owner, type, riskTier } = plan.governance;
  const metadata = Object.freeze({ flagSetId, version, owner, type, riskTier, environment });
  const results = plan.outcomes.map(({ variant, value, reason, rule, stage }) => {
    // Literals, not spreads: this runs for every outcome of every flag that is asked for, at every new commit.
    const flagMetadata: FlagMetadata =
      rule !== undefined
        ? { flagSetId, version, owner, type, riskTier, environment, rule }
        : stage !== undefined
          ? { flagSetId, version, owner, type, riskTier, environment, stage }
          : metadata;
    return Object.freeze({ value, variant: variant ?? undefined, reason, flagMetadata: Object.freeze(flagMetadata) });
  });
  return { kind: plan.kind, decide: plan.decide, metadata, results };
}
