/** What one commit of the main branch did to the flags: known from git alone, so that it never changes. */
import { Directions, type FlagDocument, type RiskTier } from '../../provider/engine/index.js';
import type { LoadedRepository, Problem } from '../../provider/repository/index.js';
import type { Change, ChangedFile, Direction, FlagChange } from '../change/change.js';
import { compareSides } from '../change/compare.js';
import { widestOf } from '../change/exposure.js';
import { effectWords, headingWords, itemsEverywhere } from '../change/shown.js';
import { pathsOf } from '../control/paths.js';
import { keyHistoryOf } from '../control/permanence/key-history.js';
import { isRetirement } from '../control/permanence/sides.js';
import { ProtectedFiles } from '../control/protected-files.js';
import { judgeReduction } from '../control/reduction.js';
import { tierOfChange } from '../control/tier.js';

/** What a commit did in one environment. */
export interface PlaceEffect {
  readonly environment: string;
  readonly direction: Direction;
  /** The widest reach, in percent. */
  readonly reach: { readonly before: number; readonly after: number };
  /** `reaches 5 % → 25 %`; empty where the reach is the same. */
  readonly words: string;
  readonly items: readonly string[];
}

/** What a commit did to a flag. */
export interface FlagEffect {
  readonly key: string;
  readonly status: FlagChange['status'];
  readonly owner: string | undefined;
  readonly riskTier: { readonly before?: RiskTier | undefined; readonly after?: RiskTier | undefined };
  /** Owner, tier, and whether it is new or gone. */
  readonly heading: string;
  /** The flag that has its content on the other side: a renamed file is another key. */
  readonly renamed?: { readonly from?: string; readonly to?: string } | undefined;
  /** What holds in every environment. */
  readonly everywhere: readonly string[];
  /** Every environment in which the flag is, or was. */
  readonly environments: readonly PlaceEffect[];
  readonly via: readonly string[];
}

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
  const paths = pathsOf(root, policy.naming?.pattern);
  const ledger = root === '' ? 'retired.yaml' : `${root}/retired.yaml`;
  // It reads every flag, and without the ledger's file it is none.
  const retires =
    change.files.some(({ path }) => path === ledger) &&
    isRetirement({ ...change, history: keyHistoryOf(new Map(), []) });
  const { tier, reasons } = tierOfChange(change, { policy, root, pathOf: paths.flag, isRetirement: retires });
  const { isReducing } = judgeReduction({
    change,
    latentDirectionOf: (key, environment) => directions?.latentOf(key, environment) ?? 'other',
    isServing: paths.isServing,
  });
  const isSame = change.result.loaded !== undefined && flags.every(isSameEverywhere);
  const direction = isReducing ? 'reducing' : isSame ? 'same' : 'other';
  return { tier, tierReasons: reasons.map(({ why }) => why), direction };
}

function isSameEverywhere({ effects }: FlagChange): boolean {
  return effects.every(({ direction }) => direction === 'same');
}

function flagEffects(flags: readonly FlagChange[]): readonly FlagEffect[] {
  const renames = renamesOf(flags);
  return flags.map((flag) => ({
    key: flag.key,
    status: flag.status,
    owner: (flag.after ?? flag.before)?.owner,
    riskTier: { before: flag.before?.riskTier, after: flag.after?.riskTier },
    heading: headingWords(flag),
    renamed: renames.get(flag.key),
    everywhere: itemsEverywhere(flag).map(({ text }) => text),
    environments: placesOf(flag),
    via: flag.via,
  }));
}

function placesOf({ effects, items }: FlagChange): readonly PlaceEffect[] {
  const names = [...effects.map(({ environment }) => environment), ...items.map(({ environment }) => environment)];
  return [...new Set(names)].flatMap((environment) => {
    if (environment === undefined) return [];
    const effect = effects.find((one) => one.environment === environment);
    return {
      environment,
      direction: effect?.direction ?? 'other',
      reach: {
        before: effect === undefined ? 0 : widestOf(effect.exposure.before),
        after: effect === undefined ? 0 : widestOf(effect.exposure.after),
      },
      words: effectWords(effect),
      items: items.filter((item) => item.environment === environment).map(({ text }) => text),
    };
  });
}

/** Flags that are gone and flags that are new with the same content, by key. */
function renamesOf(flags: readonly FlagChange[]): ReadonlyMap<string, NonNullable<FlagEffect['renamed']>> {
  const gone = new Map(
    flags.flatMap(({ status, key, before }) =>
      status === 'removed' && before !== undefined ? [[contentOf(before), key]] : [],
    ),
  );
  const renames = new Map<string, NonNullable<FlagEffect['renamed']>>();
  for (const { status, key, after } of flags) {
    const from = status === 'added' && after !== undefined ? gone.get(contentOf(after)) : undefined;
    if (from === undefined || renames.has(from)) continue;
    renames.set(key, { from });
    renames.set(from, { to: key });
  }
  return renames;
}

/** A flag's document apart from its key. */
export function contentOf(flag: FlagDocument): string {
  return JSON.stringify({ ...flag, key: '' });
}
