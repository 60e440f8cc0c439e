/** Follows which attributes the rules of a provider's ruleset read. */
import type { Snapshot } from '../engine/index.js';
import { Slices } from '../repository/index.js';
import { attributeTree, type AttributeTree } from './attribute-tree.js';

/** What of a provider a sampler asks: a `GuidonProvider` is one. */
export interface SampledProvider {
  /** The ruleset that serves now. */
  snapshot(): Snapshot;
}

/** Which attributes are kept, whatever the ruleset says and how. */
export interface AttributeChoice {
  /** Kept in any case. */
  readonly always: readonly string[];
  /** Kept as keyed hashes. */
  readonly hashed: ReadonlySet<string>;
}

/** Reads a new ruleset's documents off the hot path, in slices; until it has, what was known before holds. */
export class RulesetAttributes {
  readonly #provider: SampledProvider;
  readonly #choice: AttributeChoice;
  readonly #changed: (tree: AttributeTree, before: AttributeTree) => void;
  #revision = '';
  /** Of the revision whose documents were read last; empty before the first. */
  #readRevision = '';
  #tree: AttributeTree;
  #reading: Promise<void> = Promise.resolve();

  /** @param changed is told of other attributes than before, and never throws */
  constructor(
    provider: SampledProvider,
    choice: AttributeChoice,
    changed: (tree: AttributeTree, before: AttributeTree) => void,
  ) {
    this.#provider = provider;
    this.#choice = choice;
    this.#changed = changed;
    this.#tree = attributeTree(choice.always, choice.hashed);
  }

  /** What is kept now: before the first ruleset is known only what is kept in any case. */
  get tree(): AttributeTree {
    return this.#tree;
  }

  /** The revision that {@link tree} is of; undefined before the first. */
  get revision(): string | undefined {
    return this.#readRevision === '' ? undefined : this.#readRevision;
  }

  /**
   * Notices a new revision; costs a comparison where there is none. Throws what a provider of another make throws.
   * @param hasTime whether a slice may be spent on it at once
   */
  look(hasTime = false): void {
    // Revisions, not snapshots: a provider may give out the same one in ever new objects.
    const snapshot = this.#provider.snapshot();
    if (snapshot.revision === this.#revision) return;
    this.#revision = snapshot.revision;
    if (snapshot.revision === '') return;
    this.#reading = this.#read(snapshot, hasTime);
    // Who waits is told; a process must not end because nobody waits yet.
    this.#reading.catch(() => undefined);
  }

  /** Resolves when the ruleset that serves now is known; rejects when it can't be read. */
  async settled(): Promise<void> {
    this.look();
    for (let reading: Promise<void> | undefined; reading !== this.#reading;) {
      reading = this.#reading;
      await reading;
    }
  }

  async #read(snapshot: Snapshot, hasTime: boolean): Promise<void> {
    const slices = new Slices();
    // Whoever looked was evaluating: nothing of this is to take his time.
    if (!hasTime) await slices.pause();
    const paths = new Set(this.#choice.always);
    for (const read of snapshot.attributePaths()) {
      for (const path of read) paths.add(path);
      if (!slices.isOver) continue;
      await slices.pause();
      // A newer one is being read, and what this one says is of no more use.
      if (this.#revision !== snapshot.revision) return;
    }
    const tree = attributeTree(paths, this.#choice.hashed);
    this.#readRevision = snapshot.revision;
    const before = this.#tree;
    this.#tree = tree;
    if (JSON.stringify(tree.paths) !== JSON.stringify(before.paths)) this.#changed(tree, before);
  }
}
