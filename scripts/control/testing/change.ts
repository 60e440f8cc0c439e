/** Changes for tests: two small repositories through the real loader, and their effects by evaluating contexts. */
import { isDeepStrictEqual } from 'node:util';
import {
  defaultVariantOf,
  isPlan,
  liveShares,
  reachedStages,
  variantsOf,
  type EnvironmentDocument,
  type FlagDocument,
  type JsonValue,
} from '../../../provider/engine/index.js';
import { load, type LoadedRepository } from '../../../provider/repository/index.js';
import { memoryTree } from '../../../provider/repository/testing/memory-tree.js';
import type { Direction, EnvironmentEffect, Exposure, FlagChange } from '../../change/change.js';

/** Path under `flags/`, or with a slash before it from the root, to text. */
export type FlagFiles = Readonly<Record<string, string>>;

/** A change with the documents of both sides. */
export interface LoadedChange {
  readonly base: LoadedRepository['ruleset']['documents'];
  readonly result: LoadedRepository['ruleset']['documents'];
  readonly flags: readonly FlagChange[];
}

/** A policy with every rule of control in it. */
export const policyText = `bucketing: flagd-v2
environments: [production, staging]
teams:
  payments-team: { codeOwner: "@acme/payments" }
  platform-team: { codeOwner: "@acme/platform" }
tiers:
  low: { approvals: 0 }
  medium: { approvals: 1, reason: required }
  high: { approvals: 2, reason: required, staged: true, runbook: required }
expiry: { ticket: 14d, warn: 0d, fail: 14d, max: 180d }
widening: { window: 7d, high: 20% }
freezes:
  - { from: 2026-12-20T00:00:00Z, until: 2027-01-02T00:00:00Z, reason: Year's end. }
`;

const segments: FlagFiles = {
  'segments/employees.yaml':
    'owner: platform-team\ndescription: People on our payroll.\nwhen: { email: { endsWith: "@example.com" } }\n',
  'segments/testers.yaml': 'owner: platform-team\ndescription: Testers.\nwhen: { segment: employees, country: DE }\n',
};

