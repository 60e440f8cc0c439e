/** The sampler as applications have it: an OpenFeature hook, and a method for hot loops. */
import type { EvaluationDetails, FlagValue, Hook, HookContext } from '@openfeature/server-sdk';
import type { EvaluationContext } from '../engine/index.js';
import { Slices } from '../repository/index.js';
import type { AttributeTree } from './attribute-tree.js';
import { ContextWriter } from './context-writer.js';
import { newCounts } from './counts.js';
import { Outlet } from './outlet.js';
import { prioritiesOf } from './priority.js';
import { RulesetAttributes, type SampledProvider } from './ruleset-attributes.js';
import { Sample, type SampleScope } from './sample.js';
import { checkSamplerOptions, type ContextSamplerOptions } from './sampler-options.js';
import type { SamplerStatus } from './sampler-status.js';

/**
 * Samples the users that flags are evaluated for, with what rules read of their contexts, for `flagctl preview
 * --contexts`: a hook (`OpenFeature.addHooks(sampler)`, or of a client), and {@link sample} for loops on
 * `provider.snapshot()`.
 *
 * **Users, not calls.** Each flag holds the users with the smallest priorities of a window, which are the same in all
 * processes; a row's `$weight` is for how many users it stands, and the sum of the weights estimates how many there
 * were. Files of several windows and processes are merged by the smallest weight per targeting key. The mathematics
 * and its sources: `sample.ts`. With plain keys, whoever may choose his targeting key may choose one with a small
 * priority, and a few hundred such push everybody else out; with a secret, priorities are of the secret.
 *
 * **What is kept.** The targeting key, and the attributes at the paths that the conditions of the environment's rules
 * and of all segments, and `bucketBy`, refer to in the ruleset that serves, or that `attributes` names. Nothing else is
 * ever held, neither on disk nor in memory. Own data properties only: an attribute behind a getter is not read. Values
 * are strings, finite numbers, booleans, Dates (as ISO text), lists of these, and objects as far as paths lead into
 * them; strings of more than 1,024 UTF-16 units, lists of more than 256 elements and, largest first, what makes a
 * context longer than its limit are dropped and counted. The rows keep what rules read: with `email` in a rule, they
 * hold addresses, unless `hash` names it. A user has the context that got him into his first reservoir, and what that
 * one lacked from the next three; after a change of the paths it is read anew when he comes by. Before the first
 * ruleset's rules are read, some milliseconds in which the process has to come to it, nobody is sampled.
 *
 * **What hashing costs.** A rollout hashes the row's targeting key, which is then another one: its bucket is not that of
 * the real user. Shares are right on the whole, and say nothing of who it is. A rule on the key itself, or on a hashed
 * attribute, matches no hash, except by `exists` and `notIn`.
 *
 * **What it costs.** Most evaluations are rejected by one comparison after one hash of the key, well below a microsecond.
 * Through the SDK's client any hook at all costs some microseconds more, whatever it does; a client of `getClient` asks
 * samplers itself and keeps its short path where there are no other hooks.
 *
 * An evaluation is never delayed, changed or failed by it. The timer keeps no process alive: what is held when the
 * process ends, at most a window's users, is lost, unless it waits for {@link close}.
 */
