/** Contexts through both rulesets: who gets what before and after. */
import type { EvaluationContext, Predicate } from '../../../provider/engine/index.js';
import { keyKindOf } from '../../../provider/sampler/index.js';
import type { WeightedContext } from '../../contexts/contexts.js';
import { countKind } from './attribute-kinds.js';
import { Block } from './block.js';
import type { Job } from './job.js';
import { prepare, type Prepared, type PreparedSubject } from './prepared.js';
import { addContext } from './sums.js';
import { KEY_SLOTS, newTally, TAKERS, type Tally } from './tally.js';
import { ValueSlots } from './value-groups.js';

/** Replays contexts; what it counts of some does not depend on which it saw before, as far as it is used. */
export class Replay {
  readonly #job: Prepared;
  readonly #block: Block;
  /**
   * By subject, the rules that have decided for nobody yet, by their index among the flag's: only of these it matters
   * for whom else they hold.
   */
  readonly #pending: (readonly number[])[];

  constructor(job: Job) {
    this.#job = prepare(job);
    this.#block = new Block(this.#job.shape.environments);
    this.#pending = this.#job.subjects.map(({ rules }) => rules.map((_rule, index) => index));
  }

  /** @param repeats 1 of a context that does not count, by its index */
  count(contexts: readonly WeightedContext[], repeats: Uint8Array | undefined): Tally {
    const [tally, block] = [newTally(this.#job.shape), this.#block];
    const slots = tally.values.map((groups) => new ValueSlots(groups, this.#job.shape.environments));
    for (let at = 0; at < contexts.length;) {
      at = block.fill(contexts, repeats, at);
      countPopulation(block, tally);
      this.#replayBlock(block, tally);
      countChanged(block, tally);
      for (const [index, isMember] of this.#job.segments.entries()) countSegment(isMember, index, block, tally);
      for (const [index, read] of this.#job.by.entries()) {
        countValues(read, slots[index] as ValueSlots, tally.values[index]?.changed as number[], block);
      }
      for (const [index, read] of this.#job.attributes.entries()) {
        for (let i = 0; i < block.size; i++) {
          countKind(tally.kinds, index, read(block.contexts[i] as EvaluationContext));
        }
      }
    }
    return tally;
  }

  /** One context after the other, each through all flags: what they ask of it is worked out once, see `shared-makers.ts`. */
  #replayBlock(block: Block, tally: Tally): void {
    const { subjects } = this.#job;
    for (let i = 0; i < block.size; i++) {
      for (let index = 0; index < subjects.length; index++) {
        replayContext(subjects[index] as PreparedSubject, this.#pending[index] as readonly number[], block, i, tally);
      }
    }
    for (const [index, { firstRule }] of subjects.entries()) {
      const pending = this.#pending[index] as readonly number[];
      if (pending.some((rule) => tally.hits[firstRule + rule] !== 0)) {
        this.#pending[index] = pending.filter((rule) => tally.hits[firstRule + rule] === 0);
      }
    }
  }
}

/** Nothing is allocated here: this runs for every context, flag and environment. */
function replayContext(
  subject: PreparedSubject,
  pending: readonly number[],
  { contexts, weights, changed }: Block,
  i: number,
  tally: Tally,
): void {
  const { before, after, environment, firstRule } = subject;
  const context = contexts[i] as EvaluationContext;
  const old = before.decide(context);
  const now = after.decide(context);
  if (before.valueOf[old] !== after.valueOf[now]) (changed[environment] as Uint8Array)[i] = 1;
  const cell = (before.servedOf[old] as number) * after.served.length + (after.servedOf[now] as number);
  addContext(tally.cells, subject.firstCell + cell, weights[i] as number);
  const rule = subject.ruleOf[now] as number;
  if (rule >= 0) (tally.hits[firstRule + rule] as number)++;
  for (let index = 0; index < pending.length; index++) {
    const waiting = pending[index] as number;
    if (subject.rules[waiting]?.holds(context) === true) countMatch(firstRule + waiting, now, tally);
  }
}

function countMatch(rule: number, result: number, { matches, takenBy }: Tally): void {
  (matches[rule] as number)++;
  const taker = rule * TAKERS + result;
  takenBy.set(taker, (takenBy.get(taker) ?? 0) + 1);
}

function countPopulation({ contexts, weights, size, weighted }: Block, tally: Tally): void {
  const { all, keys } = tally;
  tally.weighted += weighted;
  for (let i = 0; i < size; i++) {
    addContext(all, 0, weights[i] as number);
    (keys[KEY_SLOTS[keyKindOf(contexts[i]?.['targetingKey'])]] as number)++;
  }
}

function countChanged({ changed, weights, size }: Block, tally: Tally): void {
  for (const [environment, isChanged] of changed.entries()) {
    for (let i = 0; i < size; i++) {
      if (isChanged[i] === 1) addContext(tally.changed, environment, weights[i] as number);
    }
  }
}

function countSegment(isMember: Predicate, segment: number, block: Block, tally: Tally): void {
  const { contexts, weights, changed, size } = block;
  const first = segment * changed.length;
  for (let i = 0; i < size; i++) {
    if (!isMember(contexts[i] as EvaluationContext)) continue;
    const weight = weights[i] as number;
    addContext(tally.members, segment, weight);
    for (let environment = 0; environment < changed.length; environment++) {
      if (changed[environment]?.[i] === 1) addContext(tally.changedMembers, first + environment, weight);
    }
  }
}

function countValues(
  read: (context: EvaluationContext) => unknown,
  slots: ValueSlots,
  changedValues: number[],
  { contexts, weights, changed, size }: Block,
): void {
  for (let i = 0; i < size; i++) {
    const slot = slots.of(read(contexts[i] as EvaluationContext));
    const weight = weights[i] as number;
    slots.count(slot, weight);
    if (slot < 0) continue;
    for (let environment = 0; environment < changed.length; environment++) {
      if (changed[environment]?.[i] === 1) addContext(changedValues, slot * changed.length + environment, weight);
    }
  }
}