/** Loads files beside the policy and the segments `employees` and `testers`. @throws Error where they have problems */
export async function repositoryOf(files: FlagFiles): Promise<LoadedRepository> {
  const all = Object.entries({ 'policy.yaml': policyText, ...segments, ...files });
  const tree = memoryTree({
    CODEOWNERS: '* @acme/platform\n/flags/payments/ @acme/payments\n',
    ...Object.fromEntries(all.map(([path, text]) => [path.startsWith('/') ? path.slice(1) : `flags/${path}`, text])),
  });
  const answer = await load(tree);
  if (!answer.ok) throw new Error(answer.problems.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  return answer.loaded;
}

/** The change from some files to others. */
export async function changeOf(before: FlagFiles, after: FlagFiles): Promise<LoadedChange> {
  return changeBetween(await repositoryOf(before), await repositoryOf(after));
}

/** The change from one repository to another, by looking at every flag. */
export function changeBetween(before: LoadedRepository, after: LoadedRepository): LoadedChange {
  const [base, result] = [before.ruleset.documents, after.ruleset.documents];
  const keys = [...new Set([...base.flags.keys(), ...result.flags.keys()])].sort();
  const flags = keys.flatMap((key): FlagChange[] => {
    const [old, now] = [base.flags.get(key)?.read(), result.flags.get(key)?.read()];
    const environments = result.policy.environments.filter((name) =>
      [old, now].some((flag) => flag?.environments?.[name] !== undefined),
    );
    const effects = environments.map((name) => effectOf(key, name, before, after));
    const isSame = isDeepStrictEqual(old, now);
    if (isSame && effects.every(({ direction }) => direction === 'same')) return [];
    const status = old === undefined ? 'added' : now === undefined ? 'removed' : isSame ? 'reached' : 'changed';
    const items = isSame ? [] : ([{ environment: undefined, kind: 'description', text: 'changed' }] as const);
    return [{ key, status, before: old, after: now, items, effects, via: [] }];
  });
  return { base, result, flags };
}

/** Enough that a percent more or less is seen, with everything that the tests' conditions ask about. */
const contexts = Array.from({ length: 400 }, (_, index) => index).flatMap((index) =>
  ['ann@example.com', 'bob@example.org'].map((email) => ({
    targetingKey: `user-${index}`,
    account: `account-${index}`,
    email,
    country: ['DE', 'FR', 'AT'][index % 3],
    plan: index % 5 === 0 ? 'pro' : 'free',
  })),
);

function effectOf(
  key: string,
  environment: string,
  before: LoadedRepository,
  after: LoadedRepository,
): EnvironmentEffect {
  const [old, now] = [before, after].map(({ ruleset }) => ruleset.documents.flags.get(key)?.read());
  const exposure = { before: exposureOf(old, environment), after: exposureOf(now, environment) };
  return { environment, direction: directionOf(key, environment, before, after), exposure };
}

function directionOf(key: string, environment: string, before: LoadedRepository, after: LoadedRepository): Direction {
  const old = before.ruleset.documents.flags.get(key)?.read();
  const now = after.ruleset.documents.flags.get(key)?.read();
  if (old !== undefined && now === undefined) return 'other';
  const values = [before, after].map(({ ruleset }) => valuesOf(ruleset.snapshot(environment), key));
  const fallback = valueOfDefault(old ?? now);
  const [was = [], is = []] = values;
  if (is.every((value, index) => isDeepStrictEqual(value, was[index] ?? fallback))) return 'same';
  const isReduced = is.every(
    (value, index) => isDeepStrictEqual(value, was[index]) || isDeepStrictEqual(value, fallback),
  );
  return isReduced ? 'reducing' : 'other';
}

function valuesOf(snapshot: ReturnType<LoadedRepository['ruleset']['snapshot']>, key: string): readonly unknown[] {
  return snapshot.keys.includes(key) ? contexts.map((context) => snapshot.evaluate(key, context).value) : [];
}

function valueOfDefault(flag: FlagDocument | undefined): JsonValue | undefined {
  const name = flag && defaultVariantOf(flag);
  return flag !== undefined && typeof name === 'string' ? variantsOf(flag).get(name) : undefined;
}

function environmentOf(flag: FlagDocument | undefined, name: string): EnvironmentDocument | undefined {
  return flag?.environments?.[name];
}

/** How far a flag reaches: of rules only those for everybody who has a key. */
export function exposureOf(flag: FlagDocument | undefined, environment: string): Exposure {
  const { enabled = false, rules = [], rollout = 0 } = environmentOf(flag, environment) ?? {};
  if (flag === undefined || !enabled) return { rest: 0, openRules: new Map() };
  const names = { variantNames: [...variantsOf(flag).keys()], defaultVariant: defaultVariantOf(flag) };
  const sum = (shares: Parameters<typeof liveShares>[1]): number =>
    liveShares(names, shares).reduce((total, { weight }) => total + weight, 0) / 1_000;
  const open = rules.filter(({ when }) => isDeepStrictEqual(when, { targetingKey: { exists: true } }));
  return {
    rest: isPlan(rollout) ? (reachedStages(rollout).share?.percent ?? 0) : sum(rollout),
    openRules: new Map(open.map(({ name, rollout = 100 }) => [name, sum(rollout)])),
  };
}

/** The largest increase of the rest or of an open rule. */
export function wideningOf(before: Exposure, after: Exposure): number {
  const rules = [...after.openRules].map(([name, percent]) => percent - (before.openRules.get(name) ?? 0));
  return Math.max(0, after.rest - before.rest, ...rules);
}

/** What of a flag a test is about; the rest is filled in. */
export interface FlagFields {
  readonly key?: string;
  readonly riskTier?: string;
  readonly type?: string;
  readonly owner?: string;
  readonly expiresAt?: string;
  readonly runbook?: string | null;
  /** Further lines, each a key and a value in flow style. */
  readonly more?: string;
  /** In flow style. */
  readonly production?: string | undefined;
  readonly staging?: string | undefined;
}

/** The key of the flag that tests are about. */
export const KEY = 'payments.checkout.new-flow';

/** A flag's file, as one entry of {@link FlagFiles}. */
export function flagFile(fields: FlagFields = {}): FlagFiles {
  const { key = KEY, riskTier = 'high', type = 'release', owner = 'payments-team', expiresAt = '2027-03-01' } = fields;
  const { runbook = 'https://runbooks.example.com/x', more = '', production, staging } = fields;
  const environments = [
    ...(production === undefined ? [] : [`  production: ${production}`]),
    ...(staging === undefined ? [] : [`  staging: ${staging}`]),
  ];
  const text = [
    `key: ${key}\ntype: ${type}\nowner: ${owner}\nriskTier: ${riskTier}\nexpiresAt: ${expiresAt}`,
    'description: A flag of a test.',
    ...(runbook === null ? [] : [`runbook: ${runbook}`]),
    ...(more === '' ? [] : [more]),
    ...(environments.length === 0 ? [] : ['environments:', ...environments]),
  ];
  return { [`${key.replaceAll('.', '/')}.yaml`]: `${text.join('\n')}\n` };
}

/** An enabled environment with the plan of the tests, at a stage. */
export function planAt(stage: string, stages = STAGES, more = ''): string {
  return `{ enabled: true, rollout: { stage: ${stage}, ${more}stages: [${stages}] } }`;
}

/** Four stages: a segment, 5, 25 and 100 percent. */
export const STAGES =
  '{ name: internal, segment: employees, hold: 1h }, { name: canary, percent: 5, hold: 30m }, ' +
  '{ name: quarter, percent: 25, hold: 2h }, { name: all, percent: 100 }';
