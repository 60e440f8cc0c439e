/** Contexts through both rulesets: who gets what before and after. */
import type { Predicate } from '../../provider/engine/index.js';
import { keyKindOf } from '../../provider/sampler/index.js';
import type { WeightedContext } from '../contexts/contexts.js';
import { countKind } from './attribute-kinds.js';
import { Block } from './block.js';
import type { Job } from './job.js';
import { prepare, type Prepared, type PreparedSubject } from './prepared.js';
import { addContext, SLOT } from './sums.js';
import { KEY_KINDS, newTally, TAKERS, type Tally } from './tally.js';
import { ValueSlots } from './value-groups.js';
import type { WatchedRule } from './watched-rules.js';

/** Replays contexts; what it counts of some does not depend on which it saw before, as far as it is used. */
export class Replay {
  readonly #job: Prepared;
  readonly #block: Block;
  /** 1 of a rule that has decided for somebody: who else it would hold for is of no interest then. */
  readonly #isHit: Uint8Array;

  constructor(job: Job) {
    this.#job = prepare(job);
    this.#block = new Block(this.#job.shape.environments);
    this.#isHit = new Uint8Array(this.#job.rules.length);
  }

  /** @param repeats 1 of a context that does not count, by its index */
  count(contexts: readonly WeightedContext[], repeats: Uint8Array | undefined): Tally {
    const [tally, block] = [newTally(this.#job.shape), this.#block];
    const slots = tally.values.map((groups) => new ValueSlots(groups, this.#job.shape.environments));
    for (let at = 0; at < contexts.length;) {
      at = block.fill(contexts, repeats, at);
      countPopulation(block, tally);
      for (const subject of this.#job.subjects) {
        replaySubject(subject, block, tally);
        if (subject.rules.length > 0) this.#countRules(subject, tally);
      }
      countChanged(block, tally);
      for (const [index, isMember] of this.#job.segments.entries()) countSegment(isMember, index, block, tally);
      for (const [index, read] of this.#job.by.entries()) {
        countValues(read, slots[index] as ValueSlots, tally.values[index]?.changed as number[], block);
      }
      for (const [index, read] of this.#job.attributes.entries()) {
        for (let i = 0; i < block.size; i++) {
          countKind(tally.kinds, index, read(block.contexts[i] as WeightedContext['context']));
        }
      }
    }
    return tally;
  }

  #countRules({ rules, ruleOf, firstRule }: PreparedSubject, tally: Tally): void {
    const { size, results } = this.#block;
    const { hits } = tally;
    for (let i = 0; i < size; i++) {
      const rule = ruleOf[results[i] as number] as number;
      if (rule >= 0) (hits[firstRule + rule] as number)++;
    }
    for (const [offset, rule] of rules.entries()) {
      const index = firstRule + offset;
      if (hits[index] !== 0) this.#isHit[index] = 1;
      if (this.#isHit[index] === 0) countMatches(rule, index, this.#block, tally);
    }
  }
}

/** Nothing is allocated here: this runs for every context, flag and environment. */
function replaySubject({ before, after, environment, firstCell }: PreparedSubject, block: Block, tally: Tally): void {
  const { contexts, weights, results, size } = block;
  const changed = block.changed[environment] as Uint8Array;
  const { cells } = tally;
  const [decideBefore, servedBefore, valueBefore] = [before.decide, before.servedOf, before.valueOf];
  const [decideAfter, servedAfter, valueAfter] = [after.decide, after.servedOf, after.valueOf];
  const width = after.served.length;
  for (let i = 0; i < size; i++) {
    const context = contexts[i] as WeightedContext['context'];
    const old = decideBefore(context);
    const now = decideAfter(context);
    results[i] = now;
    if (valueBefore[old] !== valueAfter[now]) changed[i] = 1;
    const at = (firstCell + (servedBefore[old] as number) * width + (servedAfter[now] as number)) * SLOT;
    const weight = weights[i] as number;
    (cells[at] as number)++;
    (cells[at + 1] as number) += weight;
    (cells[at + 2] as number) += weight * weight;
  }
}

function countPopulation({ contexts, weights, size, weighted }: Block, tally: Tally): void {
  const { all, keys } = tally;
  tally.weighted += weighted;
  for (let i = 0; i < size; i++) {
    addContext(all, 0, weights[i] as number);
    (keys[KEY_KINDS.indexOf(keyKindOf(contexts[i]?.['targetingKey']))] as number)++;
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
    if (!isMember(contexts[i] as WeightedContext['context'])) continue;
    const weight = weights[i] as number;
    addContext(tally.members, segment, weight);
    for (let environment = 0; environment < changed.length; environment++) {
      if (changed[environment]?.[i] === 1) addContext(tally.changedMembers, first + environment, weight);
    }
  }
}

function countValues(
  read: (context: WeightedContext['context']) => unknown,
  slots: ValueSlots,
  changedValues: number[],
  { contexts, weights, changed, size }: Block,
): void {
  for (let i = 0; i < size; i++) {
    const slot = slots.of(read(contexts[i] as WeightedContext['context']));
    const weight = weights[i] as number;
    slots.count(slot, weight);
    if (slot < 0) continue;
    for (let environment = 0; environment < changed.length; environment++) {
      if (changed[environment]?.[i] === 1) addContext(changedValues, slot * changed.length + environment, weight);
    }
  }
}

function countMatches({ holds }: WatchedRule, index: number, block: Block, { matches, takenBy }: Tally): void {
  const { contexts, results, size } = block;
  for (let i = 0; i < size; i++) {
    if (!holds(contexts[i] as WeightedContext['context'])) continue;
    (matches[index] as number)++;
    const taker = index * TAKERS + (results[i] as number);
    takenBy.set(taker, (takenBy.get(taker) ?? 0) + 1);
  }
}
