/** What one commit of the main branch did to the flags: known from git alone, so that it never changes. */
import { Directions, type RiskTier } from '../../provider/engine/index.js';
import type { LoadedRepository, Problem } from '../../provider/repository/index.js';
import type { Change, ChangedFile, Direction, FlagChange } from '../change/change.js';
import { compareSides } from '../change/compare.js';
import { pathsOf } from '../control/paths.js';
import { keyHistoryOf } from '../control/permanence/key-history.js';
import { isRetirement } from '../control/permanence/sides.js';
import { ProtectedFiles } from '../control/protected-files.js';
import { judgeReduction } from '../control/reduction.js';
import { tierOfChange } from '../control/tier.js';
import { flagEffects, type FlagEffect } from './flag-effect.js';

/** What a commit did. */
export interface RevisionEffect {
  readonly commit: string;
  /** Whether it loads; if not, nothing of it was served. */
  readonly loads: boolean;
  /** The last revision before it that loads, which was served until then; undefined where there was none. */
  readonly comparedWith: string | undefined;
  /** The first reasons why it does not load, and how many there are. */
  readonly problems: readonly string[];
  readonly problemCount: number;
  readonly tier: RiskTier;
  readonly tierReasons: readonly string[];
  /** Of all flags together: `reducing` only where it is proved, and nothing else was edited along. */
  readonly direction: Direction;
  readonly flags: readonly FlagEffect[];
  /** The files that count: below the flags folder, or protected by the policy. */
  readonly files: readonly ChangedFile[];
}

/** The two revisions of a commit's effect, and what lies between them. */
export interface RevisionPair {
  readonly commit: string;
  readonly root: string;
  /** What was served before; undefined where nothing was. */
  readonly served: { readonly commit: string; readonly loaded: LoadedRepository } | undefined;
  /** Compared with in place of `served` where nothing was: the same policy without any flags. */
  readonly empty: LoadedRepository | undefined;
  /** Undefined where the commit does not load. */
  readonly loaded: LoadedRepository | undefined;
  readonly problems: readonly Problem[];
  /** Between both, over the whole repository. */
  readonly files: readonly ChangedFile[];
}

/** A reader of the trail wants to know what broke; `flagctl validate --rev` tells the rest. */
const MAX_PROBLEMS = 5;

/** The effect of a commit; undefined where it touches nothing that counts. */
export function effectOf(pair: RevisionPair): RevisionEffect | undefined {
  const { commit, root, served, loaded, problems } = pair;
  const base = served?.loaded ?? pair.empty;
  const policy = (base ?? loaded)?.ruleset.documents.policy;
  const isProtected = new ProtectedFiles(root, policy?.protected);
  // Before there were any flags nothing decided about them.
  const files = pair.files.filter((file) => isBelow(root, file) || (base !== undefined && isProtected.has(file.path)));
  if (files.length === 0) return undefined;
  const change = changeOf(pair, base);
  const errors = loaded === undefined ? problems.filter(({ severity }) => severity === 'error') : [];
  return {
    commit,
    loads: loaded !== undefined,
    comparedWith: served?.commit,
    problems: errors
      .slice(0, MAX_PROBLEMS)
      .map(({ file, line, code, message }) => `${file}:${line} ${code}: ${message}`),
    problemCount: errors.length,
    ...controlOf(change, root, policy),
    flags: flagEffects(change.flags),
    files: files.map(({ path, status }) => ({ path, status })),
  };
}

function isBelow(root: string, { path }: ChangedFile): boolean {
  return root === '' || path.startsWith(`${root}/`);
}

interface Judged {
  readonly change: Change;
  readonly directions: Directions | undefined;
  readonly flags: readonly FlagChange[];
}

function changeOf(
  { commit, root, served, loaded, problems, files }: RevisionPair,
  base: LoadedRepository | undefined,
): Judged {
  const codeowners = new Map<string, string>();
  const sides = {
    base: { revision: served?.commit ?? '', loaded: base, problems: [], codeowners },
    result: { revision: commit, loaded, problems, codeowners },
  };
  const directions =
    base === undefined || loaded === undefined ? undefined : new Directions(base.ruleset, loaded.ruleset);
  const own = files.filter((file) => isBelow(root, file));
  const flags = compareSides(sides.base, sides.result, own, (key, environment) =>
    directions === undefined ? 'other' : directions.of(key, environment),
  );
  return { change: { ...sides, files, flags }, directions, flags };
}

type Policy = LoadedRepository['ruleset']['documents']['policy'];

/** What a revision is judged by that nothing was served before, and that does not load itself. */
const NO_POLICY: Policy = { bucketing: 'flagd-v2', environments: [], teams: {} };

function controlOf(
  { change, directions, flags }: Judged,
  root: string,
  policy: Policy = NO_POLICY,
): Pick<RevisionEffect, 'tier' | 'tierReasons' | 'direction'> {
  const paths = pathsOf(root);
  const ledger = root === '' ? 'retired.yaml' : `${root}/retired.yaml`;
  // It reads every flag, and without the ledger's file it is none.
  const retires =
    change.files.some(({ path }) => path === ledger) &&
    isRetirement({ ...change, history: keyHistoryOf(new Map(), []) });
  const { tier, reasons } = tierOfChange(change, { policy, root, pathOf: paths.flag, isRetirement: retires });
  const { isReducing } = judgeReduction({
    change,
    latentDirectionOf: (key, environment) => directions?.latentOf(key, environment) ?? 'other',
  });
  const isSame = change.result.loaded !== undefined && flags.every(isSameEverywhere);
  const direction = isReducing ? 'reducing' : isSame ? 'same' : 'other';
  return { tier, tierReasons: reasons.map(({ why }) => why), direction };
}

function isSameEverywhere({ effects }: FlagChange): boolean {
  return effects.every(({ direction }) => direction === 'same');
}
