/** What a run of the benchmark found, as `--json` prints it and `results.json` keeps it. */
import type { CaseName } from './cases.js';
import type { Spread } from './measure.js';
import type { PreviewResults } from './preview/measure.js';
import type { SideDescription } from './side-protocol.js';

/** A whole run. */
export interface Results {
  /** Node's version. */
  readonly node: string;
  readonly cores: number;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Too short for its figures to mean anything. */
  readonly isQuick: boolean;
  /** Guidon first. */
  readonly sides: readonly SideFacts[];
  readonly direct: readonly DirectRow[];
  readonly client: readonly ClientRow[];
  readonly push: readonly PushRow[];
  readonly preview: PreviewResults;
  readonly sampler: readonly SamplerRow[];
}

/** A side, and its version; Guidon has none before it is published. */
export type SideFacts = SideDescription & { readonly version: string | undefined };

/** Direct evaluation of one case at one number of flags. */
export interface DirectRow {
  readonly case: CaseName;
  readonly flags: number;
  /** By the sides' titles; a side that cannot express the case is not there. */
  readonly figures: Readonly<Record<string, DirectFigure>>;
}

/** What one side took. */
export interface DirectFigure {
  /** CPU time a call. */
  readonly nanoseconds: Spread;
  /** Its time by Guidon's, round by round. */
  readonly ratio: Spread;
  /** Allocated a call. */
  readonly bytes: number;
}

/** Evaluation of one case through OpenFeature's client. */
export interface ClientRow {
  readonly case: CaseName;
  /** In the order of the columns, whose first is what the others are held against. */
  readonly columns: readonly ClientFigure[];
}

/** What one column took. */
export interface ClientFigure {
  readonly title: string;
  /** CPU time a call. */
  readonly nanoseconds: Spread;
  /** Its time by that of the first column, round by round. */
  readonly ratio: Spread;
}

/** From the end of a push to the new value, over one transport. */
export type PushRow =
  | {
      readonly transport: string;
      readonly flags: number;
      /** Wall-clock milliseconds from the end of `git push` to the value, with `refresh()` called at once. */
      readonly total: Spread;
      /** The steps of a refresh one by one, in a mirror of its own; `total` has a provider's bookkeeping besides. */
      readonly parts: readonly { readonly name: string; readonly milliseconds: Spread }[];
    }
  /** Why it could not be measured. */
  | { readonly transport: string; readonly skipped: string };

/** What sampling takes, of one case. */
export interface SamplerRow {
  readonly case: string;
  /** CPU time a call. */
  readonly nanoseconds: Spread;
  /** Its time by that of `snapshot.evaluate()`, the first row. */
  readonly ratio: Spread;
}

const DIGITS = 4;

/** Results as JSON; four digits of each figure, since no more would come again. */
export function resultsText(results: Results): string {
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
  return `${JSON.stringify(results, rounded, 2)}\n`;
}
