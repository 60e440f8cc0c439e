/** How much control a change gets: the highest tier of all that it touches, at the base and in the result. */
import type { PolicyDocument, RiskTier, TierDocument } from '../../provider/engine/index.js';
import { compilePathPattern, pathMatcher } from '../../provider/repository/index.js';
import type { Change, FlagChange } from '../change/change.js';
import { ProtectedFiles } from './protected-files.js';

/** Why a change has at least some tier. */
export interface TierReason {
  readonly tier: RiskTier;
  /** `flag payments.checkout.new-flow is high`. */
  readonly why: string;
}

/** The tier of a change, and every reason for it; reasons of lower tiers are left out. */
export interface TierVerdict {
  readonly tier: RiskTier;
  readonly reasons: readonly TierReason[];
}

/** What controls a change: read at the base, so that nobody lowers it in the same breath. */
export interface Control {
  readonly policy: PolicyDocument;
  /** The flags folder from the repository's root. */
  readonly root: string;
  readonly pathOf: (key: string) => string;
  /** Whether the ledger only gains keys that this same change deletes: that has the tier of those flags. */
  readonly isRetirement: boolean;
}

const ORDER: readonly RiskTier[] = ['low', 'medium', 'high'];

/** The higher of tiers; `low` of none. */
export function highestTier(tiers: Iterable<RiskTier>): RiskTier {
  return ORDER[Math.max(0, ...[...tiers].map((tier) => ORDER.indexOf(tier)))] ?? 'high';
}

/**
 * What a tier asks for: all that it and every lower tier write, so that raising a flag's tier never lowers its control.
 * What none of them writes is not required.
 */
export function demandsOf({ tiers = {} }: PolicyDocument, tier: RiskTier): TierDocument {
  const written = ORDER.slice(0, ORDER.indexOf(tier) + 1).flatMap((name) =>
    Object.hasOwn(tiers, name) ? (tiers[name] ?? []) : [],
  );
  const demands: TierDocument = Object.assign({}, ...written.map(requirementsOf));
  return { ...demands, approvals: Math.max(0, ...written.map(({ approvals = 0 }) => approvals)) };
}

/** What a tier says that it requires; what it says that it does not takes nothing from a lower one. */
function requirementsOf(demands: TierDocument): TierDocument {
  return Object.fromEntries(Object.entries(demands).filter(([, value]) => value === true || value === 'required'));
}

/** The tier of a flag: the highest of its own at the base, in the result, and of the floors that hold for it. */
export function tierOfFlag(
  { key, before, after }: Pick<FlagChange, 'key' | 'before' | 'after'>,
  { policy, pathOf }: Control,
): RiskTier {
  const sides = [before, after].filter((document) => document !== undefined);
  const owners = sides.map(({ owner }) => owner);
  return highestTier([...sides.map(({ riskTier }) => riskTier), ...floorsOf(pathOf(key), owners, policy)]);
}

/** The tier of a whole change. @param raises what is not in its files: widenings of late, users that it moves */
export function tierOfChange(change: Change, control: Control, raises: readonly TierReason[] = []): TierVerdict {
  const reasons = [...flagReasons(change, control), ...fileReasons(change, control), ...raises];
  const tier = highestTier(reasons.map((reason) => reason.tier));
  return { tier, reasons: tier === 'low' ? [] : reasons.filter((reason) => reason.tier === tier) };
}

function* floorsOf(file: string, owners: readonly string[], { floors = [] }: PolicyDocument): Generator<RiskTier> {
  const matches = pathMatcher(file);
  for (const { path, team, tier } of floors) {
    if (path !== undefined && matches(compilePathPattern(path))) yield tier;
    if (team !== undefined && owners.includes(team)) yield tier;
  }
}

function flagReasons({ flags }: Change, control: Control): readonly TierReason[] {
  return flags.map((flag) => {
    const tier = tierOfFlag(flag, control);
    const { before, after, via } = flag;
    const isLowered = after?.riskTier !== tier && before?.riskTier === tier && after !== undefined;
    const reached = via.length === 0 ? '' : `, reached through ${via.join(', ')}`;
    const own = isLowered ? `was ${tier} before this change` : `is ${tier}`;
    const isFloor = ![before?.riskTier, after?.riskTier].includes(tier);
    return { tier, why: `flag ${flag.key} ${isFloor ? `is ${tier} by a floor of the policy` : own}${reached}` };
  });
}

function fileReasons(change: Change, control: Control): readonly TierReason[] {
  const { policy, root, isRetirement } = control;
  const protectedFiles = new ProtectedFiles(root, policy.protected);
  const ledger = root === '' ? 'retired.yaml' : `${root}/retired.yaml`;
  return change.files.flatMap(({ path, status }): readonly TierReason[] => {
    if (protectedFiles.has(path) && !(isRetirement && path === ledger)) {
      return [{ tier: 'high', why: `${path} is ${status}; it decides what changes need` }];
    }
    const of = fileTier(path, change, control);
    return of === undefined ? [] : [of];
  });
}

/** Of files that are no flag's, which have reasons of their own: a floor that holds for one, or whose cases it has. */
function fileTier(path: string, change: Change, control: Control): TierReason | undefined {
  const sides = [change.base, change.result].flatMap(({ loaded }) => loaded ?? []);
  const places = sides.flatMap(({ files }) => files.get(path)?.place ?? []);
  if (places.some(({ kind }) => kind === 'flag')) return undefined;
  const [place] = places;
  if (place?.kind === 'cases') {
    const [before, after] = [change.base, change.result].map(({ loaded }) =>
      loaded?.ruleset.documents.flags.get(place.name)?.read(),
    );
    const tier = tierOfFlag({ key: place.name, before, after }, control);
    return { tier, why: `${path} has the cases of flag ${place.name}, which is ${tier}` };
  }
  const owners = sides.flatMap(({ ruleset: { documents } }) => {
    if (place?.kind === 'segment') return documents.segments.get(place.name)?.read().owner ?? [];
    return place?.kind === 'guardrail' ? (documents.guardrails.get(place.name)?.read().owner ?? []) : [];
  });
  const floors = [...floorsOf(path, owners, control.policy)];
  return floors.length === 0
    ? undefined
    : { tier: highestTier(floors), why: `${path} is ${highestTier(floors)} by a floor of the policy` };
}
