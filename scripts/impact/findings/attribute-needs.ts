/** Which attributes a condition reads, and of which kinds they must be for it to hold: told from its document alone. */
import type { ConditionDocument, JsonValue, OperatorsDocument, Scalar } from '../../../provider/engine/index.js';
import type { Segments } from '../../change/audience.js';
import { operatorsOf } from '../../change/meaning.js';
import type { AttributeKind } from './observed.js';

/** The kinds of values that an attribute may have. */
export type Kinds = ReadonlySet<AttributeKind>;

/** By path; an attribute that is not named may have any kind of value, or none. */
export type NeededKinds = ReadonlyMap<string, Kinds>;

/** One operator on one attribute, somewhere in a condition. */
export interface AttributeUse {
  readonly path: string;
  readonly operator: keyof OperatorsDocument;
  /** What it can be compared with; an attribute of any other kind counts as if it were missing. */
  readonly kinds: Kinds;
}

/** Whether there is no value. */
export const ABSENT: Kinds = new Set(['null', 'missing']);

const ANY: Kinds = new Set(['string', 'number', 'boolean', 'date', 'list', 'object', 'null', 'missing']);
const PRESENT: Kinds = new Set([...ANY].filter((kind) => !ABSENT.has(kind)));
const TEXT: Kinds = new Set(['string']);
const NUMBER: Kinds = new Set(['number']);
const INSTANT: Kinds = new Set(['string', 'date']);

/** What each operator compares, in the words of the format: flag-format, Conditions. */
const comparedKinds: Readonly<Record<keyof OperatorsDocument, (operand: JsonValue) => Kinds>> = {
  equals: scalarKinds,
  in: scalarKinds,
  notIn: scalarKinds,
  startsWith: () => TEXT,
  endsWith: () => TEXT,
  contains: (operand) => new Set<AttributeKind>(scalarKinds(operand).has('string') ? ['list', 'string'] : ['list']),
  matches: () => TEXT,
  gt: () => NUMBER,
  gte: () => NUMBER,
  lt: () => NUMBER,
  lte: () => NUMBER,
  before: () => INSTANT,
  after: () => INSTANT,
  semver: () => TEXT,
  exists: () => PRESENT,
};

/** Reads conditions with the segments of one revision; each segment once, for a flag of two thousand may use it. */
export class ConditionReader {
  readonly #needed = new Map<string, NeededKinds>();
  readonly #uses = new Map<string, readonly AttributeUse[]>();

  constructor(private readonly segments: Segments) {}

  /**
   * Whenever the condition holds, each attribute has a value of one of these kinds. The opposite is not told: it may
   * fail for all of them.
   */
  neededBy(when: ConditionDocument, holds = true): NeededKinds {
    const entries = Object.entries(when).map(([key, operand]) => this.#entry(key, operand as JsonValue, holds));
    return holds ? all(entries) : any(entries);
  }

  /** Every operator of the condition and of its segments, to the end; in groups and negations too. */
  usesOf(when: ConditionDocument): readonly AttributeUse[] {
    return Object.entries(when).flatMap(([key, operand]): readonly AttributeUse[] => {
      if (key === 'segment') return namesOf(operand as JsonValue).flatMap((name) => this.#segmentUses(name));
      if (key === 'not') return this.usesOf(operand as ConditionDocument);
      if (key === 'any' || key === 'all') return partsOf(operand as JsonValue).flatMap((part) => this.usesOf(part));
      return operatorsIn(operand as JsonValue).map(([operator, value]) => {
        return { path: key, operator, kinds: comparedKinds[operator](value) };
      });
    });
  }

  #entry(key: string, operand: JsonValue, holds: boolean): NeededKinds {
    switch (key) {
      case 'segment':
        return (holds ? any : all)(namesOf(operand).map((name) => this.#segmentNeeds(name, holds)));
      case 'any':
        return (holds ? any : all)(partsOf(operand).map((part) => this.neededBy(part, holds)));
      case 'all':
        return (holds ? all : any)(partsOf(operand).map((part) => this.neededBy(part, holds)));
      case 'not':
        return this.neededBy(operand as unknown as ConditionDocument, !holds);
      default:
        return (holds ? all : any)(
          operatorsIn(operand).map(([operator, value]) => new Map([[key, kindsWhere(operator, value, holds)]])),
        );
    }
  }

  #segmentNeeds(name: string, holds: boolean): NeededKinds {
    const id = `${holds ? 'in' : 'out'} ${name}`;
    const known = this.#needed.get(id);
    if (known !== undefined) return known;
    const document = this.segments.get(name)?.read();
    const needed: NeededKinds = document === undefined ? new Map() : this.neededBy(document.when, holds);
    this.#needed.set(id, needed);
    return needed;
  }

  #segmentUses(name: string): readonly AttributeUse[] {
    const known = this.#uses.get(name);
    if (known !== undefined) return known;
    const document = this.segments.get(name)?.read();
    const uses = document === undefined ? [] : this.usesOf(document.when);
    this.#uses.set(name, uses);
    return uses;
  }
}

/** The kinds of values for which an operator can hold, or fail. */
function kindsWhere(operator: keyof OperatorsDocument, operand: JsonValue, holds: boolean): Kinds {
  const compared = comparedKinds[operator](operand);
  if (operator === 'exists') return (operand === true) === holds ? PRESENT : ABSENT;
  // It alone holds for what it can't compare.
  if (operator === 'notIn') return holds ? ANY : compared;
  return holds ? compared : ANY;
}

function operatorsIn(operand: JsonValue): readonly (readonly [keyof OperatorsDocument, JsonValue])[] {
  return [...operatorsOf(operand)] as [keyof OperatorsDocument, JsonValue][];
}

function scalarKinds(operand: JsonValue): Kinds {
  return new Set(([operand].flat() as readonly Scalar[]).map((value) => typeof value as AttributeKind));
}

function namesOf(operand: JsonValue): readonly string[] {
  return [operand].flat() as readonly string[];
}

function partsOf(operand: JsonValue): readonly ConditionDocument[] {
  return operand as unknown as readonly ConditionDocument[];
}

/** What is needed where all of several hold. */
function all(several: readonly NeededKinds[]): NeededKinds {
  const needed = new Map<string, Kinds>();
  for (const [path, kinds] of several.flatMap((one) => [...one])) {
    const others = needed.get(path) ?? ANY;
    needed.set(path, new Set([...kinds].filter((kind) => others.has(kind))));
  }
  return informative(needed);
}

/** What is needed where any of several holds: of attributes that all of them are about, whatever one of them admits. */
function any([first, ...others]: readonly NeededKinds[]): NeededKinds {
  const needed = [...(first ?? [])].flatMap(([path, kinds]): readonly [string, Kinds][] => {
    if (!others.every((other) => other.has(path))) return [];
    return [[path, new Set([...kinds, ...others.flatMap((other) => [...(other.get(path) ?? [])])])]];
  });
  return informative(new Map(needed));
}

function informative(needed: NeededKinds): NeededKinds {
  return new Map([...needed].filter(([, kinds]) => kinds.size < ANY.size));
}
