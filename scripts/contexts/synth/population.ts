/** A description of a population, as `schema/population.schema.json` admits it. */
import type { JsonValue } from '../../../provider/engine/index.js';

/** A file such as `.github/population.yaml`. */
export interface PopulationDocument {
  readonly users: number;
  readonly count?: number;
  readonly attributes: AttributesDocument;
  readonly profiles?: { readonly [name: string]: ProfileDocument };
}

/** Attribute path to what its values are. */
export interface AttributesDocument {
  readonly [path: string]: AttributeDocument;
}

/** Users who differ from the others. */
export interface ProfileDocument {
  /** Of all users, 0 to 100. */
  readonly percent: number;
  readonly attributes: AttributesDocument;
}

/** One value for all, or a distribution. */
export type AttributeDocument = string | number | boolean | DistributionDocument;

/** Has exactly one of the kinds, or `missing: 100` alone. Percentages are 0 to 100, weights relative. */
export interface DistributionDocument {
  readonly value?: JsonValue;
  readonly values?: WeightsDocument;
  readonly choices?: readonly { readonly value: JsonValue; readonly weight?: number }[];
  readonly percentTrue?: number;
  readonly number?: NumberDocument;
  readonly versions?: WeightsDocument;
  readonly days?: SpanDocument;
  readonly instants?: SpanDocument;
  readonly email?: { readonly domains: WeightsDocument; readonly tag?: string };
  readonly numbered?: { readonly prefix: string; readonly of: number };
  readonly by?: string;
  readonly cases?: AttributesDocument;
  readonly otherwise?: AttributeDocument;
  readonly missing?: number;
}

/** Text to how often it occurs in relation to the others. */
export interface WeightsDocument {
  readonly [text: string]: number;
}

/** Uniform by its bounds; normal by `mean` and `deviation`; log-normal by `median` and `p90`. */
export interface NumberDocument {
  readonly from?: number;
  readonly to?: number;
  readonly mean?: number;
  readonly deviation?: number;
  readonly median?: number;
  readonly p90?: number;
  readonly decimals?: number;
}

/** RFC 3339; `until` is outside. */
export interface SpanDocument {
  readonly from: string;
  readonly until: string;
}

/** The words that say what an attribute's values are; a distribution has exactly one of them. */
export const kindsOfDistribution = [
  'value',
  'values',
  'choices',
  'percentTrue',
  'number',
  'versions',
  'days',
  'instants',
  'email',
  'numbered',
  'by',
] as const satisfies readonly (keyof DistributionDocument)[];

/** One of {@link kindsOfDistribution}. */
export type DistributionKind = (typeof kindsOfDistribution)[number];

/** The kind of a distribution; undefined where it has none. Of several the first. */
export function kindOfDistribution(document: DistributionDocument): DistributionKind | undefined {
  return kindsOfDistribution.find((kind) => document[kind] !== undefined);
}

/** An attribute as a distribution. */
export function distributionOf(attribute: AttributeDocument): DistributionDocument {
  return typeof attribute === 'object' ? attribute : { value: attribute };
}