export class ContextSampler implements Hook {
  // All private: an inspected or serialised sampler shows nothing of its secret or of what it holds.
  readonly #counts = newCounts();
  readonly #provider: SampledProvider;
  readonly #attributes: RulesetAttributes;
  readonly #writer: ContextWriter;
  readonly #scope: SampleScope;
  readonly #outlet: Outlet;
  readonly #warn: (message: string) => void;
  readonly #timer: NodeJS.Timeout;
  #generation = 0;
  #sample: Sample;
  /** The one that is being written. */
  #ended: Sample | undefined;
  #idle: Promise<void> = Promise.resolve();
  #nextFlush: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws TypeError saying which option is wrong and what it may be */
  constructor(options: ContextSamplerOptions) {
    const { secret, hashed, always, files, intervalMs, limits } = checkSamplerOptions(options);
    const { provider, onBatch, logger = console } = options;
    this.#warn = (message) => {
      try {
        logger.warn(message);
      } catch {
        // A log that fails is no reason to fail.
      }
    };
    this.#provider = provider;
    this.#writer = new ContextWriter(secret, limits.contextBytes);
    this.#attributes = new RulesetAttributes(provider, { always, hashed }, (tree, before) => this.#keep(tree, before));
    this.#writer.tree = this.#attributes.tree;
    this.#outlet = new Outlet({ files, onBatch, counts: this.#counts, warn: this.#warn });
    this.#scope = {
      limits,
      counts: this.#counts,
      writer: this.#writer,
      priorities: prioritiesOf(secret),
      isFlag: (flagKey) => this.#provider.snapshot().kind(flagKey) !== undefined,
    };
    this.#sample = new Sample(this.#scope, this.#generation);
    try {
      // So that a program that evaluates at once, and does nothing else, finds the rules of a small repository read.
      this.#attributes.look(true);
    } catch {
      // Of a provider whose own code throws: it is asked again at each evaluation.
    }
    this.#timer = setInterval(() => void this.flush(), intervalMs).unref();
  }

  /** OpenFeature's: samples an evaluation that has succeeded, with the context that the provider was asked with. */
  finally(hookContext: Pick<HookContext, 'flagKey' | 'context'>, details: EvaluationDetails<FlagValue>): void {
    if (details.errorCode === undefined) this.sample(hookContext.flagKey, hookContext.context);
  }

  /**
   * Samples an evaluation of a flag for a context; says nothing, and never throws. A loop that never lets the process do
   * anything else waits for {@link flush} first, once: until then nobody knows what to keep (`skipped.rulesetUnread`).
   */
  sample(flagKey: string, context: EvaluationContext | undefined): void {
    try {
      if (this.#closing !== undefined) return;
      this.#counts.evaluations++;
      this.#attributes.look();
      if (this.#attributes.revision === undefined) this.#counts.skipped.rulesetUnread++;
      else this.#sample.offer(flagKey, context ?? NO_ATTRIBUTES);
    } catch {
      // Of a context, or a provider, whose own code throws; or through a proxy, which has nothing of a sampler.
      if (#counts in this) this.#counts.skipped.unreadable++;
    }
  }

  /** What it holds, has seen and has written. */
  status(): SamplerStatus {
    const { users, reservoirs, usersPerFlag } = this.#sample;
    const { paths, omitted } = this.#attributes.tree;
    return {
      ...this.#counts,
      skipped: { ...this.#counts.skipped },
      users: users.byPriority.size,
      flags: reservoirs.size,
      bytes: users.bytes,
      usersPerFlag,
      attributes: { revision: this.#attributes.revision, paths, omitted },
      lastError: this.#outlet.lastError,
      lastWritten: this.#outlet.lastWritten,
    };
  }

  /** Ends the window and writes it, where it has any rows; resolves when that is done or has failed. Never rejects. */
  flush(): Promise<void> {
    if (this.#nextFlush === undefined) {
      this.#nextFlush = this.#idle.then(() => {
        this.#nextFlush = undefined;
        return this.#writeWindow();
      });
      this.#idle = this.#nextFlush;
    }
    return this.#nextFlush;
  }

  /** Writes the last window and samples no more. Idempotent; never rejects. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing ??= this.flush();
    return this.#closing;
  }

  async #writeWindow(): Promise<void> {
    // What a new ruleset no longer reads must not be written.
    await this.#attributes.settled().catch((error: unknown) => this.#outlet.fail(error));
    const ended = this.#sample;
    if (ended.users.byPriority.size === 0) return;
    this.#sample = new Sample(this.#scope, this.#generation);
    this.#ended = ended;
    await this.#outlet.write(ended);
    this.#ended = undefined;
  }

  #keep(tree: AttributeTree, before: AttributeTree): void {
    this.#generation++;
    this.#writer.tree = tree;
    this.#sample.users.outdate(this.#generation);
    this.#ended?.users.outdate(this.#generation);
    if (tree.omitted > before.omitted) {
      this.#warn(`${tree.omitted} of the attributes that rules read are too many or too deep to be sampled`);
    }
    const kept = new Set(tree.paths);
    if (before.paths.some((path) => !kept.has(path))) void prune(this.#sample);
  }
}

const NO_ATTRIBUTES: EvaluationContext = Object.freeze({});

/** What no rule reads any more leaves the memory as well. */
async function prune(sample: Sample): Promise<void> {
  const slices = new Slices();
  for (const user of sample.users.byPriority.values()) {
    if (slices.isOver) await slices.pause();
    sample.users.prune(user);
  }
}
