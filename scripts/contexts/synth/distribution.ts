/** One attribute's distribution as a function that draws its values. */
import { parseInstant, type JsonValue } from '../../../provider/engine/index.js';
import {
  distributionOf,
  kindOfDistribution,
  type AttributeDocument,
  type DistributionDocument,
  type DistributionKind,
  type NumberDocument,
  type SpanDocument,
  type WeightsDocument,
} from './population.js';
import { exponential, naturalLog, type Random } from './random.js';

/** Whose value is drawn. */
export interface Draft {
  /** That of the targeting key, from 1. */
  readonly number: number;
  /** The value of an attribute without `by`, undefined where it is missing. */
  readonly valueOf: (path: string) => JsonValue | undefined;
}

/** Draws a value; undefined where the attribute is missing. */
export type Draw = (random: Random, draft: Draft) => JsonValue | undefined;

const MS_PER_DAY = 86_400_000;

/** The 90th percentile of the standard normal distribution. */
const Z_90 = 1.2815515655446004;

/** Ten to the power of `decimals`; `**` need not be exact. */
const SCALES = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;

/** A distribution, as it was checked, as a draw. */
export function drawOf(attribute: AttributeDocument): Draw {
  const document = distributionOf(attribute);
  const kind = kindOfDistribution(document);
  const draw: Draw = kind === undefined ? () => undefined : draws[kind](document);
  const missing = (document.missing ?? 0) / 100;
  if (missing === 0) return draw;
  return (random, draft) => (random.unit() < missing ? undefined : draw(random, draft));
}

const draws: Readonly<Record<DistributionKind, (document: DistributionDocument) => Draw>> = {
  value:
    ({ value }) =>
    () =>
      value,
  values: ({ values = {} }) => weighted(textsOf(values)),
  choices: ({ choices = [] }) => weighted(choices.map(({ value, weight = 1 }) => ({ value, weight }))),
  percentTrue:
    ({ percentTrue = 0 }) =>
    (random) =>
      random.unit() < percentTrue / 100,
  number: ({ number = {} }) => drawNumber(number),
  versions: ({ versions = {} }) => weighted(textsOf(versions)),
  days: ({ days }) => drawMoment(days as SpanDocument, MS_PER_DAY, 'YYYY-MM-DD'.length),
  instants: ({ instants }) => drawMoment(instants as SpanDocument, 1_000, 'YYYY-MM-DDThh:mm:ss'.length),
  email: ({ email }) => {
    const domain = weighted(textsOf(email?.domains ?? {}));
    const tag = email?.tag === undefined ? '' : `+${email.tag}`;
    return (random, { number }) => `user-${number}${tag}@${domain(random)}`;
  },
  numbered: ({ numbered: { prefix, of } = { prefix: '', of: 1 } }) => {
    return (random) => `${prefix}${1 + random.below(of)}`;
  },
  by: ({ by = '', cases = {}, otherwise }) => {
    const known = new Map(Object.entries(cases).map(([text, inner]) => [text, drawOf(inner)]));
    const other: Draw = otherwise === undefined ? () => undefined : drawOf(otherwise);
    return (random, draft) => {
      const value = draft.valueOf(by);
      const draw = value === undefined || typeof value === 'object' ? other : (known.get(String(value)) ?? other);
      return draw(random, draft);
    };
  },
};

function textsOf(weights: WeightsDocument): readonly { readonly value: string; readonly weight: number }[] {
  return Object.entries(weights).map(([value, weight]) => ({ value, weight }));
}

/** One of some values, by the inverse of their cumulative weights. */
function weighted<T>(
  choices: readonly { readonly value: T; readonly weight: number }[],
): (random: Random) => T | undefined {
  const likely = choices.filter(({ weight }) => weight > 0);
  let total = 0;
  const ends = likely.map(({ weight }) => (total += weight));
  return (random) => {
    const at = random.unit() * total;
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at < (ends[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return likely[low]?.value;
  };
}

function drawNumber(document: NumberDocument): Draw {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = document;
  const scale = SCALES[document.decimals ?? 0] ?? 1;
  const rounded = (value: number): number => Math.round(value * scale) / scale;
  const bounded = (value: number): number => Math.min(to, Math.max(from, rounded(value)));
  const { mean, deviation = 0, median, p90 = 0 } = document;
  if (mean !== undefined) return (random) => bounded(mean + deviation * random.normal());
  if (median !== undefined) {
    const spread = naturalLog(p90 / median) / Z_90;
    return (random) => bounded(median * exponential(spread * random.normal()));
  }
  // Whole steps from bound to bound, so that the bounds are as likely as what lies between.
  const steps = Math.floor((to - from) * scale + 1e-9) + 1;
  return (random) => bounded(from + random.below(steps) / scale);
}

/** A moment in whole steps, as RFC 3339 in UTC. */
function drawMoment({ from, until }: SpanDocument, stepMs: number, length: number): Draw {
  const start = Math.ceil(parseInstant(from) / stepMs);
  const steps = Math.ceil(parseInstant(until) / stepMs) - start;
  const suffix = stepMs < MS_PER_DAY ? 'Z' : '';
  return (random) => new Date((start + random.below(steps)) * stepMs).toISOString().slice(0, length) + suffix;
}
