/**
 * The figures of a preview as a record keeps them, by name: `contexts`, `population` (users), `plain`, `hashed`,
 * `synthetic`, `missing`; and of each environment `production.flags`, `.contexts`, `.share`, `.low`, `.high`, `.users`,
 * `.usersLow`, `.usersHigh`. Enough to judge the change again: a whole preview may be megabytes.
 */
import { isEstimate, type Measured } from '../control/measured.js';
import type { Share } from '../impact/preview.js';

/** Figures by name. */
export type Impact = Readonly<Record<string, number>>;

/** What of a preview is recorded. */
export function impactOf({ population, environments }: Measured): Impact {
  const whole = {
    contexts: population?.contexts ?? 0,
    ...population?.keys,
    ...(population?.users !== undefined && { population: population.users }),
  };
  const parts = environments.flatMap(({ environment, flags, changed }) =>
    Object.entries({ flags, ...(changed && figuresOf(changed)) }).map(
      ([name, value]) => [`${environment}.${name}`, value] as const,
    ),
  );
  return Object.fromEntries([...Object.entries(whole), ...parts]);
}

function figuresOf({ contexts, share, low, high, users }: Share): Impact {
  const inUsers = users && { users: users.count, usersLow: users.low, usersHigh: users.high };
  return { contexts, share, low, high, ...inUsers };
}

/** Of which change the figures are. */
type Judged = Pick<Measured, 'base' | 'head' | 'merged'>;

/** What was measured, out of a record; undefined where it has no figures. What it lacks of an environment counts as unsaid. */
export function measuredOf(impact: Impact | undefined, judged: Judged): Measured | undefined {
  const figures = new Map(Object.entries(impact ?? {}));
  const contexts = figures.get('contexts');
  if (contexts === undefined) return undefined;
  const keys = {
    plain: figures.get('plain') ?? 0,
    hashed: figures.get('hashed') ?? 0,
    synthetic: figures.get('synthetic') ?? 0,
    missing: figures.get('missing') ?? 0,
  };
  const population = contexts > 0 ? { contexts, keys, users: figures.get('population') } : undefined;
  const names = [...figures.keys()].flatMap((name) => /^(.+)\.flags$/.exec(name)?.[1] ?? []);
  const environments = names.flatMap((environment) => {
    const figure = (name: string): number | undefined => figures.get(`${environment}.${name}`);
    const changed = shareOf(figure);
    const flags = figure('flags') ?? 0;
    return population !== undefined && changed === undefined ? [] : [{ environment, flags, changed }];
  });
  return { ...judged, population, environments, findings: [] };
}

function shareOf(figure: (name: string) => number | undefined): Share | undefined {
  const [contexts, share, low, high] = ['contexts', 'share', 'low', 'high'].map(figure);
  if (contexts === undefined || share === undefined || low === undefined || high === undefined) return undefined;
  const [count, usersLow, usersHigh] = ['users', 'usersLow', 'usersHigh'].map(figure);
  if (!isOrdered([0, low, share, high, 1])) return undefined;
  const isCounted = count !== undefined && usersLow !== undefined && usersHigh !== undefined;
  if (isCounted && !isOrdered([0, usersLow, count, usersHigh])) return undefined;
  return {
    contexts,
    share,
    low,
    high,
    users: isCounted ? { count, low: usersLow, high: usersHigh } : undefined,
  };
}

/** Figures that are in no order are none that a preview has; nothing may be below a threshold by them. */
function isOrdered(figures: readonly number[]): boolean {
  return figures.every((figure, index) => index === 0 || figure >= (figures[index - 1] ?? 0));
}

/** Who was moved where, for a reader; empty where nothing was replayed. */
export function movedBy(
  impact: Impact | undefined,
): readonly { readonly environment: string; readonly share: Share }[] {
  const measured = measuredOf(impact, { base: '', head: '', merged: '' });
  if (measured === undefined || isEstimate(measured)) return [];
  return measured.environments.flatMap(({ environment, changed }) =>
    changed === undefined ? [] : [{ environment, share: changed }],
  );
}
